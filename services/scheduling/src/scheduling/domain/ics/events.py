"""One event as it is written: when it is, how long, and whether it takes time at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scheduling.domain.ics.content import Component, Line
from scheduling.domain.ics.moments import Moment, moment
from scheduling.domain.ics.values import Unreadable, read_length
from scheduling.domain.ics.zones import Zones

_DAY: Final = timedelta(days=1)
_NOTHING: Final = timedelta()

EndOf = Callable[[Moment], datetime]
"""The instant at which an occurrence that starts at a moment ends."""


@dataclass(frozen=True)
class Written:
    """A VEVENT, and the calendar that it stands in."""

    component: Component
    zones: Zones
    method: str = ""

    @property
    def uid(self) -> str:
        """Its UID; empty: it has none, and belongs to no other."""
        return self.component.text("UID")

    @property
    def replaced(self) -> Line | None:
        """Which occurrence of a series it stands for."""
        return self.component.first("RECURRENCE-ID")

    @property
    def newness(self) -> tuple[int, str, str]:
        """The greater, the newer (RFC 5546, section 2.1.5)."""
        sequence = self.component.text("SEQUENCE")
        return (
            int(sequence) if sequence.isdecimal() else 0,
            self.component.text("DTSTAMP"),
            self.component.text("LAST-MODIFIED"),
        )

    @property
    def cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.component.text("STATUS").upper() == "CANCELLED" or self.method == "CANCEL"

    @property
    def takes_time(self) -> bool:
        """Whether whoever keeps the calendar is busy then."""
        free = self.component.text("X-MICROSOFT-CDO-BUSYSTATUS").upper() == "FREE"
        transparent = self.component.text("TRANSP").upper().startswith("TRANSPARENT")
        return not (self.cancelled or free or transparent)


@dataclass(frozen=True)
class Event:
    """An event that was read: its start, its length, and what else it says."""

    written: Written
    start: Moment
    end_of: EndOf
    longest: timedelta

    @property
    def end(self) -> datetime:
        """The instant at which its first occurrence ends."""
        return self.end_of(self.start)


def read_event(written: Written) -> Event:
    """The event of a VEVENT.

    An end makes all occurrences exactly as long as the first one, a length of days as long as
    the calendar says (RFC 5545, section 3.8.5.3). Without either a day takes the day, and a time
    nothing.

    Raises:
        Unreadable: there is no start, or the end is before it.
    """
    component, zones = written.component, written.zones
    first = component.first("DTSTART")
    if first is None or not first.value:
        raise Unreadable("It has no start.")
    start = moment(first, zones)
    end_of = _end_of(written, start)
    if end_of(start) < start.instant:
        raise Unreadable("It ends before it starts.")
    return Event(written, start, end_of, end_of(start) - start.instant)


def _end_of(written: Written, start: Moment) -> EndOf:
    end, length = written.component.first("DTEND"), written.component.first("DURATION")
    if end is not None and end.value:
        return _by_end(moment(end, written.zones, start.zone), start)
    if length is not None:
        days, exact = read_length(length.value)
        return lambda at: at.after(days, exact)
    return lambda at: at.after(_DAY if at.is_day else _NOTHING, _NOTHING)


def _by_end(end: Moment, start: Moment) -> EndOf:
    if start.is_day and end.is_day:
        # Many programs mean the day itself where they write it as its own end.
        days = (end.wall - start.wall) or _DAY
        return lambda at: at.after(days, _NOTHING)
    exact = end.instant - start.instant
    return lambda at: at.after(_NOTHING, exact)
