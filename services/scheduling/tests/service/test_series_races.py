"""Series head-on, on real connections; and whatever is listed as possible is never refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal_contracts.errors import Conflict
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from portal_contracts.scheduling.rpc.booking import (
    MOVE_OWN_APPOINTMENT,
    Moved,
    MoveOwnAppointment,
)
from portal_contracts.scheduling.rpc.calendar import BOOK_FOR_CLIENT, BookForClient
from portal_contracts.scheduling.rpc.series import (
    BOOK_SERIES,
    CANCEL_SERIES,
    MOVE_SERIES,
    REVIEW_SERIES,
    BookedSeries,
    BookSeries,
    CancelSeries,
    MovedSeries,
    MoveSeries,
    Repeat,
    ReviewSeries,
    SeriesScope,
    SlotChoice,
    SlotState,
)
from scheduling.operations.calendar_check import check_bookings
from tests.kit.races import at_once

TEN = datetime(2026, 12, 3, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


def asked(client, service, starts_at, repeat):
    return {
        "client_id": client.id,
        "service_id": service,
        "starts_at": starts_at,
        "repeat": repeat,
    }


@pytest.fixture
def rivera(calendar):
    return calendar.practitioner()


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer(max_horizon_days=None)


def test_of_two_series_head_on_one_wins_whole_and_the_other_is_told_what_collides(
    desk, calendar, service, rivera, database, now
):
    for round_number in range(4):
        first = TEN + round_number * timedelta(hours=1)
        ten = Repeat(unit=RepeatUnit.WEEKLY, times=10)
        five = Repeat(unit=RepeatUnit.WEEKLY, every=2, times=5)
        commands = [
            BookSeries(**asked(calendar.client(), service, first, ten)),
            BookSeries(**asked(calendar.client(), service, first + 2 * WEEK, five)),
        ]
        seen = asked(calendar.client(), service, first, ten)
        slots = desk.ask(REVIEW_SERIES, ReviewSeries(**seen), rivera).slots
        assert {one.state for one in slots} == {SlotState.FREE}
        results = at_once(*(lambda one=one: desk.ask(BOOK_SERIES, one, rivera) for one in commands))
        assert sorted(isinstance(one, BookedSeries) for one in results) == [False, True]
        [refused] = [one for one in results if isinstance(one, Conflict)]
        assert set(refused.fields.values()) == {"taken"}
        assert len(refused.fields) == 4
    with database.transaction() as tx:
        assert check_bookings(tx, now=now) == []


def test_who_moves_who_cancels_and_who_books_do_not_jam(
    desk, calendar, service, rivera, database, now
):
    repeat = Repeat(unit=RepeatUnit.WEEKLY, times=6)
    booked = [
        desk.ask(
            BOOK_SERIES, BookSeries(**asked(calendar.client(), service, start, repeat)), rivera
        ).appointment_ids
        for start in (TEN, TEN + timedelta(hours=2))
    ]
    move = MoveSeries(
        appointment_id=booked[0][0],
        scope=SeriesScope.ALL,
        starts_at=TEN + timedelta(hours=4),
    )
    swap = MoveSeries(appointment_id=booked[1][0], scope=SeriesScope.ALL, starts_at=TEN)
    cancel = CancelSeries(appointment_id=booked[0][3], scope=SeriesScope.FOLLOWING)
    alone = BookForClient(
        client_id=calendar.client().id, service_id=service, starts_at=TEN + 4 * WEEK
    )
    at_once(
        lambda: desk.ask(MOVE_SERIES, move, rivera),
        lambda: desk.ask(MOVE_SERIES, swap, rivera),
        lambda: desk.ask(CANCEL_SERIES, cancel, rivera),
        lambda: desk.ask(BOOK_FOR_CLIENT, alone, rivera),
    )
    with database.transaction() as tx:
        assert check_bookings(tx, now=now) == []


def test_who_moves_a_series_and_its_client_who_moves_one_of_it_do_not_jam(
    desk, calendar, service, rivera, database, now
):
    client = calendar.client()
    repeat = Repeat(unit=RepeatUnit.WEEKLY, times=6)
    command = BookSeries(**asked(client, service, TEN, repeat))
    ids = desk.ask(BOOK_SERIES, command, rivera).appointment_ids
    for round_number in range(12):
        hour = timedelta(hours=round_number % 2 * 2)
        series = MoveSeries(
            appointment_id=ids[0], scope=SeriesScope.ALL, starts_at=TEN + 2 * MINUTE * 60 - hour
        )
        one = MoveOwnAppointment(appointment_id=ids[5], starts_at=TEN + 5 * WEEK + 5 * hour / 2)
        results = at_once(
            lambda series=series: desk.ask(MOVE_SERIES, series, rivera),
            lambda one=one: desk.ask(MOVE_OWN_APPOINTMENT, one, client),
        )
        assert all(isinstance(one, MovedSeries | Moved | Conflict) for one in results), results
    with database.transaction() as tx:
        assert check_bookings(tx, now=now) == []


@given(
    taken=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 36)), max_size=12),
    at=st.integers(0, 12),
    monthly=st.booleans(),
    cap=st.sampled_from([None, 1, 2]),
    alignment=st.sampled_from(["window_start", "gap_start", "clock_grid"]),
    chosen=st.lists(st.booleans(), min_size=8, max_size=8),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_listed_as_possible_is_never_refused(
    desk, calendar, taken, at, monthly, cap, alignment, chosen
):
    fresh = calendar.colleague()
    fresh.hours(("08:00", "12:00"))
    service = fresh.offer(
        max_horizon_days=None,
        max_per_week=cap,
        alignment=alignment,
        buffer_after_minutes=10,
    )
    busy = set()
    for day, slot in taken:
        start = TEN - timedelta(hours=2) + timedelta(days=day) + slot * 10 * MINUTE
        if all(abs(start - other) >= 60 * MINUTE for other in busy):
            busy.add(start)
            fresh.book(start, service_id=service, after=10)
    unit = RepeatUnit.MONTHLY if monthly else RepeatUnit.WEEKLY
    whole = asked(fresh.client(), service, TEN + at * 15 * MINUTE, Repeat(unit=unit, times=8))
    doctor = fresh.practitioner()
    slots = desk.ask(REVIEW_SERIES, ReviewSeries(**whole), doctor).slots
    choices = [
        SlotChoice(slot=one.slot, starts_at=one.nearest if wanted else None)
        for one, wanted in zip(slots, chosen, strict=True)
        if one.state is not SlotState.FREE
    ]
    left = [one for one in choices if one.starts_at] or len(choices) < len(slots)
    if left:
        assert desk.ask(BOOK_SERIES, BookSeries(**whole, choices=choices), doctor)
