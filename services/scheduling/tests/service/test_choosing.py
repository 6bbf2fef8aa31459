"""What a client chooses a time from: one answer, in which nothing stands that booking refuses."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import Forbidden, Invalid, NotFound
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.booking import (
    CONFIRM_HOLD,
    HOLD_TIME,
    MOVE_OWN_APPOINTMENT,
    ConfirmHold,
    HoldTime,
    MoveOwnAppointment,
)
from portal_contracts.scheduling.rpc.choosing import BROWSE_TIMES, BrowseTimes
from portal_contracts.scheduling.rpc.free_times import NEAREST_TIMES, NearestTimes
from portal_contracts.scheduling.rpc.limits import EDIT_BOOKING_LIMITS
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED
from portal_contracts.scheduling.rpc.usual_times import FIND_USUAL_TIME, FindUsualTime
from tests.kit.statements import statements_of_this_process

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = timedelta(days=7)
DECEMBER, JANUARY, MARCH = date(2026, 12, 1), date(2027, 1, 1), date(2027, 3, 1)


def wall(hour, day=date(2026, 12, 2)):
    """This time on a wall in Berlin."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def service(calendar):
    """50 minutes at 9, 10 and 11, every day."""
    calendar.hours(("09:00", "12:00"))
    return calendar.offer(move_notice_minutes=0)


@pytest.fixture
def browse(desk, service, anna):
    def asked(actor=anna, **more):
        fields = {"service_id": service, "timezone": "Europe/Berlin"} | more
        return desk.ask(BROWSE_TIMES, BrowseTimes(**fields), actor)

    return asked


@pytest.fixture
def limit_to(desk, calendar):
    def to(most):
        arguments = {"version": 0, "limits": {"max_open": most}}
        command = msgspec.convert(arguments, EDIT_BOOKING_LIMITS.arguments)
        desk.ask(EDIT_BOOKING_LIMITS, command, calendar.practitioner(Role.OWNER))

    return to


def test_the_month_of_the_first_time_and_the_three_soonest(browse, calendar):
    calendar.book(wall(10))
    found = browse()
    assert found.first_on == DECEMBER
    assert found.soonest == found.starts[:3] == [wall(9), wall(11), wall(9, date(2026, 12, 3))]
    assert found.starts[-1] == wall(11, date(2026, 12, 31))
    assert (found.usual, found.limit, found.has_others) == (None, None, False)
    assert found.service.timezone == found.timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("begins", "asked", "shown"),
    [
        (None, None, DECEMBER),
        (None, date(2027, 2, 17), date(2027, 2, 1)),
        (None, date(2020, 2, 1), DECEMBER),
        (None, date(9999, 12, 1), date(2028, 12, 1)),
        (date(2027, 1, 1), None, JANUARY),
        (MARCH, None, MARCH),
        (MARCH, date(2026, 12, 1), MARCH),
        (MARCH, date(2027, 4, 1), date(2027, 4, 1)),
    ],
)
def test_the_month_lies_where_something_can_be_booked(browse, calendar, begins, asked, shown):
    found = browse(service_id=calendar.offer(bookable_from=begins), month=asked)
    assert found.first_on == shown
    assert found.soonest[0] == wall(9, begins or date(2026, 12, 2))
    assert found.starts[0] == max(found.soonest[0], wall(9, shown))


def test_no_month_is_shown_past_the_last_that_can_be_booked(browse, calendar):
    until = calendar.offer(bookable_until=date(2027, 2, 10))
    found = browse(service_id=until, month=date(2027, 8, 1))
    assert (found.first_on, found.last_bookable_on) == (date(2027, 2, 1), date(2027, 2, 10))


def test_after_a_month_without_times_the_next_one_is_told(browse, calendar):
    for day in range(31):
        for hour in (9, 10, 11):
            calendar.book(wall(hour, JANUARY + timedelta(days=day)))
    found = browse(month=JANUARY)
    assert (found.first_on, found.starts) == (JANUARY, [])
    assert found.next_start == wall(9, date(2027, 2, 1))


def test_where_nothing_is_free_there_is_this_month_and_nothing(browse, calendar):
    over = calendar.offer(bookable_until=date(2026, 11, 1))
    found = browse(service_id=over)
    assert (found.first_on, found.starts, found.soonest) == (DECEMBER, [], [])
    assert (found.next_start, found.usual) == (None, None)


def test_days_are_the_viewers_but_at_a_place_the_places(browse, calendar):
    found = browse(timezone="Pacific/Kiritimati", month=JANUARY)
    assert (found.timezone, found.first_on) == ("Pacific/Kiritimati", JANUARY)
    assert found.starts[0] == wall(11, date(2026, 12, 31))
    at_place = calendar.offer(place_kind=PlaceKind.ADDRESS, place="Seestraße 14")
    found = browse(service_id=at_place, timezone="Pacific/Kiritimati", month=JANUARY)
    assert (found.timezone, found.starts[0]) == ("Europe/Berlin", wall(9, JANUARY))


