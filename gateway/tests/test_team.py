"""The team in the console: listed, changed, deactivated, invited, handed over; and joining it."""

import re
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from msgspec.structs import replace

from portal_contracts.actor import Role
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.identity_links.rpc.access import PractitionerCard, Practitioners
from portal_contracts.identity_links.rpc.devices import ConsoleDevice
from portal_contracts.identity_links.rpc.invitations import (
    Invitation,
    Invitations,
    InvitationStanding,
    InvitationState,
    Invited,
)
from portal_contracts.identity_links.rpc.team import Team, TeamMember, TeamMemberChanged
from portal_contracts.scheduling.rpc.calendar import Calendar
from portal_contracts.scheduling.rpc.handing_over import (
    AllToCome,
    HandedAppointment,
    HandOverReview,
    InTheWay,
    ToCome,
)
from tests.kit.gateway.made_schedule import made_entry

TEAM = "/console/settings/team"
TOKEN = "lk_join_" + "B" * 43
JOIN = f"/p/join/{TOKEN}"


@pytest.fixture
def jonas(house):
    return member(house, "Jonas Feld", Role.PRACTITIONER)


@pytest.fixture
def desk(house, jonas):
    return member(house, "Sam Weber", Role.ASSISTANT, works_for=[jonas.id])


def member(house, name, role, **more):
    given = {
        "id": uuid4(),
        "version": 3,
        "name": name,
        "email": f"{name.split()[0].lower()}@practice.example",
        "role": role,
        "language": "en",
        "works_for": None,
        "created_at": house.services.clock.now(),
        "last_seen_at": None,
        "deactivated_at": None,
    }
    return TeamMember(**(given | more))


@pytest.fixture
def owner(house, jonas, desk):
    """An owner's browser; the services know of a practitioner and an assistant besides."""
    me = member(house, "Dr Rivera", Role.OWNER, id=house.doctor.id, second_factor=True)
    invited = Invitation(
        id=uuid4(),
        name="Ben Brandt",
        email="ben@practice.example",
        role=Role.PRACTITIONER,
        language="de",
        works_for=None,
        state=InvitationState.OPEN,
        invited_by="Dr Rivera",
        created_at=house.services.clock.now(),
        expires_at=house.services.clock.now() + timedelta(days=7),
    )
    house.services.answers |= {
        "identity_links.list_team": Team(items=[me, jonas, desk]),
        "identity_links.list_invitations": Invitations(items=[invited]),
        "identity_links.get_invitation": invited,
        "scheduling.count_to_come": AllToCome(
            items=[ToCome(practitioner_id=jonas.id, appointments=4)]
        ),
        "identity_links.edit_team_member": TeamMemberChanged(practitioner_id=jonas.id, version=4),
        "identity_links.set_team_member_active": TeamMemberChanged(
            practitioner_id=jonas.id, version=4
        ),
        "identity_links.withdraw_invitation": Done(),
        "identity_links.hand_over": Done(),
        **{
            f"identity_links.{name}": Invited(
                invitation_id=invited.id, expires_at=invited.expires_at
            )
            for name in ("invite_practitioner", "resend_invitation")
        },
    }
    return house.as_practitioner(house.doctor)


def asked(house, name):
    return house.services.calls(name)[-1].arguments


def test_the_team_is_listed_with_what_matters_of_each(owner):
    page = owner.open(TEAM)
    for words in (
        "Jonas Feld",
        "4 appointments to come",
        "Works for Jonas Feld",
        "Ben Brandt",
        "Signs in with two steps",
    ):
        assert words in page.html


def test_only_owners_come_there(house, owner):
    for role in (Role.PRACTITIONER, Role.ASSISTANT):
        person = house.services.add_practitioner(house.practice, role, f"{role}@practice.example")
        browser = house.as_practitioner(person)
        assert TEAM not in browser.open("/console/settings").links
        assert browser.open(TEAM).status == 403


def test_a_part_that_is_away_does_not_take_the_page_along(house, owner):
    house.services.down |= {"scheduling", "identity_links.list_invitations"}
    page = owner.open(TEAM)
    assert page.status == 200
    assert "Jonas Feld" in page.html


