"""When a practitioner works: weekly hours, public holidays, dates that differ, time off."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from scheduling.domain.wall_time import Span, WallWindow, local_date, merge, window_spans, without

MINUTES_A_DAY = 24 * 60
_FIRST_DATE = date(1, 1, 4)
_LAST_DATE = date(9999, 12, 27)
"""Between them a date begins and ends at instants that there are, in every zone."""


class Closed(StrEnum):
    """Why somebody does not work."""

    TIME_OFF = "time_off"
    OVERRIDE = "override"
    HOLIDAY = "holiday"
    HOURS = "hours"


@dataclass(frozen=True)
class TimeOff:
    """Closed from a minute of the first day until a minute of the last.

    Attributes:
        first: the first day.
        last: the last day, included.
        start_minute: from midnight of `first`.
        end_minute: from midnight of `last`; 1440 is its end.

    Raises:
        ValueError: it ends before it starts.
    """

    first: date
    last: date
    start_minute: int = 0
    end_minute: int = MINUTES_A_DAY

    def __post_init__(self) -> None:
        if (self.last, self.end_minute) <= (self.first, self.start_minute):
            message = "Time off ends after it starts."
            raise ValueError(message)

    def span(self, zone: ZoneInfo) -> Span | None:
        """All its instants, None: there are none. What the clocks repeat at its ends is closed."""
        first, last = max(self.first, _FIRST_DATE), min(self.last, _LAST_DATE)
        if first > last:
            return None
        start = _first_instant(first, self.start_minute if first == self.first else 0, zone)
        end = _last_instant(last, self.end_minute if last == self.last else MINUTES_A_DAY, zone)
        return Span(start, end) if start < end else None


@dataclass(frozen=True)
class Availability:
    """A practitioner's hours, as wall time in the practitioner's zone.

    The first of these that says something of a date decides: time off, an override, a public
    holiday, the weekly hours.

    Attributes:
        zone: the practitioner's.
        weekly: weekday (0 is Monday) to the windows of such a day.
        overrides: date to the windows that stand instead; none closes the day.
        time_off: closed, whatever else stands.
        holidays: the days that are closed unless an override says otherwise.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[WallWindow, ...]] = field(default_factory=dict)
    overrides: Mapping[date, tuple[WallWindow, ...]] = field(default_factory=dict)
    time_off: tuple[TimeOff, ...] = ()
    holidays: Container[date] = frozenset()

    def windows_on(self, day: date) -> tuple[WallWindow, ...]:
        """The windows that hold on `day`, but for time off."""
        if day in self.overrides:
            return self.overrides[day]
        return () if day in self.holidays else self.weekly.get(day.weekday(), ())

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The working instants of `day`; overlapping and touching windows are one."""
        return without(self.open_spans_on(day), self.off_spans)

    def open_spans_on(self, day: date) -> tuple[Span, ...]:
        """The same without time off, which does not shift the grid of starts."""
        return self._spans(day, self.windows_on(day))

    def usual_spans_on(self, day: date) -> tuple[Span, ...]:
        """The instants of `day` by the weekly hours alone, for telling why a day differs."""
        return self._spans(day, self.weekly.get(day.weekday(), ()))

    def holds(self, span: Span) -> bool:
        """Whether a span lies inside the working hours, over midnight too."""
        day, last = local_date(span.start, self.zone), local_date(span.end, self.zone)
        spans = list(self.spans_on(day))
        while day < last:
            day += timedelta(days=1)
            spans += self.spans_on(day)
        return any(one.start <= span.start and span.end <= one.end for one in merge(spans))

    def why_outside(self, span: Span) -> Closed:
        """Why `holds` refuses a span: the strongest reason first."""
        if self._touches_time_off(span):
            return Closed.TIME_OFF
        day = local_date(span.start, self.zone)
        if day in self.overrides:
            return Closed.OVERRIDE
        return Closed.HOLIDAY if day in self.holidays else Closed.HOURS

    @cached_property
    def off_spans(self) -> tuple[Span, ...]:
        """All instants of time off, in order."""
        spans = (off.span(self.zone) for off in self.time_off)
        return merge([span for span in spans if span is not None])

    def _touches_time_off(self, span: Span) -> bool:
        at = bisect_right(self.off_spans, span.start, key=lambda one: one.end)
        return at < len(self.off_spans) and self.off_spans[at].start < span.end

    def _spans(self, day: date, windows: tuple[WallWindow, ...]) -> tuple[Span, ...]:
        spans = [span for window in windows for span in window_spans(day, window, self.zone)]
        return merge(spans)


def _first_instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """When the wall first shows a time from `minute` of `day` on."""
    while True:
        if minute < MINUTES_A_DAY:
            spans = window_spans(day, WallWindow(minute, MINUTES_A_DAY), zone)
            if spans:
                return spans[0].start
        # The rest of the day was skipped: Apia had no 30 December 2011.
        day, minute = day + timedelta(days=1), 0


def _last_instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """When the wall shows a time before `minute` of `day` for the last time."""
    spans = window_spans(day, WallWindow(0, minute), zone) if minute else ()
    return spans[-1].end if spans else _first_instant(day, minute, zone)
