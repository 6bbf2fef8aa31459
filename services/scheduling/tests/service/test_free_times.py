"""Which times are free, by the calendar as it is stored; the engine has tests of its own."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from msgspec.structs import replace
from sqlalchemy import event, insert

from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role
from portal_contracts.errors import Forbidden, Invalid, NotFound
from portal_contracts.scheduling.rpc.availability import EXPLAIN_TIME, ExplainTime, WhyNot
from portal_contracts.scheduling.rpc.free_times import (
    LIST_FREE_TIMES,
    NEAREST_TIMES,
    ListFreeTimes,
    NearestTimes,
)
from scheduling.storage.tables import bookable_service_client

THURSDAY = date(2026, 12, 3)
BERLIN = timedelta(hours=1)


def wall(hour, minute=0, day=THURSDAY):
    """This time of a winter's day on a wall in Berlin."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - BERLIN


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def service(calendar):
    """50 minutes every hour from 9 to 13."""
    calendar.hours(("09:00", "13:00"))
    return calendar.offer()


@pytest.fixture
def free(desk, service, anna):
    def listed(
        actor=anna, first_on=THURSDAY, last_on=None, timezone="Europe/Berlin", at=None, **more
    ):
        command = ListFreeTimes(
            service_id=more.pop("service_id", service),
            first_on=first_on,
            last_on=last_on or first_on,
            timezone=timezone,
            **more,
        )
        return desk.ask(LIST_FREE_TIMES, command, actor, at=at)

    return listed


def test_what_is_booked_is_not_free_with_its_own_buffers(free, calendar, service):
    other = calendar.service(title="Group")
    calendar.book(wall(10), service_id=other, after=20)
    calendar.book(wall(12), service_id=service, status="cancelled")
    found = free()
    assert found.starts == [wall(9), wall(12)]
    assert found.next_start is None
    assert found.service.timezone == "Europe/Berlin"


def test_a_hold_hides_its_time_from_others_until_it_is_over(free, calendar, anna, now):
    calendar.appointment(anna, wall(9), status="held")
    ben = calendar.client()
    assert wall(9) in free(anna).starts
    assert wall(9) not in free(ben).starts
    assert wall(9) in free(ben, at=now + timedelta(minutes=5)).starts


def test_dates_are_the_viewers(free):
    noon_before = wall(12, day=date(2026, 12, 2))
    assert free(timezone="Pacific/Auckland").starts == [noon_before, wall(9), wall(10), wall(11)]


def test_the_next_free_time_is_searched_as_far_as_there_can_be_one(free, calendar):
    for day in range(40):
        for hour in (9, 10, 11, 12):
            calendar.book(wall(hour) + timedelta(days=day), service_id=calendar.service())
    found = free()
    assert found.starts == []
    assert found.next_start == wall(9) + timedelta(days=40)
    ahead = calendar.offer(max_horizon_days=39)
    found = free(service_id=ahead)
    assert found.next_start is None
    assert found.last_bookable_on == date(2027, 1, 9)


def test_the_last_date_is_the_nearer_of_horizon_and_end_in_the_viewers_zone(free, calendar):
    until = calendar.offer(max_horizon_days=60, bookable_until=date(2026, 12, 10))
    assert free(service_id=until).last_bookable_on == date(2026, 12, 10)
    found = free(service_id=until, timezone="Pacific/Auckland", first_on=date(2026, 12, 11))
    assert found.last_bookable_on == date(2026, 12, 11)
    assert found.starts == [wall(12, day=date(2026, 12, 10))]
    assert free().last_bookable_on is None


def test_what_begins_later_is_found_from_there_on(free, calendar):
    later = calendar.offer(bookable_from=date(2027, 3, 1))
    assert free(service_id=later).next_start == wall(9, day=date(2027, 3, 1))


