"""What the slot engine is told of a bookable service and of what is booked already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from scheduling.domain.wall_time import Span

_MINUTE = timedelta(minutes=1)


class Alignment(StrEnum):
    """Where the grid of starts begins.

    Attributes:
        WINDOW_START: at the start of the day's hours; colliding starts are dropped.
        GAP_START: again after each blocked time, at the first start whose buffers fit.
        CLOCK_GRID: like ``gap_start`` and at the earliest start that notice allows,
            each rounded up to a round local time.
    """

    WINDOW_START = "window_start"
    GAP_START = "gap_start"
    CLOCK_GRID = "clock_grid"


class Booked(NamedTuple):
    """One live appointment of the practitioner, with the buffers it was booked with.

    `counts`: it is one of this service's, so the service's limits count it.
    """

    span: Span
    buffer_before: timedelta = timedelta()
    buffer_after: timedelta = timedelta()
    counts: bool = True

    @property
    def blocked(self) -> Span:
        """What it takes of the calendar."""
        return Span(self.span.start - self.buffer_before, self.span.end + self.buffer_after)


@dataclass(frozen=True)
class ServiceRules:
    """A bookable service's rules about time. None means no limit.

    Attributes:
        duration: length of the appointment.
        increment: elapsed time from one start to the next.
        buffer_before: kept free before.
        buffer_after: kept free after.
        min_notice: elapsed time from now to the earliest start.
        max_horizon_days: a start's local date is at most today plus this.
        bookable_from: first local date that can be booked.
        bookable_until: last local date that can be booked.
        max_per_day: appointments of this service on one local date.
        max_per_week: … in one week from Monday.
        max_per_month: … in one calendar month.
        alignment: where the grid begins.
        self_scheduling: switched on at all.
        client_allowed: this client is among those who may book it.

    Raises:
        ValueError: a length is not positive, or a buffer, notice or limit is negative.
    """

    duration: timedelta
    increment: timedelta
    buffer_before: timedelta = timedelta()
    buffer_after: timedelta = timedelta()
    min_notice: timedelta = timedelta()
    max_horizon_days: int | None = None
    bookable_from: date | None = None
    bookable_until: date | None = None
    max_per_day: int | None = None
    max_per_week: int | None = None
    max_per_month: int | None = None
    alignment: Alignment = Alignment.WINDOW_START
    self_scheduling: bool = True
    client_allowed: bool = True

    def __post_init__(self) -> None:
        if self.duration < _MINUTE or self.increment < _MINUTE:
            message = "Duration and increment are at least one minute."
            raise ValueError(message)
        if min(self.buffer_before, self.buffer_after, self.min_notice) < timedelta():
            message = "Buffers and notice are not negative."
            raise ValueError(message)
        limits = (self.max_horizon_days, self.max_per_day, self.max_per_week, self.max_per_month)
        if any(limit is not None and limit < 0 for limit in limits):
            message = "A limit is not negative."
            raise ValueError(message)
