"""Reading a practitioner's hours as they are said: checked place by place, then as the engine's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.availability import (
    MOST_OVERRIDES,
    MOST_TIME_OFF,
    MOST_WINDOWS,
    Window,
)
from portal_contracts.scheduling.rpc.availability import Availability as SaidAvailability
from portal_contracts.zones import entered_zone
from scheduling.domain.availability import Availability, DateRange
from scheduling.domain.wall_time import WallWindow, time_zone

DAYS_A_WEEK = 7

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
            ``timezone``): ``not_a_time``, ``end_before_start``, ``twice``,
            ``unknown_timezone``, ``too_many``, ``seven_days``.
    """
    errors: dict[str, str] = {}
    timezone = entered_zone(said.timezone, present_timezone)
    if timezone is None:
        errors["timezone"] = "unknown_timezone"
    if len(said.weekly) != DAYS_A_WEEK:
        errors["weekly"] = "seven_days"
    for weekday, windows in enumerate(said.weekly):
        _check_windows(windows, f"weekly.{weekday}", errors)
    _check_overrides(said, errors)
    _check_time_off(said, errors)
    if errors:
        raise Invalid("availability_fields", "Some of the hours are not right.", fields=errors)
    return read_hours(replace(said, timezone=timezone or said.timezone))


def read_hours(said: SaidAvailability) -> Availability:
    """Hours that were checked before.

    Raises:
        ValueError: they were not.
    """
    weekly = {day: _wall_windows(windows) for day, windows in enumerate(said.weekly)}
    overrides = {override.on: _wall_windows(override.windows) for override in said.overrides}
    time_off = tuple(DateRange(days.first_on, days.last_on) for days in said.time_off)
    return Availability(time_zone(said.timezone), weekly, overrides, time_off)


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
        _check_windows(override.windows, f"overrides.{index}.windows", errors)


def _check_time_off(said: SaidAvailability, errors: dict[str, str]) -> None:
    if len(said.time_off) > MOST_TIME_OFF:
        errors["time_off"] = "too_many"
    for index, days in enumerate(said.time_off):
        if days.last_on < days.first_on:
            errors[f"time_off.{index}.last_on"] = "end_before_start"


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
        return 24 * _MINUTES_AN_HOUR
    found = _CLOCK_TIME.fullmatch(text)
    return int(found[1]) * _MINUTES_AN_HOUR + int(found[2]) if found else None
