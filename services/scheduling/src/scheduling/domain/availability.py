"""When a practitioner works: weekly hours, dates that differ, time off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduling.domain.wall_time import Span, WallWindow, local_date, merge, window_spans


class Closed(StrEnum):
    """Why a date has no hours at all."""

    TIME_OFF = "time_off"
    OVERRIDE = "override"
    HOURS = "hours"


@dataclass(frozen=True)
class DateRange:
    """Whole days, both ends included.

    Raises:
        ValueError: it ends before it starts.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            message = "A range of days ends on or after the day it starts."
            raise ValueError(message)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Availability:
    """A practitioner's hours, as wall time in the practitioner's zone.

    Attributes:
        zone: the practitioner's.
        weekly: weekday (0 is Monday) to the windows of such a day.
        overrides: date to the windows that stand instead; none closes the day.
        time_off: days without hours; beats an override.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[WallWindow, ...]] = field(default_factory=dict)
    overrides: Mapping[date, tuple[WallWindow, ...]] = field(default_factory=dict)
    time_off: tuple[DateRange, ...] = ()

    def windows_on(self, day: date) -> tuple[WallWindow, ...]:
        """The windows that hold on `day`."""
        if any(day in days for days in self.time_off):
            return ()
        if day in self.overrides:
            return self.overrides[day]
        return self.weekly.get(day.weekday(), ())

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The working instants of `day`; overlapping and touching windows are one."""
        return self._spans(day, self.windows_on(day))

    def holds(self, span: Span) -> bool:
        """Whether a span lies inside the working hours, over midnight too."""
        day = local_date(span.start, self.zone)
        near = [one for days in (-1, 0, 1) for one in self.spans_on(day + timedelta(days=days))]
        return any(one.start <= span.start and span.end <= one.end for one in merge(near))

    def usual_spans_on(self, day: date) -> tuple[Span, ...]:
        """The instants of `day` by the weekly hours alone, for telling why a day differs."""
        return self._spans(day, self.weekly.get(day.weekday(), ()))

    def why_closed(self, day: date) -> Closed:
        """What takes hours away on `day`, the strongest reason first."""
        if any(day in days for days in self.time_off):
            return Closed.TIME_OFF
        return Closed.OVERRIDE if day in self.overrides else Closed.HOURS

    def _spans(self, day: date, windows: tuple[WallWindow, ...]) -> tuple[Span, ...]:
        spans = [span for window in windows for span in window_spans(day, window, self.zone)]
        return merge(spans)
