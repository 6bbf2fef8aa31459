"""Reading a practitioner's hours as they are said: checked place by place, then as the engine's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.availability import (
    LONGEST_TIME_OFF_DAYS,
    MOST_OPEN_HOLIDAYS,
    MOST_OVERRIDES,
    MOST_TIME_OFF,
    MOST_WINDOWS,
    Holidays,
    Window,
)
from portal_contracts.scheduling.rpc.availability import Availability as SaidAvailability
from portal_contracts.scheduling.rpc.availability import TimeOff as SaidTimeOff
from portal_contracts.scheduling.rpc.services import EARLIEST_BOOKABLE, LATEST_BOOKABLE
from portal_contracts.zones import entered_zone
from scheduling.domain.availability import MINUTES_A_DAY, Availability, TimeOff
from scheduling.domain.public_holidays import PublicHolidays, is_known
from scheduling.domain.wall_time import Span, WallWindow, cut, time_zone

DAYS_A_WEEK = 7

_DAY = timedelta(days=1)

_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NEXT_MIDNIGHT = "24:00"
_MINUTES_AN_HOUR = 60


def check_availability(said: SaidAvailability, present_timezone: str | None = None) -> Availability:
    """The hours as the slot engine takes them, in the zone that is to be stored.

    Args:
        said: as they came.
        present_timezone: what is stored now; said again it stays as it is.

    Raises:
        Invalid: ``availability_fields``, with a code for every wrong place
            (``weekly.0.1.end``, ``overrides.2.on``, ``time_off.0.last_on``,
            ``holidays.region``, ``timezone``): ``not_a_time``, ``end_before_start``,
            ``twice``, ``date_out_of_range``, ``unknown_timezone``, ``unknown_country``,
            ``unknown_region``, ``time_off_too_long``, ``too_many``, ``seven_days``.
    """
    errors: dict[str, str] = {}
    timezone = entered_zone(said.timezone, present_timezone)
    if timezone is None:
        errors["timezone"] = "unknown_timezone"
    check_week(said.weekly, errors)
    _check_overrides(said, errors)
    _check_time_off(said, errors)
    _check_holidays(said.holidays, errors)
    if errors:
        raise Invalid("availability_fields", "Some of the hours are not right.", fields=errors)
    return read_hours(replace(said, timezone=timezone or said.timezone))


def read_hours(said: SaidAvailability) -> Availability:
    """Hours that were checked before.

    Raises:
        ValueError: they were not.
    """
    overrides = {override.on: _wall_windows(override.windows) for override in said.overrides}
    return Availability(
        time_zone(said.timezone),
        read_week(said.weekly),
        overrides,
        tuple(_time_off(one) for one in said.time_off),
        frozenset() if said.holidays is None else _public_holidays(said.holidays),
    )


def read_week(weekly: Sequence[Sequence[Window]]) -> Mapping[int, tuple[WallWindow, ...]]:
    """Weekly hours that were checked before, Monday's first, as the slot engine takes them.

    Raises:
        ValueError: they were not.
    """
    return {day: _wall_windows(windows) for day, windows in enumerate(weekly)}


def working_time(said: SaidAvailability, within: Span) -> tuple[Span, ...]:
    """When somebody works by hours that were checked before, inside `within`, in order.

    Nothing before and after the years in which something can be bookable.
    """
    hours = read_hours(said)
    # A day more on each side: dates in the practitioner's zone begin and end beside those in UTC.
    first = max(within.start.date(), EARLIEST_BOOKABLE) - _DAY
    last = min(within.end.date(), LATEST_BOOKABLE) + _DAY
    days = (first + count * _DAY for count in range((last - first).days + 1))
    return cut([span for day in days for span in hours.spans_on(day)], within)


def check_week(weekly: Sequence[Sequence[Window]], errors: dict[str, str]) -> None:
    """Put what is wrong with weekly hours to the errors, by places like ``weekly.0.1.end``."""
    if len(weekly) != DAYS_A_WEEK:
        errors["weekly"] = "seven_days"
    for weekday, windows in enumerate(weekly):
        _check_windows(windows, f"weekly.{weekday}", errors)


def closed_hours(timezone: str) -> SaidAvailability:
    """Hours of somebody who never works."""
    return SaidAvailability(timezone=timezone, weekly=[[] for _day in range(DAYS_A_WEEK)])


def _check_overrides(said: SaidAvailability, errors: dict[str, str]) -> None:
    if len(said.overrides) > MOST_OVERRIDES:
        errors["overrides"] = "too_many"
    seen: set[date] = set()
    for index, override in enumerate(said.overrides):
        if override.on in seen:
            errors[f"overrides.{index}.on"] = "twice"
        seen.add(override.on)
        _check_date(override.on, f"overrides.{index}.on", errors)
        _check_windows(override.windows, f"overrides.{index}.windows", errors)


def _check_time_off(said: SaidAvailability, errors: dict[str, str]) -> None:
    if len(said.time_off) > MOST_TIME_OFF:
        errors["time_off"] = "too_many"
    for index, one in enumerate(said.time_off):
        place = f"time_off.{index}"
        if one.last_on < one.first_on:
            errors[f"{place}.last_on"] = "end_before_start"
        elif (one.last_on - one.first_on).days >= LONGEST_TIME_OFF_DAYS:
            errors[f"{place}.last_on"] = "time_off_too_long"
        _check_date(one.first_on, f"{place}.first_on", errors)
        _check_date(one.last_on, f"{place}.last_on", errors)
        start, end = _minute(one.start or "00:00"), _minute(one.end or _NEXT_MIDNIGHT, is_end=True)
        if start is None:
            errors[f"{place}.start"] = "not_a_time"
        if end is None:
            errors[f"{place}.end"] = "not_a_time"
        elif start is not None and one.first_on == one.last_on and end <= start:
            errors[f"{place}.end"] = "end_before_start"


def _check_holidays(said: Holidays | None, errors: dict[str, str]) -> None:
    if said is None:
        return
    if not is_known(said.country):
        errors["holidays.country"] = "unknown_country"
    elif not is_known(said.country, said.region):
        errors["holidays.region"] = "unknown_region"
    if len(said.open_on) > MOST_OPEN_HOLIDAYS:
        errors["holidays.open_on"] = "too_many"


def _check_date(day: date, place: str, errors: dict[str, str]) -> None:
    if not EARLIEST_BOOKABLE <= day <= LATEST_BOOKABLE:
        errors.setdefault(place, "date_out_of_range")


def _check_windows(windows: Sequence[Window], place: str, errors: dict[str, str]) -> None:
    if len(windows) > MOST_WINDOWS:
        errors[place] = "too_many"
    for index, window in enumerate(windows):
        start, end = _minute(window.start), _minute(window.end, is_end=True)
        if start is None:
            errors[f"{place}.{index}.start"] = "not_a_time"
        if end is None:
            errors[f"{place}.{index}.end"] = "not_a_time"
        elif start is not None and end <= start:
            errors[f"{place}.{index}.end"] = "end_before_start"


def _time_off(said: SaidTimeOff) -> TimeOff:
    start, end = _minute(said.start or "00:00"), _minute(said.end or _NEXT_MIDNIGHT, is_end=True)
    if start is None or end is None:
        message = "Time off begins and ends at a time of the day."
        raise ValueError(message)
    return TimeOff(said.first_on, said.last_on, start, end)


def _public_holidays(said: Holidays) -> PublicHolidays:
    return PublicHolidays(said.country, said.region, frozenset(said.open_on))


def _wall_windows(windows: Sequence[Window]) -> tuple[WallWindow, ...]:
    return tuple(_wall_window(window) for window in windows)


def _wall_window(window: Window) -> WallWindow:
    start, end = _minute(window.start), _minute(window.end, is_end=True)
    if start is None or end is None:
        message = "A window begins and ends at a time of the day."
        raise ValueError(message)
    return WallWindow(start, end)


def _minute(text: str, *, is_end: bool = False) -> int | None:
    """Minutes from midnight, None for what is no time of the day."""
    if is_end and text == _NEXT_MIDNIGHT:
        return MINUTES_A_DAY
    found = _CLOCK_TIME.fullmatch(text)
    return int(found[1]) * _MINUTES_AN_HOUR + int(found[2]) if found else None
