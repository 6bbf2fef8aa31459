"""What busy calendars cost the slot engine: a month with three of five hundred entries each.

Alone and in this process, by processor time: the engine asks nobody and waits for nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median

from bench.context import MeasurementContext
from bench.rows import Aim, AimQuantity, Figure, Figures, Row
from scheduling.domain.availability import Availability
from scheduling.domain.service_rules import Booked, ServiceRules
from scheduling.domain.slots import Calendar
from scheduling.domain.wall_time import Span, WallWindow, time_zone

BOOKINGS, OVERRIDES, CALENDARS, ENTRIES, DAYS = 200, 20, 3, 500, 31
ROWS = (
    Row(
        "busy-engine",
        f"CPU of the slot engine per month, {BOOKINGS} bookings, {OVERRIDES} overrides, "
        f"{CALENDARS} busy calendars of {ENTRIES}",
        "ms",
        "the same without busy calendars",
        Aim(5.0, AimQuantity.VALUE),
    ),
)
ROUNDS, CALLS = 7, 20
_FIRST = datetime(2026, 12, 7, tzinfo=UTC)
_REACH = timedelta(days=5)


def measure(context: MeasurementContext) -> Figures:
    """Ask both in turn."""
    month = Span(_FIRST, _FIRST + timedelta(days=DAYS))
    busy, free = _calendar(_entries(month)), _calendar(())
    ours: list[float] = []
    floor: list[float] = []
    for _round in range(context.rounds(ROUNDS)):
        ours.append(_milliseconds(lambda: busy().free_starts(month)))
        floor.append(_milliseconds(lambda: free().free_starts(month)))
    note = f"{len(busy().free_starts(month))} free starts"
    return {"busy-engine": Figure(median(ours), median(floor), note)}


def _milliseconds(act: Callable[[], object]) -> float:
    durations = []
    for _call in range(CALLS):
        began = time.process_time()
        act()
        durations.append(time.process_time() - began)
    return median(durations) * 1000


def _calendar(external: tuple[Span, ...]) -> Callable[[], Calendar]:
    """Makes the calendar anew each time, as each call does: it keeps what it has worked out."""
    day = (WallWindow(9 * 60, 13 * 60), WallWindow(14 * 60, 18 * 60))
    overrides = {
        date(2026, 12, 8) + timedelta(days=3 * number): (WallWindow(600, 900),)
        for number in range(OVERRIDES)
    }
    availability = Availability(
        time_zone("Europe/Berlin"), dict.fromkeys(range(5), day), overrides, ()
    )
    rules = ServiceRules(duration=timedelta(minutes=50), increment=timedelta(minutes=30))
    booked = tuple(
        Booked(
            Span(start, start + timedelta(minutes=20)),
            timedelta(),
            timedelta(minutes=10),
            counts=True,
        )
        for start in (_FIRST + timedelta(minutes=200 * number) for number in range(BOOKINGS))
    )
    now = _FIRST - timedelta(days=3)
    return lambda: Calendar(availability, rules, booked, external, now=now)


def _entries(month: Span) -> tuple[Span, ...]:
    """What of the calendars touches the month, as the query finds it."""
    starts = (
        _FIRST - timedelta(days=10) + timedelta(hours=7 * entry, minutes=20 * number)
        for number in range(CALENDARS)
        for entry in range(ENTRIES)
    )
    spans = (Span(start, start + timedelta(minutes=15)) for start in starts)
    return tuple(
        sorted(
            span
            for span in spans
            if span.end > month.start - _REACH and span.start < month.end + _REACH
        )
    )
