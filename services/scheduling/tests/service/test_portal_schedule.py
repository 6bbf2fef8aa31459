"""What the portal's home shows of the calendar."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from portal_chassis.database.erasure import erase_data_key
from portal_chassis.database.sealed import Sealer
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE
from portal_contracts.scheduling.rpc.sessions import (
    SAVE_SUMMARY,
    SHARE_SUMMARY,
    SaveSummary,
    ShareSummary,
)
from scheduling.storage.tables import bookable_service_client


@pytest.fixture
def schedule_of(desk):
    def ask(actor, at=None, client_id=None):
        return desk.ask(PORTAL_SCHEDULE, PortalOf(client_id=client_id), actor, at=at)

    return ask


@pytest.fixture
def share(desk):
    """Shares a summary of a session."""

    def run(practitioner, session_id, text, at):
        save = SaveSummary(session_id=session_id, revision=0, text=text)
        desk.ask(SAVE_SUMMARY, save, practitioner, at=at)
        share = ShareSummary(session_id=session_id, revision=1)
        return desk.ask(SHARE_SUMMARY, share, practitioner, at=at)

    return run


def ids(entries):
    return [one.id for one in entries]


def test_a_new_client_sees_an_empty_calendar(calendar, schedule_of):
    found = schedule_of(calendar.client())
    assert found.upcoming == []
    assert found.past == []
    assert found.can_book is False


def test_an_upcoming_appointment_is_told_with_its_times_and_zone(calendar, schedule_of, now):
    client = calendar.client()
    starts_at = now + timedelta(days=2)
    appointment = calendar.appointment(client, starts_at, status="requested", title="First talk")
    (found,) = schedule_of(client).upcoming
    assert found.id == appointment
    assert found.title == "First talk"
    assert found.starts_at == starts_at
    assert found.ends_at == starts_at + timedelta(minutes=50)
    assert found.starts_at.tzinfo is not None
    assert found.timezone == "Europe/Berlin"
    assert found.status == "requested"


def test_each_client_sees_her_own_rows_alone(calendar, schedule_of, now):
    anna, ben = calendar.client(), calendar.client()
    of_anna = calendar.appointment(anna, now + timedelta(days=1))
    of_ben = calendar.appointment(ben, now + timedelta(days=2))
    session_of_anna = calendar.session(anna, now - timedelta(days=2))
    his_passed = calendar.appointment(ben, now - timedelta(days=1))
    assert ids(schedule_of(anna).upcoming) == [of_anna]
    assert ids(schedule_of(anna).past) == [session_of_anna]
    assert ids(schedule_of(ben).upcoming) == [of_ben]
    assert ids(schedule_of(ben).past) == [his_passed]


def test_the_same_id_in_another_practice_sees_nothing(calendar, schedule_of, now):
    client = calendar.client()
    calendar.appointment(client, now + timedelta(days=1))
    calendar.appointment(client, now - timedelta(days=1))
    calendar.session(client, now - timedelta(days=2))
    elsewhere = Actor(kind=ActorKind.CLIENT, id=client.id, practice_id=new_id())
    found = schedule_of(elsewhere)
    assert (found.upcoming, found.past) == ([], [])


def test_seats_of_one_group_are_seen_by_their_own_client(calendar, schedule_of, now):
    anna, ben = calendar.client(), calendar.client()
    group = calendar.book(now + timedelta(days=1), capacity=2)
    of_anna = calendar.seat(anna, group, status="confirmed")
    of_ben = calendar.seat(ben, group, status="requested")
    assert ids(schedule_of(anna).upcoming) == [of_anna]
    assert ids(schedule_of(ben).upcoming) == [of_ben]


@pytest.mark.parametrize("status", ["held", "cancelled", "declined", "expired"])
def test_what_is_not_planned_is_not_upcoming(calendar, schedule_of, now, status):
    client = calendar.client()
    calendar.appointment(client, now + timedelta(days=1), status=status)
    assert schedule_of(client).upcoming == []


def test_the_nearest_come_first_and_the_list_is_cut_at_four(calendar, schedule_of, now):
    client = calendar.client()
    by_day = {
        day: calendar.appointment(client, now + timedelta(days=day)) for day in (5, 1, 4, 2, 3)
    }
    found = schedule_of(client)
    assert ids(found.upcoming) == [by_day[day] for day in (1, 2, 3, 4)]


def test_the_newest_session_comes_first_and_the_list_is_cut_at_four(calendar, schedule_of, now):
    client = calendar.client()
    by_day = {}
    for day in (5, 1, 3):
        by_day[day] = calendar.session(client, now - timedelta(days=day))
    for day in (4, 2, 6):
        by_day[day] = calendar.appointment(client, now - timedelta(days=day))
    found = schedule_of(client)
    assert ids(found.past) == [by_day[day] for day in (1, 2, 3, 4)]


def test_an_appointment_becomes_a_session_at_its_end_and_is_never_in_both(
    calendar, schedule_of, now
):
    client = calendar.client()
    appointment = calendar.appointment(client, now, minutes=50)
    during = schedule_of(client, now + timedelta(minutes=49))
    assert (ids(during.upcoming), ids(during.past)) == ([appointment], [])
    after = schedule_of(client, now + timedelta(minutes=50))
    assert (ids(after.upcoming), ids(after.past)) == ([], [appointment])
    assert after.past[0].status == "attended"


def test_a_session_row_speaks_for_its_appointment(calendar, schedule_of, now):
    client = calendar.client()
    started_at = now - timedelta(days=1)
    appointment = calendar.appointment(client, started_at)
    calendar.session(
        client, started_at, id=appointment, appointment_id=appointment, status="no_show"
    )
    found = schedule_of(client)
    assert [(one.id, one.status) for one in found.past] == [(appointment, "no_show")]


def test_a_session_noted_while_it_lasts_is_still_upcoming(calendar, schedule_of, now):
    client = calendar.client()
    started_at = now - timedelta(minutes=10)
    appointment = calendar.appointment(client, started_at)
    calendar.session(client, started_at, id=appointment, appointment_id=appointment)
    found = schedule_of(client)
    assert (ids(found.upcoming), ids(found.past)) == ([appointment], [])


def test_a_late_cancellation_is_a_past_session_and_a_timely_one_is_none(calendar, schedule_of, now):
    client = calendar.client()
    late = calendar.appointment(
        client, now - timedelta(days=1), status="cancelled", cancelled_late=True
    )
    calendar.appointment(client, now - timedelta(days=2), status="cancelled")
    calendar.appointment(client, now - timedelta(days=3), status="requested")
    found = schedule_of(client)
    assert [(one.id, one.status) for one in found.past] == [(late, "cancelled_late")]


def test_a_summary_shows_only_while_it_is_shared(calendar, schedule_of, now):
    client = calendar.client()
    days = {
        name: now - timedelta(days=day) for day, name in enumerate(("draft", "shared", "un"), 1)
    }
    sessions = {name: calendar.appointment(client, day) for name, day in days.items()}
    for name, day in days.items():
        calendar.session(client, day, id=sessions[name], appointment_id=sessions[name])
    calendar.summary(client, sessions["draft"])
    calendar.summary(client, sessions["shared"], shared_at=now, read_at=now)
    calendar.summary(client, sessions["un"], shared_at=now, unshared_at=now)
    heads = [one.summary for one in schedule_of(client).past]
    assert [head and (head.shared_at, head.read_at) for head in heads] == [None, (now, now), None]


def test_the_summary_shared_last_is_shown_with_how_it_begins_and_leaves_no_trace(
    desk, calendar, schedule_of, share, now
):
    client, practitioner = calendar.client(), calendar.practitioner()
    older, newer = (calendar.appointment(client, now - timedelta(days=day)) for day in (2, 1))
    share(practitioner, newer, "# The *newer* session\n\nText.", now - timedelta(hours=2))
    share(practitioner, older, "# The **older** session\n\n" + "word " * 100, now)
    acts = desk.acts()
    latest = schedule_of(client).latest_summary
    assert latest.session.id == older
    assert latest.beginning.startswith("The older session: word word")
    assert len(latest.beginning) <= 161
    assert latest.session.summary.read_at is None
    assert schedule_of(client).latest_summary.session.summary.read_at is None
    assert desk.acts() == acts


def test_of_an_erased_client_no_summary_is_shown(calendar, database, schedule_of, share, now):
    client = calendar.client()
    ended = calendar.appointment(client, now - timedelta(days=1))
    share(calendar.practitioner(), ended, "We spoke about sleep.", now)
    assert schedule_of(client).latest_summary is not None
    with database.transaction() as tx:
        erase_data_key(tx, client.id, now)
    found = schedule_of(client)
    assert (found.latest_summary, ids(found.past)) == (None, [ended])


def test_a_practitioner_previews_the_portal_and_an_assistant_without_the_summary(
    desk, calendar, schedule_of, share, now
):
    client = calendar.client()
    upcoming = calendar.appointment(client, now + timedelta(days=1))
    session = calendar.appointment(client, now - timedelta(days=1))
    share(calendar.practitioner(), session, "Text.", now)
    preview = schedule_of(calendar.practitioner(), client_id=client.id)
    assert (ids(preview.upcoming), ids(preview.past)) == ([upcoming], [session])
    assert preview.latest_summary.beginning == "Text."
    assert desk.identity.asked[-1].permission is Permission.CLIENTS_READ
    previewed = schedule_of(calendar.practitioner(Role.ASSISTANT), client_id=client.id)
    assert ids(previewed.past) == [session]
    assert previewed.latest_summary is None


def test_what_the_client_wrote_when_booking_is_shown_to_all_but_an_assistant(
    calendar, database, schedule_of, now
):
    client, seat = calendar.client(), new_id()
    with database.transaction() as tx:
        note = Sealer(b"k" * 32).seal(
            tx, client.id, "The lift?", table="appointment", column="booking_note", row=seat
        )
    booked = calendar.book(now + timedelta(days=1))
    calendar.seat(client, booked, status="confirmed", id=seat, booking_note=note)
    seen = [schedule_of(client)]
    seen += [
        schedule_of(calendar.practitioner(role), client_id=client.id)
        for role in (Role.PRACTITIONER, Role.ASSISTANT)
    ]
    assert [one.upcoming[0].note for one in seen] == ["The lift?", "The lift?", ""]


def test_nobody_previews_a_client_she_may_not_know(desk, calendar, schedule_of):
    client, other = calendar.client(), calendar.client()
    desk.identity.unknown.add(client.id)
    with pytest.raises(NotFound):
        schedule_of(calendar.practitioner(), client_id=client.id)
    with pytest.raises(NotFound):
        schedule_of(other, client_id=client.id)
    assert schedule_of(client, client_id=client.id).past == []


def test_a_service_open_for_self_scheduling_can_be_booked(calendar, schedule_of):
    client = calendar.client()
    calendar.service(self_scheduling=False)
    calendar.service(self_scheduling=True, archived=True)
    assert schedule_of(client).can_book is False
    calendar.service(self_scheduling=True)
    assert schedule_of(client).can_book is True


def test_a_service_of_another_practice_cannot_be_booked(calendar, schedule_of):
    calendar.service(self_scheduling=True, practice_id=new_id())
    assert schedule_of(calendar.client()).can_book is False


def test_a_service_for_chosen_clients_can_be_booked_by_them_alone(calendar, database, schedule_of):
    chosen, other = calendar.client(), calendar.client()
    service = calendar.service(self_scheduling=True, open_to="chosen")
    with database.transaction() as tx:
        tx.execute(insert(bookable_service_client).values(service_id=service, client_id=chosen.id))
    assert schedule_of(chosen).can_book is True
    assert schedule_of(other).can_book is False


@pytest.mark.parametrize(
    "actor",
    [
        NOBODY,
        Actor(kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER),
        service_actor("notifications"),
        Actor(kind=ActorKind.CLIENT, id=new_id()),
        Actor(kind=ActorKind.CLIENT, practice_id=new_id()),
    ],
    ids=["nobody", "practitioner", "service", "client without practice", "client without id"],
)
def test_only_a_client_has_a_portal(schedule_of, actor):
    with pytest.raises(Forbidden, match="not_allowed"):
        schedule_of(actor)
