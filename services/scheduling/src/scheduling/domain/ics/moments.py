"""Moments: a time on a wall with its zone, or a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from scheduling.domain.ics.content import Line
from scheduling.domain.ics.values import is_date, read_length, read_offset, read_wall
from scheduling.domain.ics.zones import LAST_INSTANT, KnownZone, Zone, Zones

_IN_UTC: Final = KnownZone(UTC)
_WITH_OFFSET: Final = re.compile(r"(.*T.*?)([+-]\d{2}:?\d{2})")


@dataclass(frozen=True)
class Moment:
    """A time on the wall of a zone; of a day its midnight there."""

    wall: datetime
    zone: Zone
    is_day: bool = False

    @property
    def instant(self) -> datetime:
        """The instant, aware UTC."""
        return self.zone.instant(self.wall)

    def after(self, days: timedelta, exact: timedelta) -> datetime:
        """The instant after whole days on the wall, and then an exact time."""
        try:
            return self.zone.instant(self.wall + days) + exact
        except OverflowError:
            return LAST_INSTANT


@dataclass(frozen=True)
class Period:
    """A stretch by its start and its end."""

    start: Moment
    end: datetime


def moment(line: Line, zones: Zones, floating: Zone | None = None) -> Moment:
    """The moment that a line names.

    Args:
        line: of one value.
        zones: of its calendar.
        floating: where a time without a zone lies, if not where the calendar is kept.

    Raises:
        Unreadable: it names none.
    """
    return _moment(line.value, line, zones, floating)


def moments(line: Line, zones: Zones, floating: Zone | None = None) -> Iterator[Moment | Period]:
    """The moments and periods that a line names.

    Raises:
        Unreadable: one is none.
    """
    for text in filter(None, (one.strip() for one in line.value.split(","))):
        if "/" in text:
            yield _period(text, line, zones, floating)
        else:
            yield _moment(text, line, zones, floating)


def _period(text: str, line: Line, zones: Zones, floating: Zone | None) -> Period:
    first, _, last = text.partition("/")
    start = _moment(first, line, zones, floating)
    if last.lstrip("+-").upper().startswith("P"):
        return Period(start, start.after(*read_length(last)))
    return Period(start, _moment(last, line, zones, floating).instant)


def _moment(text: str, line: Line, zones: Zones, floating: Zone | None) -> Moment:
    text = text.strip()
    if is_date(text):
        return Moment(read_wall(text), zones.local, is_day=True)
    if text[-1:] in {"Z", "z"}:
        return Moment(read_wall(text[:-1]), _IN_UTC)
    if found := _WITH_OFFSET.fullmatch(text):
        return Moment(read_wall(found[1]), KnownZone(timezone(read_offset(found[2]))))
    tzid = line.parameters.get("TZID", "")
    return Moment(read_wall(text), zones.named(tzid) if tzid else floating or zones.local)
