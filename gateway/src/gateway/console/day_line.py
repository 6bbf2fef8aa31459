"""A day's appointments in the order of time, with what is free between them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from gateway.words.wall_time import local_date
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.calendar import Calendar, CalendarEntry

SHORTEST_GAP: Final = timedelta(minutes=20)
"""What is shorter between two appointments is a pause, of which nothing is said."""

NEXT_APPOINTMENTS: Final = 3

_TAKES_TIME: Final = (AppointmentStatus.CONFIRMED, AppointmentStatus.REQUESTED)


class DayStop(NamedTuple):
    """One appointment of a day's line.

    Attributes:
        entry: the appointment.
        free_from: from when on nothing is planned before it; None where that is not worth a word.
        now_before: nothing goes on at present, and this is what comes next.
    """

    entry: CalendarEntry
    free_from: datetime | None
    now_before: bool = False


def day_line(entries: Sequence[CalendarEntry], now: datetime) -> list[DayStop]:
    """The stops of a day, from its entries in the order of their starts.

    A gap is from the end of all that began before; appointments may overlap.
    """
    stops: list[DayStop] = []
    free_from: datetime | None = None
    goes_on = any(one.starts_at <= now < one.ends_at for one in entries)
    marked = goes_on
    for entry in entries:
        comes_next = not marked and entry.starts_at > now
        marked = marked or comes_next
        has_gap = free_from is not None and entry.starts_at - free_from >= SHORTEST_GAP
        stops.append(DayStop(entry, free_from if has_gap else None, comes_next))
        if entry.status in _TAKES_TIME:
            free_from = max(free_from or entry.ends_at, entry.ends_at)
    return stops


def split_calendar(
    calendar: Calendar | None, now: datetime
) -> tuple[list[CalendarEntry], list[CalendarEntry]]:
    """Today's appointments, and what follows them.

    What follows: the next ones, for a day without any or with none left; else tomorrow's first.
    """
    if calendar is None:
        return [], []
    on = local_date(now, calendar.timezone)
    days = [(local_date(one.starts_at, calendar.timezone), one) for one in calendar.items]
    today = [one for day, one in days if day == on]
    if all(one.ends_at <= now for one in today):
        return today, [one for day, one in days if day > on][:NEXT_APPOINTMENTS]
    return today, [one for day, one in days if day == on + timedelta(days=1)][:1]