def test_an_account_is_changed_without_scripts(house, owner, desk, jonas):
    path = f"{TEAM}/{desk.id}"
    page = owner.open(path)
    fields = page.form(path).fields
    assert (fields["name"], fields["role"], fields["works_for_all"]) == (
        "Sam Weber",
        "assistant",
        "no",
    )
    done = owner.submit(page, path, {"name": "Sam W.", "works_for": str(jonas.id)})
    assert owner.follow(done).status == 200
    command = asked(house, "identity_links.edit_team_member")
    assert (command.name, command.role, command.works_for, command.version) == (
        "Sam W.",
        Role.ASSISTANT,
        [jonas.id],
        3,
    )


def test_the_second_of_two_owners_gets_a_choice_and_keeps_what_was_typed(house, owner, jonas):
    path = f"{TEAM}/{jonas.id}"
    page = owner.open(path)
    now = replace(jonas, name="J. Feld", version=7)
    house.services.answers["identity_links.edit_team_member"] = Conflict("stale_version")
    house.services.answers["identity_links.list_team"] = Team(items=[now])
    again = owner.submit(page, path, {"name": "Jonas F."})
    assert again.status == 409
    assert "Now it says: J. Feld, Practitioner." in again.html
    assert (again.form(path).fields["name"], again.form(path).fields["version"]) == (
        "Jonas F.",
        "7",
    )


def test_the_last_owner_is_told_in_words(house, owner):
    path = f"{TEAM}/{house.doctor.id}/deactivate"
    house.services.answers["identity_links.set_team_member_active"] = Conflict("last_owner")
    page = owner.submit(owner.open(path), path)
    assert page.status == 409
    assert "last owner" in page.html


def test_deactivating_says_what_follows_and_letting_in_again_is_one_press(house, owner, jonas):
    path = f"{TEAM}/{jonas.id}"
    page = owner.open(f"{path}/deactivate")
    assert "API tokens" in page.html
    owner.submit(page, f"{path}/deactivate")
    assert not asked(house, "identity_links.set_team_member_active").active
    out = replace(jonas, deactivated_at=house.services.clock.now())
    house.services.answers["identity_links.list_team"] = Team(items=[out])
    owner.submit(owner.open(path), f"{path}/reactivate")
    assert asked(house, "identity_links.set_team_member_active").active


def test_an_invitation_is_sent_and_what_is_wrong_stands_by_its_field(house, owner, jonas):
    path = f"{TEAM}/invite"
    page = owner.open(path)
    given = {"name": "Ben", "email": "ben@x.example", "role": "assistant", "works_for_all": "no"}
    done = owner.submit(page, path, given | {"works_for": str(jonas.id)})
    assert done.status == 303
    command = asked(house, "identity_links.invite_practitioner")
    assert (command.email, command.role, command.works_for) == (
        "ben@x.example",
        Role.ASSISTANT,
        [jonas.id],
    )
    house.services.answers["identity_links.invite_practitioner"] = Invalid(
        "practitioner_fields", fields={"email": "email_invalid"}
    )
    page = owner.submit(owner.open(path), path, given)
    assert page.status == 422
    assert 'id="error-email"' in page.html
    assert page.form(path).fields["email"] == "ben@x.example"


def test_an_invitation_is_sent_again_or_withdrawn_after_a_question(house, owner):
    page = owner.open(TEAM)
    [resend] = [form.action for form in page.forms if form.action.endswith("/resend")]
    assert owner.submit(page, resend).status == 303
    withdraw = resend.replace("/resend", "/withdraw")
    assert withdraw in page.links
    assert owner.submit(owner.open(withdraw), withdraw).status == 303
    assert house.services.calls("identity_links.withdraw_invitation")


# --- handing over ---------------------------------------------------------------------


