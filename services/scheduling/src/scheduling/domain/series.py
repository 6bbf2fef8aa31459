"""How a series repeats: the wall time of each of its occurrences, and what of a wish is wrong.

Wall time is what repeats: an appointment at ten stays at ten when the clocks change. An
occurrence is known by its *slot*, its number in the series counted from 0, which stands for the
original wall time whatever becomes of that one appointment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from portal_contracts.scheduling.rpc.series import (
    LAST_WEEK,
    MOST_OCCURRENCES,
    SERIES_RANGES,
    WEEKDAYS,
    WEEKS_OF_MONTH,
    Repeat,
)
from scheduling.domain.wall_time import time_zone, wall_instants

_WEEK: Final = timedelta(days=7)
_MONTHS: Final = 12
_LATEST_YEAR: Final = 9990
"""Later no occurrence is reckoned: calendars end at the year 9999."""


@dataclass(frozen=True)
class SeriesRule:
    """The rule by which a series repeats.

    Attributes:
        unit: by weeks, or by months on a weekday of the month.
        every: so many of them from one occurrence to the next.
        first_wall: the wall time of slot 0, without a zone.
        timezone: IANA name of the zone of that wall.
        week_of_month: for months: 1 to 4, or -1 for the last such weekday.
        slots: how many occurrences the rule has.
    """

    unit: RepeatUnit
    every: int
    first_wall: datetime
    timezone: str
    week_of_month: int | None
    slots: int

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the wall."""
        return time_zone(self.timezone)

    def wall(self, slot: int) -> datetime:
        """The wall time of an occurrence, also of one before the first or after the last."""
        if self.unit is RepeatUnit.WEEKLY:
            return self.first_wall + slot * self.every * _WEEK
        months = self.first_wall.year * _MONTHS + self.first_wall.month - 1 + slot * self.every
        day = _weekday_of_month(
            months // _MONTHS, months % _MONTHS + 1, self.first_wall.weekday(), self._week
        )
        return datetime.combine(day, self.first_wall.time())

    def instants(self, slot: int) -> tuple[datetime, ...]:
        """The instants of an occurrence: none where the clocks skip it, two where they repeat it.

        The first one is meant.
        """
        return wall_instants(self.wall(slot), self.zone)

    def nominal(self, slot: int) -> datetime:
        """An instant for an occurrence, aware UTC, also where the clocks skip its wall time.

        It is reckoned by the offset before the gap then (RFC 5545, section 3.3.5).
        """
        return self.wall(slot).replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def moved_to(self, slot: int, wall: datetime) -> SeriesRule:
        """The rule by which `slot` is at `wall`, and the others follow it as they did."""
        week = None if self.unit is RepeatUnit.WEEKLY else self._week_for(wall)
        anchored = replace(self, first_wall=wall, week_of_month=week)
        return replace(anchored, first_wall=anchored.wall(-slot))

    def part(self, first_slot: int) -> SeriesRule:
        """The same rule from `first_slot` on, which is its slot 0."""
        return replace(
            self, first_wall=self.wall(first_slot), slots=max(self.slots - first_slot, 1)
        )

    @property
    def last_on(self) -> date:
        """The local date of the last occurrence."""
        return self.wall(self.slots - 1).date()

    @property
    def _week(self) -> int:
        return LAST_WEEK if self.week_of_month is None else self.week_of_month

    def _week_for(self, wall: datetime) -> int:
        weeks = weeks_of_month(wall.date())
        return self._week if self._week in weeks else weeks[0]


def weeks_of_month(day: date) -> tuple[int, ...]:
    """Which of its weekday in the month a date is: 2 for the second, 4 and -1 for both."""
    number = (day.day - 1) // 7 + 1
    is_last = (day + _WEEK).month != day.month
    weeks = (number,) if number in WEEKS_OF_MONTH else ()
    return (*weeks, LAST_WEEK) if is_last else weeks


