"""What is offered to the practice is booked by a plain call; what it lists besides says why not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal_contracts.errors import Conflict
from portal_contracts.scheduling.rpc.calendar import (
    BOOK_FOR_CLIENT,
    CANCEL_FOR_CLIENT,
    MOVE_FOR_CLIENT,
    BookForClient,
    CancelForClient,
    MoveForClient,
)
from portal_contracts.scheduling.rpc.free_times import (
    LIST_FREE_TIMES,
    NEAREST_TIMES,
    ListFreeTimes,
    NearestTimes,
)

FIRST = date(2026, 12, 1)
DAYS = 6
NINE = datetime(2026, 12, 3, 8, tzinfo=UTC)
CLOSED = {
    "holidays": {"country": "FI", "region": "", "open_on": []},
    "time_off": [
        {"first_on": "2026-12-04", "start": "10:00", "last_on": "2026-12-04", "end": "14:30"}
    ],
}
"""The sixth of December is a holiday in Finland, and part of the fourth is time off."""

RULES = [
    {"self_scheduling": False, "open_to": "chosen"},
    {"max_horizon_days": 3},
    {"min_notice_minutes": 3 * 1440, "max_horizon_days": 6},
    {"bookable_from": date(2026, 12, 3), "bookable_until": date(2026, 12, 5)},
    {"max_per_day": 1, "max_per_week": 2, "min_notice_minutes": 1440},
    {"max_per_month": 1, "max_horizon_days": 4},
    {"alignment": "gap_start", "buffer_before_minutes": 10, "max_per_day": 1},
    {"alignment": "clock_grid", "min_notice_minutes": 2 * 1440 + 7, "increment_minutes": 50},
    {"weekly": [[{"start": "08:00", "end": "12:00"}]] * 7, "increment_minutes": 45},
    {"archived": True},
]


@pytest.fixture
def rivera(calendar):
    return calendar.practitioner()


@pytest.fixture
def listed(desk, rivera):
    def ask(service, **more):
        last_on = FIRST + timedelta(days=DAYS - 1)
        command = ListFreeTimes(
            service_id=service, first_on=FIRST, last_on=last_on, timezone="Europe/Berlin", **more
        )
        return desk.ask(LIST_FREE_TIMES, command, rivera)

    return ask


@pytest.fixture
def refusal(desk, calendar, rivera):
    """Books a start and calls it off again; how a refusal named it."""
    client = calendar.client()

    def ask(service, start, *, despite=False):
        command = BookForClient(
            client_id=client.id, service_id=service, starts_at=start, despite=despite
        )
        try:
            booked = desk.ask(BOOK_FOR_CLIENT, command, rivera)
        except Conflict as error:
            return error.code, error.fields
        off = CancelForClient(appointment_id=booked.appointment_id)
        desk.ask(CANCEL_FOR_CLIENT, off, rivera)
        return None

    return ask


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_every_start_is_booked_or_refused_as_it_is_listed(calendar, listed, refusal, rules):
    calendar.hours(("09:00", "11:00"), ("14:10", "15:10"), **CLOSED)
    service = calendar.offer(**rules)
    calendar.book(NINE + timedelta(minutes=15), service_id=service, after=5)
    calendar.book(NINE + timedelta(days=2, hours=1), service_id=calendar.service())
    found = listed(service)
    assert found.starts or found.despite or rules.get("archived")
    days = {start.date() for start in (*found.starts, *(one.starts_at for one in found.despite))}
    assert date(2026, 12, 6) not in days
    assert [start for start in found.starts if refusal(service, start)] == []
    for one in found.despite:
        named = {f"breaks.{number}": rule for number, rule in enumerate(one.breaks)}
        named |= {"starts_at": one.breaks[0], "despite": "needed"}
        assert refusal(service, one.starts_at) == ("outside_rules", named)
    for one in found.despite[:2]:
        assert refusal(service, one.starts_at, despite=True) is None
    assert not {one.starts_at for one in found.despite} & set(found.starts)


def test_a_start_names_every_rule_it_breaks(calendar, listed):
    calendar.hours(("09:00", "12:00"))
    service = calendar.offer(max_horizon_days=1, max_per_day=1, bookable_from=date(2026, 12, 2))
    calendar.book(NINE, service_id=service)
    found = {one.starts_at: one.breaks for one in listed(service).despite}
    assert found[NINE + timedelta(hours=1)] == ["outside_window", "cap"]
    assert found[NINE + timedelta(days=1)] == ["outside_window"]
    assert listed(service).last_bookable_on == date(2026, 12, 2)


def test_the_same_holds_for_a_move(desk, calendar, listed, rivera):
    calendar.hours(("09:00", "12:00"))
    service = calendar.offer(max_horizon_days=4, self_scheduling=False)
    moved = calendar.appointment(calendar.client(), NINE, service_id=service)
    found = listed(service, moving=moved)
    assert found.starts
    assert found.despite
    for start in found.starts:
        desk.ask(MOVE_FOR_CLIENT, MoveForClient(appointment_id=moved, starts_at=start), rivera)
    with pytest.raises(Conflict) as refused:
        desk.ask(
            MOVE_FOR_CLIENT,
            MoveForClient(appointment_id=moved, starts_at=found.despite[0].starts_at),
            rivera,
        )
    named = {"starts_at": "outside_window", "breaks.0": "outside_window"}
    assert refused.value.fields == named | {"despite": "needed"}


def test_the_nearest_and_the_next_are_booked_plainly_too(desk, calendar, listed, refusal, rivera):
    calendar.hours(("09:00", "12:00"))
    service = calendar.offer(bookable_from=date(2026, 12, 11))
    found = listed(service)
    assert (found.starts, refusal(service, found.next_start)) == ([], None)
    nearest = desk.ask(NEAREST_TIMES, NearestTimes(service_id=service, around=NINE), rivera)
    assert nearest.starts[0] == found.next_start


def test_busy_time_elsewhere_warns_the_practice_and_stops_a_client(
    desk, calendar, listed, refusal, rivera
):
    calendar.hours(("09:00", "12:00"))
    service = calendar.offer(buffer_after_minutes=15, max_horizon_days=1)
    calendar.busy_elsewhere((NINE + timedelta(hours=1), NINE + timedelta(hours=1, minutes=20)))
    found = listed(service)
    breaks = {one.starts_at: one.breaks for one in found.despite}
    assert breaks[NINE] == ["outside_window", "external_busy"]
    assert breaks[NINE + timedelta(hours=1)] == ["outside_window", "external_busy"]
    assert breaks[NINE + timedelta(hours=2)] == ["outside_window"]
    assert refusal(service, NINE, despite=True) is None


def test_buffers_apply_against_busy_time_elsewhere(desk, calendar):
    calendar.hours(("09:00", "13:00"))
    service = calendar.offer(minutes=50, buffer_before_minutes=5, buffer_after_minutes=15)
    calendar.busy_elsewhere((NINE + timedelta(hours=1), NINE + timedelta(hours=2)))
    command = ListFreeTimes(
        service_id=service, first_on=NINE.date(), last_on=NINE.date(), timezone="UTC"
    )
    # 09:00 would need what is until 10:05, 11:00 the five minutes before it.
    assert desk.ask(LIST_FREE_TIMES, command, calendar.client()).starts == [
        NINE + timedelta(hours=3)
    ]


def test_busy_time_of_a_colleague_hides_nothing(desk, calendar):
    calendar.hours(("09:00", "10:00"))
    service = calendar.offer(minutes=50)
    calendar.colleague().busy_elsewhere((NINE, NINE + timedelta(hours=1)))
    command = ListFreeTimes(
        service_id=service, first_on=NINE.date(), last_on=NINE.date(), timezone="UTC"
    )
    assert desk.ask(LIST_FREE_TIMES, command, calendar.client()).starts == [NINE]


def test_a_client_is_told_of_no_time_against_the_rules(desk, calendar):
    calendar.hours(("09:00", "12:00"))
    service = calendar.offer(max_horizon_days=1)
    command = ListFreeTimes(
        service_id=service, first_on=FIRST, last_on=FIRST + timedelta(days=5), timezone="UTC"
    )
    assert desk.ask(LIST_FREE_TIMES, command, calendar.client()).despite == []