def test_handing_over_asks_shows_and_does(house, owner, jonas):
    path, now = f"{TEAM}/{jonas.id}/hand-over", house.services.clock.now()
    appointments = [
        HandedAppointment(
            id=uuid4(),
            client_id=house.anna.id,
            title="Counselling",
            starts_at=now + timedelta(days=day),
            ends_at=now + timedelta(days=day, hours=1),
            timezone="Europe/Berlin",
            in_the_way=in_the_way,
            in_series=day == 1,
            busy_elsewhere=day > 2,
        )
        for day, in_the_way in enumerate(
            (None, InTheWay.OUTSIDE_HOURS, None, InTheWay.TAKEN), start=1
        )
    ]
    review = HandOverReview(items=appointments)
    house.services.answers["scheduling.review_hand_over"] = review
    page = owner.open(path)
    assert "Dr Rivera" in page.html
    assert "Sam Weber" not in page.html.partition("To whom")[2]
    page = owner.open(f"{path}?to={house.doctor.id}&all=no&client={house.anna.id}")
    for words in ("Anna Adler", "One appointment goes to Dr Rivera", "These stay with Jonas Feld"):
        assert words in page.html
    for words in ("of a series", "outside the hours there", "Another calendar is busy"):
        assert page.html.count(words) == 1
    [form] = [one for one in page.forms if one.method == "post" and one.action == path]
    _fits, moved, left, taken = appointments
    done = owner.post(path, form.fields | {f"becomes-{moved.id}": "moved"})
    assert done.status == 303
    command = asked(house, "identity_links.hand_over")
    assert (command.to_practitioner_id, command.client_ids) == (house.doctor.id, [house.anna.id])
    assert command.left_appointment_ids == [left.id, taken.id]
    owner.post(path, owner.open(page.path).form(path).fields | form.fields | {"outside": "moved"})
    assert asked(house, "identity_links.hand_over").left_appointment_ids == [taken.id]


def test_an_owner_is_told_that_a_colleague_who_is_in_is_not_taken_over(house, owner, jonas):
    resolve = house.services.identity.resolve_console_device

    def resolve_limited(command, actor):
        found = resolve(command, actor)
        return replace(found, actor=replace(found.actor, caseload_only=True))

    house.services.answers["identity_links.resolve_console_device"] = resolve_limited
    path = f"{TEAM}/{jonas.id}/hand-over"
    page = owner.open(f"{path}?to={house.doctor.id}&all=yes")
    assert "only once that account is deactivated" in page.html
    assert [one.action for one in page.forms if one.method == "post" and one.action == path] == []
    assert house.services.calls("scheduling.review_hand_over") == []


# --- joining --------------------------------------------------------------------------


def standing(house, state=InvitationState.OPEN, **more):
    given = {
        "state": state,
        "practice": house.practice.card,
        "name": "Ben Brandt",
        "email": "ben@practice.example",
        "role": Role.ASSISTANT,
        "language": "en",
        "invited_by": "Dr Rivera",
    }
    return InvitationStanding(**(given | more))


@pytest.fixture
def invited(house):
    house.services.answers["identity_links.inspect_invitation"] = standing(house)
    return house.browser()


def test_whoever_was_invited_makes_the_account_and_is_in(house, invited):
    page = invited.open(JOIN)
    assert page.status == 200
    assert page.headers["referrer-policy"] == "strict-origin"
    assert "Dr Rivera has invited you" in page.html
    now = house.services.clock.now()
    house.services.answers["identity_links.accept_invitation"] = ConsoleDevice(
        actor=house.doctor.actor,
        device_id=uuid4(),
        name="Ben",
        email="ben@practice.example",
        language="de",
        practice=house.practice.card,
        idle_ends_at=now,
        ends_at=now,
    )
    given = {"name": "Ben", "language": "de", "password": "correct horse battery"}
    fields = page.form(JOIN).fields | given
    done = invited.post(JOIN, fields)
    assert (done.status, done.headers["location"]) == (303, "/console")
    command = asked(house, "identity_links.accept_invitation")
    assert command.token_hash == sha256(TOKEN.encode()).hexdigest()
    assert (command.name, command.language, command.password) == ("Ben", "de", given["password"])
    cookie = invited.cookies[house.name("lk_console")]
    assert command.device_hash == sha256(cookie.encode()).hexdigest()