def rule_of(repeat: Repeat, starts_at: datetime, timezone: str, *, latest: datetime) -> SeriesRule:
    """The rule of a series whose first occurrence begins at `starts_at`.

    Args:
        repeat: the wish.
        starts_at: aware UTC instant.
        timezone: the practitioner's.
        latest: nothing begins after this instant.

    Raises:
        Invalid: ``series_invalid`` with what is wrong at each field.
    """
    wall = starts_at.astimezone(time_zone(timezone)).replace(tzinfo=None)
    errors = _wrong_numbers(repeat) | _wrong_days(repeat, wall.date())
    if errors:
        raise _invalid(errors)
    week = None
    if repeat.unit is RepeatUnit.MONTHLY:
        week = repeat.week_of_month or weeks_of_month(wall.date())[0]
    endless = SeriesRule(repeat.unit, repeat.every, wall, timezone, week, MOST_OCCURRENCES)
    slots, wrong = _count(endless, repeat, latest)
    if wrong:
        raise _invalid({"times" if repeat.until_on is None else "until_on": wrong})
    return replace(endless, slots=slots)


def _wrong_numbers(repeat: Repeat) -> dict[str, str]:
    errors = {}
    least, most = SERIES_RANGES["every"]
    if not least <= repeat.every <= most:
        errors["every"] = "every_out_of_range"
    if repeat.times is not None:
        least, most = SERIES_RANGES["times"]
        if repeat.until_on is not None:
            errors["times"] = "until_or_times"
        elif not least <= repeat.times <= most:
            errors["times"] = "times_out_of_range"
    elif repeat.until_on is None:
        errors["until_on"] = "end_missing"
    return errors


def _wrong_days(repeat: Repeat, first_on: date) -> dict[str, str]:
    errors = {}
    if repeat.until_on is not None and repeat.until_on < first_on:
        errors["until_on"] = "until_before_start"
    if repeat.weekday:
        if repeat.weekday not in WEEKDAYS:
            errors["weekday"] = "weekday_unknown"
        elif WEEKDAYS[first_on.weekday()] != repeat.weekday:
            errors["weekday"] = "weekday_differs"
    if repeat.week_of_month is not None:
        if repeat.week_of_month not in WEEKS_OF_MONTH:
            errors["week_of_month"] = "week_unknown"
        elif repeat.week_of_month not in weeks_of_month(first_on):
            errors["week_of_month"] = "week_differs"
    return errors


def _count(endless: SeriesRule, repeat: Repeat, latest: datetime) -> tuple[int, str | None]:
    """How many occurrences there are, or what is wrong with the end that was asked for."""
    until_on, least = repeat.until_on, SERIES_RANGES["times"][0]
    slots = repeat.times or 0
    while until_on is not None and slots <= MOST_OCCURRENCES and _is_on(endless, slots, until_on):
        slots += 1
    if slots > MOST_OCCURRENCES:
        return slots, "too_many_times"
    if slots < least:
        return slots, "until_too_early"
    if not _is_in_calendar(endless, slots - 1) or endless.nominal(slots - 1) > latest:
        return slots, "too_far"
    return slots, None


def _is_on(endless: SeriesRule, slot: int, until_on: date) -> bool:
    return _is_in_calendar(endless, slot) and endless.wall(slot).date() <= until_on


def _is_in_calendar(rule: SeriesRule, slot: int) -> bool:
    """Whether there is such a date at all."""
    return rule.first_wall.year + slot * rule.every // _MONTHS + slot // 4 < _LATEST_YEAR


def _weekday_of_month(year: int, month: int, weekday: int, week: int) -> date:
    first = date(year, month, 1)
    if week == LAST_WEEK:
        following = date(year + month // _MONTHS, month % _MONTHS + 1, 1)
        last = following - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (week - 1))


def _invalid(errors: dict[str, str]) -> Invalid:
    return Invalid("series_invalid", "The series cannot be like this.", fields=errors)