def test_the_usual_time_is_found_near_and_far_and_can_be_held(
    browse, desk, calendar, anna, service
):
    thursday = date(2026, 12, 3)
    for weeks in (1, 2):
        calendar.appointment(anna, wall(10, thursday) - weeks * WEEK, service_id=service)
    assert browse(month=MARCH).usual == wall(10, thursday)
    for weeks in range(6):
        calendar.book(wall(10, thursday) + weeks * WEEK)
    found = browse()
    assert found.usual == wall(10, thursday) + 6 * WEEK
    assert desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=found.usual), anna)


def test_every_time_that_is_told_can_be_booked(browse, desk, calendar, anna, service):
    calendar.book(wall(10), before=5, after=15)
    found = browse()
    for start in {*found.soonest, *found.starts[:12]}:
        held = desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=start), anna)
        assert browse().soonest[:3] == found.soonest, "her own hold is in the way"
        assert held.hold_id


def test_at_the_limit_no_time_is_told_but_an_appointment_can_be_moved(
    browse, desk, anna, service, limit_to
):
    limit_to(1)
    held = desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=wall(9)), anna).hold_id
    booked = desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=held), anna).appointment_id
    found = browse()
    assert found.limit == "open"
    assert (found.starts, found.soonest, found.usual, found.next_start) == ([], [], None, None)
    assert desk.ask(FIND_USUAL_TIME, FindUsualTime(service_id=service), anna).starts_at is None
    moving = browse(moving=booked)
    assert moving.limit is None
    assert moving.usual == wall(9) + WEEK
    move = MoveOwnAppointment(appointment_id=booked, starts_at=moving.usual)
    assert desk.ask(MOVE_OWN_APPOINTMENT, move, anna)


def test_an_appointment_is_not_moved_to_where_it_is(browse, desk, calendar, anna, service):
    mine = calendar.appointment(anna, wall(9), service_id=service)
    found = browse(moving=mine)
    assert wall(9) not in {*found.soonest, *found.starts, found.usual}
    assert found.soonest[0] == wall(10)
    around = NearestTimes(service_id=service, around=wall(10), moving=mine)
    assert wall(9) not in desk.ask(NEAREST_TIMES, around, anna).starts


def test_whoever_moves_needs_no_self_scheduling(browse, calendar, anna):
    closed = calendar.offer(self_scheduling=False, open_to="chosen")
    calendar.offer(title="Another")
    mine = calendar.appointment(anna, wall(9), service_id=closed)
    found = browse(service_id=closed, moving=mine)
    assert found.soonest[0] == wall(10)
    assert not found.has_others


def test_what_is_not_hers_is_not_there(browse, calendar, anna, service):
    for hidden in (
        calendar.offer(open_to="chosen"),
        calendar.offer(archived=True),
        calendar.offer(practice_id=new_id()),
        new_id(),
    ):
        with pytest.raises(NotFound) as refused:
            browse(service_id=hidden)
        assert refused.value.code == "service_not_found"
    others = calendar.appointment(calendar.client(), wall(9), service_id=service)
    with pytest.raises(NotFound) as refused:
        browse(moving=others)
    assert refused.value.code == "appointment_not_found"
    with pytest.raises(Forbidden):
        browse(calendar.practitioner(Role.OWNER))
    with pytest.raises(Invalid) as wrong:
        browse(timezone="Mars/Base")
    assert wrong.value.fields == {"timezone": "unknown_timezone"}


def test_the_service_she_booked_last_is_told_among_several(
    desk, calendar, anna, browse, service, now
):
    assert desk.ask(LIST_OFFERED, Nothing(), anna).last_had is None
    other = calendar.offer(title="Another")
    assert browse().has_others
    assert desk.ask(LIST_OFFERED, Nothing(), anna).last_had is None
    for minute, start, one in (
        (0, wall(9) + 2 * WEEK, service),
        (1, wall(9) - WEEK, other),
    ):
        calendar.now = now + timedelta(minutes=minute)
        calendar.appointment(anna, start, service_id=one)
    calendar.now = now + timedelta(minutes=2)
    calendar.appointment(anna, wall(9) + WEEK, service_id=service, status="cancelled")
    calendar.appointment(calendar.client(), wall(10), service_id=service)
    assert desk.ask(LIST_OFFERED, Nothing(), anna).last_had == other


def test_a_near_month_loads_the_calendar_once(browse, calendar, anna, service):
    calendar.appointment(anna, wall(9) - WEEK, service_id=service)
    browse()
    with statements_of_this_process() as near:
        assert browse().usual
    assert sum("booked_time" in one and "blocked" in one for one in near) == 1, near
    with statements_of_this_process() as far:
        browse(month=MARCH)
    assert len(far) - len(near) <= 2