def test_a_mail_program_s_addition_to_the_address_does_no_harm(house, invited):
    invited.open(f"{JOIN}.")
    command = asked(house, "identity_links.inspect_invitation")
    assert command.token_hash == sha256(TOKEN.encode()).hexdigest()


def test_what_was_typed_is_kept_but_for_the_password(house, invited):
    house.services.answers["identity_links.accept_invitation"] = Invalid(
        "password", fields={"password": "password_too_short"}
    )
    given = {"name": "Ben B.", "language": "en", "password": "short"}
    page = invited.submit(invited.open(JOIN), JOIN, given)
    assert page.status == 422
    fields = page.form(JOIN).fields
    assert (fields["name"], fields["password"]) == ("Ben B.", "")
    assert 'id="error-password"' in page.html


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("accepted", 410, "was accepted"),
        ("expired", 410, "has expired"),
        ("withdrawn", 410, "was withdrawn"),
        ("replaced", 410, "newer invitation"),
        ("unknown", 404, "does not work"),
    ],
)
def test_an_invitation_that_is_over_says_why(house, invited, state, status, words):
    over = standing(house, InvitationState(state), name="", email="", role=None)
    house.services.answers["identity_links.inspect_invitation"] = over
    page = invited.open(JOIN)
    assert page.status == status
    assert words in re.sub(r"\s+", " ", page.html)
    assert not [form for form in page.forms if form.action == JOIN]


def test_an_address_that_has_an_account_is_told_to_its_reader(house, invited):
    house.services.answers["identity_links.inspect_invitation"] = standing(house, taken=True)
    page = invited.open(JOIN)
    assert page.status == 410
    assert "There is an account with this address already" in page.html


# --- whose things are shown -----------------------------------------------------------


@pytest.fixture
def jonas_too(house):
    """A practitioner besides the owner, as the services know one."""
    jonas = house.services.add_practitioner(
        house.practice, Role.PRACTITIONER, "jonas@practice.example"
    )
    jonas.name = "Jonas Feld"
    house.services.answers["scheduling.list_calendar"] = lambda command, actor: Calendar(
        practitioner_id=command.practitioner_id or actor.id, timezone="Europe/Berlin", items=[]
    )
    return jonas


def shown_in(house):
    return house.services.calls("scheduling.list_calendar")[-1].arguments.practitioner_id


def test_whose_calendar_was_chosen_is_shown_again(house, jonas_too):
    owner = house.as_practitioner(house.doctor)
    owner.open("/console/calendar")
    assert shown_in(house) is None
    owner.open(f"/console/calendar?practitioner={jonas_too.id}")
    owner.open("/console/calendar")
    assert shown_in(house) == jonas_too.id
    owner.open(f"/console/calendar?practitioner={house.doctor.id}")
    owner.open("/console/calendar")
    assert shown_in(house) is None


def test_who_is_of_another_practice_or_left_is_not_shown_again(house, jonas_too):
    owner = house.as_practitioner(house.doctor)
    for stale in (str(uuid4()), "nobody"):
        owner.cookies[house.name("lk_shown")] = stale
        owner.open("/console/calendar")
        assert shown_in(house) is None


def test_an_assistant_chooses_among_those_worked_for(house, jonas_too):
    desk = house.assistant()
    card = {"name": "Dr Rivera", "role": Role.OWNER}
    house.services.answers["identity_links.list_practitioners"] = Practitioners(
        items=[
            PractitionerCard(id=house.doctor.id, **card),
            PractitionerCard(id=jonas_too.id, name="Jonas Feld", role=Role.PRACTITIONER),
            PractitionerCard(id=uuid4(), name="Vera", role=Role.PRACTITIONER, active=False),
        ]
    )
    browser = house.as_practitioner(desk)
    page = browser.open("/console/calendar")
    assert str(house.doctor.id) in page.html
    assert "Vera" not in page.html.replace("Rivera", "")
    desk.works_for = (jonas_too.id,)
    page = browser.open("/console/calendar")
    assert shown_in(house) == jonas_too.id
    assert str(house.doctor.id) not in page.html


