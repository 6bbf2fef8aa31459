"""A week of a calendar in one call: appointments, hours, and time that is busy elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_contracts.scheduling.rpc.calendar import LIST_CALENDAR, ListCalendar, Stretch
from portal_contracts.scheduling.rpc.services import ServiceColour
from portal_contracts.scheduling.rpc.sessions import MARK_SESSION, MarkSession
from tests.kit.statements import statements_of_this_process

MONDAY = datetime(2026, 12, 6, 23, 0, tzinfo=UTC)
"""Midnight in Berlin."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@pytest.fixture
def rivera(calendar):
    return calendar.practitioner(Role.PRACTITIONER)


@pytest.fixture
def week(desk, rivera):
    def ask(starts_from=MONDAY, length=WEEK, actor=None, *, at=None, **options):
        command = ListCalendar(
            starts_from=starts_from, starts_before=starts_from + length, **options
        )
        return desk.ask(LIST_CALENDAR, command, actor or rivera, at=at)

    return ask


def stretch(start, end):
    return Stretch(starts_at=start, ends_at=end)


def test_a_week_tells_when_the_practitioner_works_and_is_busy_elsewhere(calendar, week):
    calendar.hours(("09:00", "12:00"), ("13:00", "18:00"))
    calendar.busy_elsewhere((MONDAY + 10 * HOUR, MONDAY + 11 * HOUR))
    found = week(with_hours=True)
    assert found.hours[:2] == [
        stretch(MONDAY + 9 * HOUR, MONDAY + 12 * HOUR),
        stretch(MONDAY + 13 * HOUR, MONDAY + 18 * HOUR),
    ]
    assert len(found.hours) == 14
    assert found.busy_elsewhere == [stretch(MONDAY + 10 * HOUR, MONDAY + 11 * HOUR)]


def test_what_reaches_over_the_ends_of_the_stretch_is_cut(calendar, week):
    calendar.hours(("00:00", "24:00"))
    calendar.busy_elsewhere((MONDAY - DAY, MONDAY + HOUR), (MONDAY + 3 * HOUR, MONDAY + 30 * HOUR))
    found = week(length=DAY, with_hours=True)
    assert found.hours == [stretch(MONDAY, MONDAY + DAY)]
    assert found.busy_elsewhere == [
        stretch(MONDAY, MONDAY + HOUR),
        stretch(MONDAY + 3 * HOUR, MONDAY + DAY),
    ]


def test_hours_keep_their_wall_time_when_the_clocks_change(calendar, week):
    calendar.hours(("01:00", "04:00"))
    spring = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert week(spring, DAY, with_hours=True).hours == [stretch(spring + HOUR, spring + 3 * HOUR)]
    autumn = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert week(autumn, DAY, with_hours=True).hours == [stretch(autumn + HOUR, autumn + 5 * HOUR)]


def test_who_does_not_ask_is_not_told_of_hours(calendar, week):
    calendar.hours(("09:00", "18:00"))
    calendar.busy_elsewhere((MONDAY, MONDAY + HOUR))
    found = week()
    assert (found.hours, found.busy_elsewhere) == ([], [])


@pytest.mark.parametrize("year", [1, 9999])
def test_no_year_breaks_the_hours(calendar, week, year):
    calendar.hours(("09:00", "18:00"))
    assert week(datetime(year, 1, 2, tzinfo=UTC), WEEK, with_hours=True).hours == []


def test_an_entry_tells_the_colour_of_its_service_and_how_it_went(desk, calendar, week, rivera):
    service = calendar.offer(colour=ServiceColour.PINK)
    went, silent = (
        calendar.appointment(calendar.client(), MONDAY + hour * HOUR, service_id=service)
        for hour in (9, 10)
    )
    later = MONDAY + DAY
    desk.ask(
        MARK_SESSION, MarkSession(session_id=went, status=SessionStatus.NO_SHOW), rivera, at=later
    )
    found = {one.id: one for one in week(at=later).items}
    assert found[went].session.status == SessionStatus.NO_SHOW
    assert found[silent].session.status == SessionStatus.ATTENDED
    assert found[went].colour == ServiceColour.PINK


def test_a_week_takes_as_many_statements_with_sixty_appointments_as_with_one(calendar, week):
    calendar.hours(("08:00", "20:00"))
    service = calendar.offer()

    def statements():
        with statements_of_this_process() as seen:
            found = week(with_hours=True)
        return len(found.items), len(seen)

    calendar.appointment(calendar.client(), MONDAY + 8 * HOUR, service_id=service)
    one = statements()
    for number in range(1, 60):
        day, hour = divmod(number, 12)
        calendar.appointment(
            calendar.client(), MONDAY + day * DAY + (8 + hour) * HOUR, service_id=service
        )
        calendar.busy_elsewhere((MONDAY + number * HOUR, MONDAY + number * HOUR + HOUR / 2))
    assert statements() == (60, one[1])
    assert one[1] <= 3


def test_an_owner_elsewhere_learns_nothing_of_another_practice_s_time(calendar, week):
    calendar.hours(("09:00", "18:00"))
    calendar.busy_elsewhere((MONDAY + 10 * HOUR, MONDAY + 11 * HOUR))
    calendar.appointment(calendar.client(), MONDAY + 12 * HOUR)
    elsewhere = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    found = week(actor=elsewhere, practitioner_id=calendar.practitioner_id, with_hours=True)
    assert (found.items, found.hours, found.busy_elsewhere) == ([], [], [])
