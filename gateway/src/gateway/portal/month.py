"""A month of free times: from the starts that scheduling offers to what the picker shows."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple
from urllib.parse import quote_plus

from portal_contracts.wall_clock import zone_or_utc

NOON: Final = 12
EVENING: Final = 17
MANY_TIMES: Final = 8
"""More times than these on one day are shown in groups."""
FURTHEST_MONTHS: Final = 24
"""How far ahead one can look where the service sets no limit."""


class DayPart(StrEnum):
    """When on a day; ``all`` where a few times need no groups."""

    ALL = "all"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class DayPartTimes(NamedTuple):
    """The times of one part of the chosen day."""

    part: DayPart
    starts: list[datetime]


def first_of_month(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_after(month: date, months: int = 1) -> date:
    """The first day of the month `months` later (or, below zero, earlier)."""
    years, index = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(years, index + 1, 1)


def read_month(text: str) -> date | None:
    """``YYYY-MM`` as the first day of that month, or None."""
    return read_day(f"{text}-01")


def read_day(text: str) -> date | None:
    """``YYYY-MM-DD`` as a date, or None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def times_address(path: str, month: date, day: date | None = None, zone: str | None = None) -> str:
    """A month of the page at `path`: everything chosen so far stands in its address.

    Args:
        path: of the page.
        month: the first day of the month.
        day: the day that is chosen, whose times take the focus; without one the month does.
        zone: the one that a person chose, or None.
    """
    query = f"month={month.isoformat()[:7]}"
    if day is not None:
        query += f"&day={day.isoformat()}"
    if zone is not None:
        query += f"&tz={quote_plus(zone, safe='/')}"
    return f"{path}?{query}#{'month-title' if day is None else 'times'}"


def address_of_start(path: str, start: datetime, zone: str, chosen_zone: str | None) -> str:
    """The page at `path` with the month and the day on which `start` lies in `zone`."""
    day = start.astimezone(zone_or_utc(zone)).date()
    return times_address(path, first_of_month(day), day, chosen_zone)


@dataclass(frozen=True)
class Month:
    """A month with free times, and the day that is chosen in it.

    Attributes:
        path: the page it stands on.
        first_on: the first day of the month.
        today: in `zone`.
        zone: in which days and times are meant.
        chosen_zone: `zone`, where a person chose it; it goes along in every link.
        starts: the free starts whose date lies in the month, in order.
        next_start: the first free start after the month, where it has none.
        earliest_on: the first date that has times, or today.
        last_bookable_on: the last date that can have times, if there is one.
        selected: the day whose times are shown.
    """

    path: str
    first_on: date
    today: date
    zone: str
    chosen_zone: str | None
    starts: Sequence[datetime]
    next_start: datetime | None
    earliest_on: date
    last_bookable_on: date | None
    selected: date | None

    @property
    def weeks(self) -> list[list[date | None]]:
        """Its weeks from Monday, none that is over; None for a day of a month beside it."""
        return [
            [day if day.month == self.first_on.month else None for day in week]
            for week in calendar.Calendar().monthdatescalendar(
                self.first_on.year, self.first_on.month
            )
            if week[-1] >= self.today
        ]

    @cached_property
    def counts(self) -> Mapping[date, int]:
        """How many times each day has; a page asks for every day."""
        zone = zone_or_utc(self.zone)
        return Counter(start.astimezone(zone).date() for start in self.starts)

    @property
    def previous(self) -> date | None:
        """The month before; None when there is nothing to be had in it, nor before it."""
        before = month_after(self.first_on, -1)
        return before if before >= first_of_month(self.earliest_on) else None

    @property
    def following(self) -> date | None:
        """The month after; None when nothing can be booked there."""
        after = month_after(self.first_on)
        last = self.last_bookable_on or month_after(self.today, FURTHEST_MONTHS)
        return after if after <= last else None

    @cached_property
    def times(self) -> list[DayPartTimes]:
        """The times of the selected day, in groups when there are many."""
        starts = [start for start in self.starts if self._local(start).date() == self.selected]
        if len(starts) <= MANY_TIMES:
            return [DayPartTimes(DayPart.ALL, starts)] if starts else []
        groups = [
            DayPartTimes(part, [start for start in starts if self._part(start) is part])
            for part in (DayPart.MORNING, DayPart.AFTERNOON, DayPart.EVENING)
        ]
        return [group for group in groups if group.starts]

    def day_address(self, day: date) -> str:
        """Where `day` is chosen; its times take the focus."""
        return times_address(self.path, first_of_month(day), day, self.chosen_zone)

    def month_address(self, month: date) -> str:
        """Where another month is shown; it keeps the focus."""
        return times_address(self.path, month, None, self.chosen_zone)

    def zone_address(self, zone: str | None, beside: str) -> str:
        """The same month and day in another zone; None: in the client's own.

        `beside`: id of the part of the page that keeps the focus.
        """
        whole = times_address(self.path, self.first_on, self.selected, zone)
        return f"{whole.partition('#')[0]}#{beside}"

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(zone_or_utc(self.zone))

    def _part(self, instant: datetime) -> DayPart:
        hour = self._local(instant).hour
        if hour < NOON:
            return DayPart.MORNING
        return DayPart.AFTERNOON if hour < EVENING else DayPart.EVENING
