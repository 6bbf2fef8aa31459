"""A practice's team: accounts are changed, deactivated and let in again, by owners alone."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from uuid import uuid4

import msgspec
import pytest

from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import DeviceKind, Lifetime, NewDevice
from identity_links.domain.throttle import Quota, Window
from identity_links.operations import bearers, colleagues, devices, invitations, sign_in, team
from identity_links.storage import devices as device_rows
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Role
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.identity_links.events import PractitionerStatusChanged
from portal_contracts.identity_links.rpc.api_tokens import ResolveBearer
from portal_contracts.identity_links.rpc.devices import ResolveDevice, SignIn
from portal_contracts.identity_links.rpc.invitations import InvitePractitioner, NameInvitation
from portal_contracts.identity_links.rpc.team import (
    EditTeamMember,
    GetTeamMember,
    SetTeamMemberActive,
)
from portal_contracts.permissions import Permission
from tests.kit.races import at_once


@pytest.fixture
def house(world):
    """An owner, with a practitioner and an assistant of the same practice."""
    owner = world.owner()
    others = [world.practitioner(owner.practice_id, role) for role in list(Role)[1:]]
    return [owner, *others]


def read(world, owner, who):
    command = GetTeamMember(practitioner_id=who.id)
    return world.run(team.get_team_member, command, Attribution(owner))


def edit(world, owner, who, **said):
    before = read(world, owner, who)
    given = {name: getattr(before, name) for name in ("version", "name", "role", "works_for")}
    command = EditTeamMember(practitioner_id=who.id, **(given | said))
    return world.ask(team.edit_team_member, command, owner)


def set_active(world, owner, who, *, active):
    command = SetTeamMemberActive(practitioner_id=who.id, active=active)
    return world.ask(team.set_team_member_active, command, owner)


def sign_in_device(world, who, cookie):
    new = NewDevice(
        device_hash=cookie,
        kind=DeviceKind.PRACTITIONER,
        practice_id=who.practice_id,
        owner_id=who.id,
        user_agent="",
        address="",
    )
    world.run(device_rows.insert_device, new_id(), new, Lifetime(60, 60), world.now)


def behind(world, cookie):
    command = ResolveDevice(device_hash=cookie)
    return world.run(devices.resolve_console_device, command, now=world.now).actor


def bearer(world, token):
    command = ResolveBearer(bearer_hash=token.token_hash)
    quotas = {"requests": Quota(300, 60), "failures": Window(60, 60)}
    return bearers.resolve_bearer(world.database, command, **quotas, now=world.now)


def password_is_right(_known):
    return nullcontext(lambda stored, password: stored is not None and password == "right")


def try_password(world, email, fresh_hash):
    command = SignIn(email=email, password="right", device_hash=fresh_hash())
    turns = {"turn": password_is_right, "lifetime": Lifetime(60, 60)}
    return sign_in.sign_in(world.database, command, Attribution(NOBODY), **turns, now=world.now)


def test_the_team_is_listed_with_who_is_out_last(world, house, fresh_hash):
    owner, practitioner, assistant = house
    sign_in_device(world, owner, fresh_hash())
    set_active(world, owner, practitioner, active=False)
    listed = world.run(team.list_team, Attribution(owner)).items
    assert [one.id for one in listed] == [owner.id, assistant.id, practitioner.id]
    assert (listed[0].last_seen_at, listed[1].last_seen_at) == (world.now, None)
    assert listed[2].deactivated_at == world.now


def test_who_is_deactivated_is_out_at_once_by_every_way_in(world, house, fresh_hash):
    owner, *_ = house
    leaver = world.practitioner(owner.practice_id, email="leaver@practice.example")
    cookie, token = fresh_hash(), world.token(leaver)
    sign_in_device(world, leaver, cookie)
    invited = InvitePractitioner(name="Ben", email="ben@practice.example")
    world.ask(invitations.invite_practitioner, invited, leaver)
    set_active(world, owner, leaver, active=False)
    for way_in in (partial(behind, world, cookie), partial(bearer, world, token)):
        with pytest.raises(NotFound):
            way_in()
    with pytest.raises(Forbidden):
        try_password(world, "leaver@practice.example", fresh_hash)
    assert world.run(invitations.list_invitations, Attribution(owner), now=world.now).items == []
    assert [act for act, _ in world.acts(owner.practice_id)][-5:] == [
        "practitioner.deactivated",
        "device.revoked",
        "api_token.revoked",
        "invitation.withdrawn",
        "sign_in.failed",
    ]


def test_a_device_or_a_token_that_was_left_lets_nobody_in_who_is_deactivated(
    world, house, fresh_hash
):
    owner, practitioner, _ = house
    set_active(world, owner, practitioner, active=False)
    cookie, token = fresh_hash(), world.token(practitioner)
    sign_in_device(world, practitioner, cookie)
    for way_in in (partial(behind, world, cookie), partial(bearer, world, token)):
        with pytest.raises(NotFound):
            way_in()


def test_who_is_let_in_again_signs_in_by_the_password_of_then(world, house, fresh_hash):
    owner, *_ = house
    back = world.practitioner(owner.practice_id, email="back@practice.example", password_hash="#")
    for active in (False, False, True, True):
        set_active(world, owner, back, active=active)
    assert try_password(world, "back@practice.example", fresh_hash).actor.id == back.id
    told = world.events(PractitionerStatusChanged)
    assert [(one.data.practitioner_id, one.data.status) for one in told] == [
        (back.id, "deactivated"),
        (back.id, "active"),
    ]
    assert told[0].aggregate.seq < told[1].aggregate.seq


def test_the_name_of_whoever_left_stays_and_says_so(world, house):
    owner, practitioner, assistant = house
    set_active(world, owner, practitioner, active=False)
    cards = world.run(colleagues.list_practitioners, Attribution(assistant)).items
    assert {card.id: card.active for card in cards} == {
        owner.id: True,
        practitioner.id: False,
        assistant.id: True,
    }


@pytest.mark.parametrize(
    "leave",
    [
        lambda world, owner: set_active(world, owner, owner, active=False),
        lambda world, owner: edit(world, owner, owner, role=Role.PRACTITIONER),
    ],
    ids=["deactivated", "another role"],
)
def test_the_last_owner_who_is_in_stays(world, house, leave):
    owner, *_ = house
    second = world.practitioner(owner.practice_id)
    set_active(world, owner, second, active=False)
    with pytest.raises(Conflict) as refused:
        leave(world, owner)
    assert refused.value.code == "last_owner"
    set_active(world, owner, second, active=True)
    leave(world, owner)


def test_of_two_owners_who_leave_at_once_one_stays(world, house):
    owner, *_ = house
    for _round in range(3):
        second = world.practitioner(owner.practice_id)
        left = at_once(
            partial(set_active, world, owner, owner, active=False),
            partial(edit, world, owner, second, role=Role.PRACTITIONER),
        )
        assert [type(one) for one in left].count(Conflict) == 1
        set_active(world, second, owner, active=True)
        set_active(world, owner, second, active=False)


def test_the_second_of_two_owners_is_told(world, house):
    owner, practitioner, _ = house
    edit(world, owner, practitioner, name="Dr Feld")
    with pytest.raises(Conflict) as refused:
        edit(world, owner, practitioner, version=1, name="Dr Field")
    assert refused.value.code == "stale_version"
    assert read(world, owner, practitioner).name == "Dr Feld"


def test_an_assistant_works_for_those_who_were_chosen_from_the_next_request_on(
    world, house, fresh_hash
):
    owner, practitioner, assistant = house
    cookie, token = fresh_hash(), world.token(assistant)
    sign_in_device(world, assistant, cookie)
    assert behind(world, cookie).works_for is None
    edit(world, owner, assistant, works_for=[practitioner.id, practitioner.id])
    assert behind(world, cookie).works_for == (practitioner.id,)
    assert bearer(world, token).actor.works_for == (practitioner.id,)
    edit(world, owner, assistant, role=Role.PRACTITIONER)
    assert behind(world, cookie).works_for is None


@pytest.mark.parametrize("kind", ["nobody", "an assistant", "a stranger"])
def test_nobody_works_for_who_is_no_practitioner_of_the_practice(world, house, kind):
    owner, _, assistant = house
    whom = {"nobody": [], "an assistant": [assistant.id], "a stranger": [world.owner().id]}
    with pytest.raises(Invalid) as refused:
        edit(world, owner, assistant, works_for=whom[kind])
    assert refused.value.fields.keys() == {"works_for"}


def test_who_becomes_an_assistant_is_nobody_s_practitioner_any_more(world, house):
    owner, practitioner, assistant = house
    edit(world, owner, assistant, works_for=[practitioner.id, owner.id])
    edit(world, owner, practitioner, role=Role.ASSISTANT)
    assert read(world, owner, assistant).works_for == [owner.id]


def test_a_name_of_nothing_is_refused(world, house):
    owner, practitioner, _ = house
    with pytest.raises(Invalid) as refused:
        edit(world, owner, practitioner, name=" \u200b ")
    assert refused.value.fields == {"name": "name_missing"}


def test_who_is_unknown_reads_like_who_is_of_another_practice(world, house):
    owner, *_ = house
    for unknown in (uuid4(), world.owner().id):
        with pytest.raises(NotFound):
            set_active(world, owner, msgspec.structs.replace(owner, id=unknown), active=False)


def test_invitations_end_with_the_role_that_sent_them(world, house):
    owner, *_ = house
    second = world.practitioner(owner.practice_id)
    invited = InvitePractitioner(name="Ben", email="ben@practice.example", role=Role.OWNER)
    world.ask(invitations.invite_practitioner, invited, second)
    edit(world, owner, second, name="Dr Second")
    left = partial(world.run, invitations.list_invitations, Attribution(owner), now=world.now)
    assert len(left().items) == 1
    edit(world, owner, second, role=Role.PRACTITIONER)
    assert left().items == []
    assert world.acts(owner.practice_id)[-1][0] == "invitation.withdrawn"


def test_a_token_lets_nobody_in_who_may_more_than_itself(world, house):
    owner, _, assistant = house
    everything, little = (
        msgspec.structs.replace(owner, scopes=tuple(map(str, scopes)))
        for scopes in (Permission, [Permission.TEAM_READ, Permission.TEAM_WRITE])
    )

    def invite(actor, role):
        address = f"{uuid4().hex}@practice.example"
        command = InvitePractitioner(name="Ben", email=address, role=role)
        return world.ask(invitations.invite_practitioner, command, actor)

    for actor, role in ((everything, Role.OWNER), *((little, role) for role in Role)):
        with pytest.raises(Forbidden) as refused:
            invite(actor, role)
        assert refused.value.code == "not_allowed"
    invite(everything, Role.PRACTITIONER)
    again = NameInvitation(invitation_id=invite(owner, Role.OWNER).invitation_id)
    with pytest.raises(Forbidden):
        world.ask(invitations.resend_invitation, again, everything)
    set_active(world, little, assistant, active=False)
    with pytest.raises(Forbidden):
        set_active(world, little, assistant, active=True)
    set_active(world, everything, assistant, active=True)
