"""Which zone a TZID names: that of the shipped data where it names one, else the file's own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from itertools import islice
from typing import Final, Protocol
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scheduling.domain.ics.content import Component
from scheduling.domain.ics.values import Unreadable, read_offset, read_wall

_OFFSET: Final = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?")
_OUTLOOKS: Final = re.compile(r"customized time zone(?: \d+)?|tzone://microsoft/.*", re.IGNORECASE)
"""What Outlook calls a zone that is none of Windows'; where it is not defined beside, it is the
zone of whoever keeps the calendar."""
_MOST_TRANSITIONS: Final = 5_000

FIRST_INSTANT: Final = datetime.min.replace(tzinfo=UTC)
LAST_INSTANT: Final = datetime.max.replace(tzinfo=UTC)


class Zone(Protocol):
    """Tells the instant at which a wall shows a time."""

    def instant(self, wall: datetime) -> datetime:
        """The instant; at the ends of the calendar the nearest that there is.

        Of a time that is shown twice the first, of one in a gap by the offset before it
        (RFC 5545, section 3.3.5).
        """


@dataclass(frozen=True)
class KnownZone:
    """A zone of the shipped data, or a fixed offset."""

    known: tzinfo

    def instant(self, wall: datetime) -> datetime:
        """See `Zone`."""
        return _within_the_calendar(wall, lambda: wall.replace(tzinfo=self.known).astimezone(UTC))


@dataclass(frozen=True)
class OwnZone:
    """A zone by a VTIMEZONE: the times on the wall from which offsets hold, in order."""

    from_walls: tuple[datetime, ...]
    offsets: tuple[timedelta, ...]

    def instant(self, wall: datetime) -> datetime:
        """See `Zone`."""
        offset = self.offsets[bisect_right(self.from_walls, wall)]
        return _within_the_calendar(wall, lambda: (wall - offset).replace(tzinfo=UTC))


class Zones:
    """The zones that a calendar's times are in.

    Args:
        definitions: its VTIMEZONEs, by their TZID.
        local: where days and times without a zone lie.
        until: no later than this is asked.
    """

    def __init__(
        self, definitions: Mapping[str, Component], local: tzinfo, until: datetime
    ) -> None:
        self._definitions = definitions
        self._until = until.replace(tzinfo=None) + timedelta(days=2)
        self.local = KnownZone(local)
        self._found: dict[str, Zone] = {}

    def named(self, tzid: str) -> Zone:
        """The zone with this TZID.

        Raises:
            Unreadable: nobody knows it.
        """
        if tzid not in self._found:
            self._found[tzid] = self._find(plain_tzid(tzid))
        return self._found[tzid]

    def _find(self, tzid: str) -> Zone:
        known = _known(tzid)
        if known is not None and ("/" in known or known == "UTC"):
            return KnownZone(ZoneInfo(known))
        definition = self._definitions.get(tzid)
        if definition is not None:
            place = _known(definition.text("X-LIC-LOCATION"))
            return KnownZone(ZoneInfo(place)) if place else own_zone(definition, self._until)
        if known is not None:
            return KnownZone(ZoneInfo(known))
        if offset := _OFFSET.fullmatch(tzid):
            return KnownZone(
                timezone(read_offset(f"{offset[1]}{offset[2]:>02}{offset[3] or '00'}"))
            )
        if _OUTLOOKS.fullmatch(tzid):
            return self.local
        raise Unreadable("Its time zone is not known.")


def plain_tzid(tzid: str) -> str:
    """A TZID without the escapes that it may have where it is a text."""
    return tzid.replace("\\", "").strip().strip('"')


def own_zone(definition: Component, until: datetime) -> OwnZone:
    """The zone that a VTIMEZONE defines.

    Raises:
        Unreadable: it cannot be read.
    """
    changes = sorted(
        (onset - before, before, after)
        for part in definition.inside
        if part.name in {"STANDARD", "DAYLIGHT"}
        for before, after in [(_offset(part, "TZOFFSETFROM"), _offset(part, "TZOFFSETTO"))]
        for onset in _onsets(part, before, until)
    )
    if not changes:
        raise Unreadable("Its time zone is not defined.")
    # What a time in a gap or a fold means is what it meant before: so the later wall counts.
    walls = tuple(utc + max(before, after) for utc, before, after in changes)
    return OwnZone(walls, (changes[0][1], *(after for _utc, _before, after in changes)))


def zone_of_calendar(calendar: Component) -> tzinfo | None:
    """The zone that a calendar says it is kept in (X-WR-TIMEZONE), if it is known."""
    known = _known(calendar.text("X-WR-TIMEZONE"))
    return ZoneInfo(known) if known else None


def _onsets(part: Component, before: timedelta, until: datetime) -> list[datetime]:
    """The times on the wall, by the offset before, from which an observance holds."""
    start = read_wall(part.text("DTSTART"))
    onsets = [start]
    for rule in part.all("RRULE"):
        onsets += _by_rule(rule.value, start, before, until)
    for line in part.all("RDATE"):
        onsets += [read_wall(one) for one in line.value.split(",")]
    return onsets


def _by_rule(rule: str, start: datetime, before: timedelta, until: datetime) -> list[datetime]:
    last = until
    kept = []
    for said in rule.upper().split(";"):
        name, _, value = said.partition("=")
        if name == "UNTIL":
            ends = read_wall(value.removesuffix("Z"))
            last = min(last, ends + before if value.endswith("Z") else ends)
        elif value:
            kept.append(said)
    try:
        dates = islice(rrulestr(";".join(kept), dtstart=start), _MOST_TRANSITIONS)
        onsets = []
        for one in dates:
            if one > last:
                break
            onsets.append(one)
    except (ValueError, OverflowError) as error:
        raise Unreadable("Its time zone cannot be read.") from error
    return onsets


def _offset(part: Component, name: str) -> timedelta:
    return read_offset(part.text(name))


@cache
def _known(tzid: str) -> str | None:
    """The zone of the shipped data that a name means: as it is, behind a path, or Windows'."""
    names = _names()
    parts = tzid.strip("/").split("/")
    for first in range(len(parts)):
        known = names.get("/".join(parts[first:]).casefold())
        if known is not None:
            return known
    return names.get(_windows().get(tzid.casefold(), "").casefold())


@cache
def _names() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()} | {"z": "UTC"}


@cache
def _windows() -> Mapping[str, str]:
    return {name.casefold(): place for name, place in WINDOWS_TO_OLSON.items()}


def _within_the_calendar(wall: datetime, instant: Callable[[], datetime]) -> datetime:
    try:
        return instant()
    except OverflowError:
        return FIRST_INSTANT if wall.year == 1 else LAST_INSTANT