def test_clients_are_narrowed_to_one_practitioner_s(house, jonas_too):
    owner = house.as_practitioner(house.doctor)
    page = owner.open("/console/clients")
    assert f'value="{jonas_too.id}"' in page.html
    assert "Anna Adler" in page.html
    page = owner.open(f"/console/clients?practitioner={jonas_too.id}")
    assert asked(house, "identity_links.list_clients").practitioner_id == jonas_too.id
    assert "Anna Adler" not in page.html
    assert owner.open("/console/clients?practitioner=x").status == 422
    alone = house.as_practitioner(jonas_too)
    assert "practitioner" not in alone.open("/console/clients").form("/console/clients").fields


@pytest.mark.parametrize("partly", [False, True])
def test_whoever_sees_several_practitioners_reads_whose_each_client_is(house, jonas_too, partly):
    owner = house.as_practitioner(house.doctor)
    for client, whose in ((house.anna, jonas_too), (house.ben, house.doctor)):
        house.services.identity.put(client, whose.id, house.doctor.actor)
    headers = {"HX-Request": "true"} if partly else {}
    page = owner.open("/console/clients", headers=headers).html
    assert page.index("Anna Adler") < page.index("Jonas Feld</td>") < page.index("Ben Brandt")
    # A colleague whose clients all are the own ones needs nobody's name.
    house.services.identity.caseloads[house.ben.id] = {}
    assert "Jonas Feld</td>" not in house.as_practitioner(jonas_too).open("/console/clients").html


def test_the_only_practitioner_sees_no_practitioner_s_column_and_nothing_more_is_asked(house):
    house.services.identity.put(house.anna, house.doctor.id, house.doctor.actor)
    later = house.services.clock.now() + timedelta(hours=2)
    entry = made_entry(later, client_id=house.anna.id)
    house.services.answers["scheduling.list_calendar"] = Calendar(
        practitioner_id=house.doctor.id, timezone="Europe/Berlin", items=[entry]
    )
    for person in (house.doctor, house.assistant()):
        browser = house.as_practitioner(person)
        pages = [browser.open(f"/console{path}") for path in ("", "/clients", "/mails")]
        assert "Anna Adler" in pages[0].html
        assert not any("Practitioner" in page.html for page in pages), person.role
        asked_for = house.services.calls("identity_links.list_practitioners")
        assert bool(asked_for) == (person.role is Role.ASSISTANT)


def test_today_says_whose_appointments_it_shows_and_keeps_the_choice(house, jonas_too):
    later = house.services.clock.now() + timedelta(hours=2)
    entry = made_entry(later, client_id=house.anna.id)
    house.services.answers["scheduling.list_calendar"] = lambda command, actor: Calendar(
        practitioner_id=command.practitioner_id or actor.id, timezone="Europe/Berlin", items=[entry]
    )
    owner = house.as_practitioner(house.doctor)
    page = owner.open("/console")
    assert f"/console?practitioner={jonas_too.id}" in page.links
    assert "</span>Dr Rivera</p>" in page.html
    owner.open(f"/console?practitioner={jonas_too.id}")
    assert "</span>Jonas Feld</p>" in owner.open("/console").html


def test_the_mail_log_is_narrowed_to_one_practitioner_s_clients(house, jonas_too):
    owner = house.as_practitioner(house.doctor)
    whose = f"practitioner={jonas_too.id}"
    page = owner.open("/console/mails?state=failed")
    assert f"/console/mails?state=failed&{whose}" in page.links
    page = owner.open(f"/console/mails?state=failed&{whose}")
    listed = asked(house, "notifications.list_deliveries")
    assert (listed.practitioner_id, listed.state) == (jonas_too.id, "failed")
    assert {"/console/mails?state=failed", f"/console/mails?state=sent&{whose}"} <= set(page.links)
    assert "clients of this practitioner" in page.html
    assert owner.open("/console/mails?practitioner=x").status == 422
    assert "person-all" not in house.as_practitioner(jonas_too).open("/console/mails").html
