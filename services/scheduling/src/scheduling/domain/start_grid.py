"""The grid of a service's starts: instants that are an increment apart, from where they begin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

GRID_MINUTES = (60, 30, 20, 15, 10, 5, 1)
"""The clock grid: the largest of these that divides the increment."""

_MINUTE = timedelta(minutes=1)


class Steps(NamedTuple):
    """Instants an `increment` apart, from `first` to at most `last`; none where it is earlier."""

    first: datetime
    last: datetime
    increment: timedelta

    def all(self) -> Iterator[datetime]:
        """All of them, in order."""
        return self.between(self.first, self.last)

    def between(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """Those from `first` to `last`, both included, in order; none before is looked at."""
        start, increment = self.first, self.increment
        if first > start:
            # Rounded up: the quotient of what is negative is rounded down.
            start -= (start - first) // increment * increment
        last = min(last, self.last)
        while start <= last:
            yield start
            start += increment


def clock_grid(increment: timedelta) -> int:
    """The minutes to whose multiples on the wall the clock grid is rounded up."""
    minutes = int(increment / _MINUTE)
    return next(size for size in GRID_MINUTES if minutes % size == 0)


def round_up(instant: datetime, grid: int, zone: ZoneInfo) -> datetime:
    """The first instant from `instant` on whose local minute is a multiple of `grid`."""
    wall = instant.astimezone(zone)
    if wall.second or wall.microsecond:
        instant += _MINUTE - timedelta(seconds=wall.second, microseconds=wall.microsecond)
        wall = instant.astimezone(zone)
    while remainder := (wall.hour * 60 + wall.minute) % grid:
        # Again after a transition inside the step: Lord Howe shifts by half an hour.
        instant += (grid - remainder) * _MINUTE
        wall = instant.astimezone(zone)
    return instant
