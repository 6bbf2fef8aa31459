"""What the portal's home shows of the calendar."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.errors import Forbidden
from scheduling.operations.portal import portal_schedule
from scheduling.storage.tables import bookable_service_client


@pytest.fixture
def schedule_of(database, now):
    def ask(actor, at=now):
        with database.transaction() as tx:
            return portal_schedule(tx, actor, now=at)

    return ask


def ids(entries):
    return [one.id for one in entries]


def test_a_new_client_sees_an_empty_calendar(calendar, schedule_of):
    found = schedule_of(calendar.client())
    assert (found.upcoming, found.upcoming_total) == ((), 0)
    assert (found.past, found.past_total) == ((), 0)
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
    hers = calendar.appointment(anna, now + timedelta(days=1))
    his = calendar.appointment(ben, now + timedelta(days=2))
    her_session = calendar.session(anna, now - timedelta(days=2))
    his_passed = calendar.appointment(ben, now - timedelta(days=1))
    assert ids(schedule_of(anna).upcoming) == [hers]
    assert ids(schedule_of(anna).past) == [her_session]
    assert ids(schedule_of(ben).upcoming) == [his]
    assert ids(schedule_of(ben).past) == [his_passed]


def test_the_same_id_in_another_practice_sees_nothing(calendar, schedule_of, now):
    client = calendar.client()
    calendar.appointment(client, now + timedelta(days=1))
    calendar.appointment(client, now - timedelta(days=1))
    calendar.session(client, now - timedelta(days=2))
    elsewhere = Actor(kind=ActorKind.CLIENT, id=client.id, practice_id=new_id())
    found = schedule_of(elsewhere)
    assert found.upcoming_total == found.past_total == 0


def test_seats_of_one_group_are_seen_by_their_own_client(calendar, schedule_of, now):
    anna, ben = calendar.client(), calendar.client()
    group = calendar.book(now + timedelta(days=1), capacity=2)
    hers = calendar.seat(anna, group, status="confirmed")
    his = calendar.seat(ben, group, status="requested")
    assert ids(schedule_of(anna).upcoming) == [hers]
    assert ids(schedule_of(ben).upcoming) == [his]


@pytest.mark.parametrize("status", ["held", "cancelled", "declined", "expired"])
def test_what_is_not_planned_is_not_upcoming(calendar, schedule_of, now, status):
    client = calendar.client()
    calendar.appointment(client, now + timedelta(days=1), status=status)
    assert schedule_of(client).upcoming_total == 0


def test_the_nearest_come_first_and_the_list_is_cut_at_four(calendar, schedule_of, now):
    client = calendar.client()
    by_day = {
        day: calendar.appointment(client, now + timedelta(days=day)) for day in (5, 1, 4, 2, 3)
    }
    found = schedule_of(client)
    assert ids(found.upcoming) == [by_day[day] for day in (1, 2, 3, 4)]
    assert found.upcoming_total == 5


def test_the_newest_session_comes_first_and_the_list_is_cut_at_four(calendar, schedule_of, now):
    client = calendar.client()
    by_day = {}
    for day in (5, 1, 3):
        by_day[day] = calendar.session(client, now - timedelta(days=day))
    for day in (4, 2, 6):
        by_day[day] = calendar.appointment(client, now - timedelta(days=day))
    found = schedule_of(client)
    assert ids(found.past) == [by_day[day] for day in (1, 2, 3, 4)]
    assert found.past_total == 6


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
    assert found.past_total == 1


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
    sessions = {name: calendar.session(client, day) for name, day in days.items()}
    calendar.summary(client, sessions["draft"])
    shared = calendar.summary(client, sessions["shared"], shared_at=now)
    calendar.summary(client, sessions["un"], shared_at=now, unshared_at=now)
    assert [one.summary_id for one in schedule_of(client).past] == [None, shared, None]


def test_a_service_open_for_self_scheduling_can_be_booked(calendar, schedule_of):
    client = calendar.client()
    calendar.service(self_scheduling=False)
    calendar.service(self_scheduling=True, active=False)
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
    with pytest.raises(Forbidden) as error:
        schedule_of(actor)
    assert error.value.code == "not_allowed"