def test_caps_count_the_whole_week_and_month(free, calendar):
    weekly, monthly = calendar.offer(max_per_week=1), calendar.offer(max_per_month=1)
    calendar.book(wall(9, day=date(2026, 12, 6)), service_id=weekly)
    calendar.book(wall(12, day=date(2026, 12, 31)), service_id=monthly)
    assert free(service_id=weekly).starts == []
    assert free(service_id=weekly).next_start == wall(9, day=date(2026, 12, 7))
    assert free(service_id=monthly).starts == []
    assert free(service_id=monthly).next_start == wall(9, day=date(2027, 1, 1))


def test_a_range_over_a_change_of_the_clocks_keeps_the_time_on_the_wall(free):
    found = free(first_on=date(2027, 3, 27), last_on=date(2027, 3, 28))
    assert [start.hour for start in found.starts] == [8, 9, 10, 11, 7, 8, 9, 10]


def test_a_practitioner_is_told_of_the_rules_for_clients_and_not_bound(free, calendar, anna):
    closed = calendar.offer(
        self_scheduling=False,
        open_to="chosen",
        min_notice_minutes=7 * 1440,
        max_horizon_days=1,
        max_per_day=1,
    )
    calendar.book(wall(9), service_id=closed)
    found = free(calendar.practitioner(), service_id=closed)
    broken = ["outside_window", "notice", "cap"]
    assert found.starts == []
    assert [(one.starts_at, one.breaks) for one in found.despite] == [
        (wall(hour), broken) for hour in (10, 11, 12)
    ]
    with pytest.raises(NotFound):
        free(anna, service_id=closed)


def test_nobody_is_shown_the_past(free, calendar):
    for actor in (calendar.client(), calendar.practitioner()):
        found = free(actor, first_on=date(2026, 12, 1), at=wall(10, 30, day=date(2026, 12, 1)))
        assert found.starts[0] == wall(11, day=date(2026, 12, 1))
    assert free(first_on=date(1, 1, 1), last_on=date(1, 1, 2)).starts == []
    assert free(first_on=date(9999, 12, 30), last_on=date(9999, 12, 31)).next_start is None


def test_an_appointment_that_is_moved_is_not_in_its_own_way(free, calendar, anna):
    closed = calendar.offer(self_scheduling=False, open_to="chosen", minutes=90)
    of_anna = calendar.appointment(anna, wall(10), service_id=closed, minutes=50)
    found = free(service_id=closed, moving=of_anna)
    assert found.starts == [wall(hour) for hour in (9, 10, 11, 12)]
    practitioner = calendar.practitioner()
    assert free(practitioner, service_id=closed, moving=of_anna).starts == found.starts


def test_only_ones_own_live_appointment_of_the_service_is_moved(free, calendar, service, anna):
    others = calendar.appointment(calendar.client(), wall(9), service_id=service)
    of_another_service = calendar.appointment(anna, wall(10))
    cancelled = calendar.appointment(anna, wall(11), service_id=service, status="cancelled")
    for moving in (others, of_another_service, cancelled, new_id()):
        with pytest.raises(NotFound) as refused:
            free(moving=moving)
        assert refused.value.code == "appointment_not_found"


def test_a_service_that_is_not_hers_to_book_is_not_there(free, database, calendar, anna):
    chosen = calendar.offer(open_to="chosen")
    hidden = (
        chosen,
        calendar.offer(archived=True),
        calendar.offer(practice_id=new_id()),
        new_id(),
    )
    for service_id in hidden:
        with pytest.raises(NotFound) as refused:
            free(service_id=service_id)
        assert refused.value.code == "service_not_found"
    with database.transaction() as tx:
        tx.execute(insert(bookable_service_client).values(service_id=chosen, client_id=anna.id))
    assert free(service_id=chosen).starts != []
    elsewhere = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    with pytest.raises(NotFound):
        free(elsewhere)
    with pytest.raises(Forbidden):
        free(NOBODY)


def test_a_range_is_two_months_at_most(free):
    for asked, code, fields in (
        ({"last_on": THURSDAY + timedelta(days=62)}, "range_too_long", {"last_on": "too_long"}),
        ({"last_on": THURSDAY - timedelta(days=1)}, "range_invalid", {"last_on": "order"}),
        ({"timezone": "Mars"}, "range_invalid", {"timezone": "unknown_timezone"}),
    ):
        with pytest.raises(Invalid) as refused:
            free(**asked)
        assert (refused.value.code, refused.value.fields) == (code, fields)


