"""Wall time and instants: which instants a clock on the wall shows a time at.

A local time in a gap (clocks go forward) is shown at no instant; one in a fold
(clocks go back) is shown at two. So a window of wall time is turned into the
set of instants at which the wall shows a time inside it: nothing is ever moved
silently. The zone's offset is constant between its transitions, and inside
such a stretch the turning is a subtraction.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_STEP = timedelta(hours=6)
"""No zone has ever had two transitions so close together."""

_FARTHEST_OFFSET = timedelta(hours=26)
"""Further than any local date begins or ends from the same date in UTC."""


class UnknownTimeZone(ValueError):
    """There is no such IANA time zone."""


class Span(NamedTuple):
    """Half-open stretch of time: `start` belongs to it, `end` does not. Aware UTC instants.

    A tuple, because the slot engine makes and sorts thousands of them for a month.
    """

    start: datetime
    end: datetime

    def overlaps(self, other: Span) -> bool:
        """Whether they share an instant; touching is not sharing."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, order=True)
class WallWindow:
    """A stretch of a day on the wall, in minutes from midnight; `end` 1440 is the next midnight.

    Raises:
        ValueError: it ends before it starts, or leaves the day.
    """

    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < self.end_minute <= 24 * 60:
            message = "A window ends after it starts, between 00:00 and 24:00."
            raise ValueError(message)


def time_zone(name: str) -> ZoneInfo:
    """The IANA zone `name`.

    Raises:
        UnknownTimeZone: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"There is no time zone {name!r}."
        raise UnknownTimeZone(message) from error


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date on the wall at `instant`."""
    return instant.astimezone(zone).date()


def wall_instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants at which the wall in `zone` shows `wall`, a time without a zone, in order.

    None where the clocks skip it, two where they repeat it. Of the two the first is meant unless
    somebody says otherwise, as in calendars (RFC 5545, section 3.3.5).
    """
    found = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(one for one in found if one.astimezone(zone).replace(tzinfo=None) == wall))


def window_spans(day: date, window: WallWindow, zone: ZoneInfo) -> tuple[Span, ...]:
    """The instants of `day` at which the wall in `zone` shows a time inside `window`.

    One span on an ordinary day; none where the day or the whole window was
    skipped; two where clocks go back and the window ends inside the repeated
    hour. Kept: every client of a practitioner asks for the same days.
    """
    return _window_spans(day, window.start_minute, window.end_minute, zone.key)


@lru_cache(maxsize=4096)
def _window_spans(
    day: date, start_minute: int, end_minute: int, zone_name: str
) -> tuple[Span, ...]:
    midnight = datetime.combine(day, time.min)
    wall_start = midnight + timedelta(minutes=start_minute)
    wall_end = midnight + timedelta(minutes=end_minute)
    spans = []
    for stretch, offset in _stretches(day, zone_name):
        start = max(stretch.start, (wall_start - offset).replace(tzinfo=UTC))
        end = min(stretch.end, (wall_end - offset).replace(tzinfo=UTC))
        if start < end:
            spans.append(Span(start, end))
    return merge(spans)


def merge(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same instants in as few spans as possible, in order; touching ones are joined."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def without(spans: Sequence[Span], closed: Sequence[Span]) -> tuple[Span, ...]:
    """The instants of `spans` that are not in `closed`; both are in order, and apart."""
    left: list[Span] = []
    for span in spans:
        start = span.start
        at = bisect_right(closed, start, key=lambda one: one.end)
        while at < len(closed) and closed[at].start < span.end:
            if start < closed[at].start:
                left.append(Span(start, closed[at].start))
            start = closed[at].end
            at += 1
        if start < span.end:
            left.append(Span(start, span.end))
    return tuple(left)


def cut(spans: Sequence[Span], within: Span) -> tuple[Span, ...]:
    """The instants of `spans` that are in `within`, in as few spans as possible, in order."""
    inside = (Span(max(one.start, within.start), min(one.end, within.end)) for one in spans)
    return merge([one for one in inside if one.start < one.end])


@lru_cache(maxsize=1024)
def _stretches(day: date, zone_name: str) -> tuple[tuple[Span, timedelta], ...]:
    """The stretches of constant offset around `day`, with their offsets, in order."""
    zone = ZoneInfo(zone_name)
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    begin, end = noon - _FARTHEST_OFFSET, noon + _FARTHEST_OFFSET
    stretches = []
    stretch_start, offset, instant = begin, _offset(begin, zone), begin
    while instant < end:
        following = min(instant + _STEP, end)
        if _offset(following, zone) != offset:
            change = _transition(instant, following, zone)
            stretches.append((Span(stretch_start, change), offset))
            stretch_start, offset = change, _offset(change, zone)
            following = change
        instant = following
    stretches.append((Span(stretch_start, end), offset))
    return tuple(stretches)


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second after `before` and up to `after` with another offset than `before`."""
    offset = _offset(before, zone)
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(before + timedelta(seconds=middle), zone) == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
