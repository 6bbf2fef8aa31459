"""A time zone as calendars are told it: VTIMEZONE (RFC 5545, section 3.6.5), no longer than needed.

It covers a stretch: the offset at its beginning, and each change of the clocks until its end.
Changes that come every year on the same weekday of a month are one rule, as calendars know them
best; others are listed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from portal_contracts.wall_clock import zone_or_utc

_DAY = timedelta(days=1)
_YEAR = 366 * _DAY
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Onset:
    """When an offset begins: what the wall showed until then, and the offsets on both sides."""

    wall: datetime
    before: timedelta
    after: timedelta
    is_daylight: bool
    name: str

    @property
    def kind(self) -> tuple[object, ...]:
        """What onsets have in common that one rule may tell."""
        return (self.before, self.after, self.is_daylight, self.name, self.wall.month)


def vtimezone(timezone: str, first: datetime, last: datetime) -> str:
    """The definition of a zone between two instants, as text with CRLF line ends.

    Args:
        timezone: its IANA name, which is the TZID.
        first: aware UTC instant from which on it has to hold.
        last: aware UTC instant up to which.
    """
    lines = ["BEGIN:VTIMEZONE", f"TZID:{timezone}"]
    for group in _grouped(list(_onsets(timezone, first, last + _DAY))):
        lines += _lines(group)
    return "\r\n".join([*lines, "END:VTIMEZONE"]) + "\r\n"


def _onsets(timezone: str, first: datetime, last: datetime) -> Iterator[_Onset]:
    zone = zone_or_utc(timezone)
    # From a year before, so that the offset at the beginning has an onset too, where there is one.
    begin = first - _YEAR
    instants = [begin + n * _DAY for n in range((last - begin) // _DAY + 2)]
    changes = [
        _change(timezone, one, other)
        for one, other in pairwise(instants)
        if one.astimezone(zone).utcoffset() != other.astimezone(zone).utcoffset()
    ]
    if not changes or changes[0] > first:
        yield _onset(timezone, _LONG_AGO, first)
    for instant in changes:
        yield _onset(timezone, instant, instant)


def _change(timezone: str, before: datetime, after: datetime) -> datetime:
    """The first second with another offset than `before`."""
    zone = zone_or_utc(timezone)
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def _onset(timezone: str, begins: datetime, holds_at: datetime) -> _Onset:
    """The offset that holds at an instant, said to begin at another."""
    zone = zone_or_utc(timezone)
    there = holds_at.astimezone(zone)
    after = there.utcoffset() or timedelta()
    before = after
    if begins == holds_at:
        before = (begins - timedelta(seconds=1)).astimezone(zone).utcoffset() or timedelta()
    return _Onset(
        wall=(begins + before).replace(tzinfo=None),
        before=before,
        after=after,
        is_daylight=(there.dst() or timedelta()) > timedelta(),
        name=there.tzname() or "",
    )


def _grouped(onsets: Sequence[_Onset]) -> list[list[_Onset]]:
    """Onsets that one rule tells together; each of the others alone."""
    groups: dict[tuple[object, ...], list[_Onset]] = {}
    for one in onsets:
        groups.setdefault(one.kind, []).append(one)
    found = []
    for group in groups.values():
        found += [group] if _yearly(group) else [[one] for one in group]
    return sorted(found, key=lambda group: group[0].wall)


def _yearly(group: Sequence[_Onset]) -> str:
    """The rule by which onsets come every year; "" where they are one alone, or by none."""
    if len(group) == 1 or any(
        other.wall.year - one.wall.year != 1 or one.wall.time() != other.wall.time()
        for one, other in pairwise(group)
    ):
        return ""
    by_day = set.intersection(*(_days(one.wall) for one in group))
    if not by_day:
        return ""
    return f"RRULE:FREQ=YEARLY;BYMONTH={group[0].wall.month};BYDAY={min(by_day)}"


def _days(wall: datetime) -> set[str]:
    """How a date may be said by its weekday: ``2SU``, ``-1SU``."""
    day = _WEEKDAYS[wall.weekday()]
    said = {f"{(wall.day - 1) // 7 + 1}{day}"}
    return said | {f"-1{day}"} if (wall + 7 * _DAY).month != wall.month else said


def _lines(group: Sequence[_Onset]) -> list[str]:
    first = group[0]
    kind = "DAYLIGHT" if first.is_daylight else "STANDARD"
    rule = _yearly(group)
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{first.wall:%Y%m%dT%H%M%S}",
        *([rule] if rule else []),
        f"TZOFFSETFROM:{_offset(first.before)}",
        f"TZOFFSETTO:{_offset(first.after)}",
        *([f"TZNAME:{first.name}"] if first.name else []),
        f"END:{kind}",
    ]


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours:02d}{minutes:02d}" + (f"{seconds:02d}" if seconds else "")