def test_the_nearest_free_times_are_told_in_order(desk, calendar, service, anna):
    calendar.book(wall(11), service_id=service)
    command = NearestTimes(service_id=service, around=wall(11), limit=3)
    found = desk.ask(NEAREST_TIMES, command, anna)
    assert found.starts == [wall(9), wall(10), wall(12)]
    assert found.timezone == "Europe/Berlin"
    first_instant = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    long_ago = NearestTimes(service_id=service, around=first_instant, limit=1)
    next_free = desk.ask(NEAREST_TIMES, long_ago, anna).starts
    assert next_free == [wall(9, day=date(2026, 12, 2))]


def test_a_practitioner_is_told_why_a_time_is_not_offered(desk, calendar, service, anna):
    appointment = calendar.appointment(anna, wall(10), service_id=service)
    vera = calendar.practitioner()

    def why(start, actor=vera, **more):
        command = ExplainTime(service_id=more.pop("service_id", service), starts_at=start, **more)
        found = desk.ask(EXPLAIN_TIME, command, actor)
        return found.reason, found.appointment_id

    assert why(wall(9)) == (None, None)
    assert why(wall(10)) == (WhyNot.OWN_APPOINTMENT, appointment)
    desk.identity.visible = []
    limited = replace(vera, caseload_only=True)
    assert why(wall(10), limited) == (WhyNot.OWN_APPOINTMENT, None)  # hidden: the time is taken
    assert why(wall(9, 5)) == (WhyNot.OFF_GRID, None)
    assert why(wall(15)) == (WhyNot.HOURS, None)
    assert why(datetime(9999, 12, 31, tzinfo=UTC)) == (WhyNot.OUTSIDE_WINDOW, None)
    assert why(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))) == (WhyNot.NOTICE, None)
    chosen = calendar.offer(open_to="chosen")
    assert why(wall(9), service_id=chosen) == (None, None)
    assert why(wall(9), service_id=chosen, client_id=anna.id) == (WhyNot.CLIENT_NOT_ALLOWED, None)


def test_why_is_told_about_clients_of_the_practice_to_those_whose_service_it_is(
    desk, calendar, service, anna
):
    command = ExplainTime(service_id=service, starts_at=wall(9), client_id=anna.id)
    desk.identity.unknown.add(anna.id)
    with pytest.raises(NotFound):
        desk.ask(EXPLAIN_TIME, command, calendar.practitioner())
    with pytest.raises(Forbidden):
        desk.ask(EXPLAIN_TIME, command, anna)
    plain = ExplainTime(service_id=service, starts_at=wall(9))
    with pytest.raises(Forbidden):
        desk.ask(EXPLAIN_TIME, plain, calendar.colleague().practitioner())
    elsewhere = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    with pytest.raises(NotFound):
        desk.ask(EXPLAIN_TIME, plain, elsewhere)


def test_a_month_takes_as_many_statements_however_much_is_busy(free, calendar, database):
    """Three calendars of five hundred entries, and two hundred appointments, or none."""
    asked: list[str] = []

    def count(*_arguments):
        asked.append("")

    event.listen(database.engine, "before_cursor_execute", count)
    month = {"first_on": date(2026, 12, 7), "last_on": date(2027, 1, 6)}
    free(**month)
    without = len(asked)
    for number in range(3):
        starts = [
            wall(9, 0) + timedelta(hours=7 * entry, minutes=20 * number) for entry in range(500)
        ]
        calendar.busy_elsewhere(*((start, start + timedelta(minutes=20)) for start in starts))
    for day in range(200):
        calendar.book(wall(20) + timedelta(hours=5 * day), minutes=20)
    asked.clear()
    free(**month)
    assert len(asked) == without
    event.remove(database.engine, "before_cursor_execute", count)
