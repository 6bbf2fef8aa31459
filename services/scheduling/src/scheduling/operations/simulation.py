"""Rehearse the slot engine on a JSON document: "why is this time not offered?"."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from portal_contracts.zones import known_zone
from scheduling.domain.availability import Availability, TimeOff
from scheduling.domain.public_holidays import PublicHolidays, is_known
from scheduling.domain.service_rules import Alignment, Booked, ServiceRules
from scheduling.domain.slots import Calendar, Refusal
from scheduling.domain.wall_time import Span, UnknownTimeZone, WallWindow, time_zone
from scheduling.operations.simulation_document import (
    WEEKDAYS,
    HolidaysDocument,
    RangeDocument,
    SimulationDocument,
    SpanDocument,
    TimeOffDocument,
    WeeklyDocument,
)
from scheduling.operations.simulation_words import sentence

LONGEST_RANGE = timedelta(days=400)
MINUTES_A_DAY = 24 * 60
LONGEST_MINUTES = 366 * MINUTES_A_DAY
_HOUR_AND_MINUTE = re.compile(r"([0-9]{2}):([0-5][0-9])")

T = TypeVar("T")


class UnreadableDocument(ValueError):
    """The document cannot be rehearsed; the text says where and why."""


def simulate(document: bytes) -> tuple[list[datetime], list[tuple[datetime, Refusal]]]:
    """The free starts of a JSON document, and each refused candidate with its reason.

    Raises:
        UnreadableDocument: it is not such a document, or says something impossible.
    """
    try:
        read = msgspec.json.decode(document, type=SimulationDocument)
        zone = time_zone(known_zone(read.timezone) or read.timezone)
        calendar, within = _calendar(read, zone), _within(read.within, zone)
        return calendar.free_starts(within), calendar.refused_starts(within)
    except UnknownTimeZone as error:
        raise UnreadableDocument(f"timezone: {error}") from error
    except OverflowError as error:
        raise UnreadableDocument("A date is outside of the years 1 to 9999.") from error
    except msgspec.MsgspecError as error:
        raise UnreadableDocument(sentence(error, SimulationDocument)) from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise UnreadableDocument(str(error)) from error


def _calendar(read: SimulationDocument, zone: ZoneInfo) -> Calendar:
    before = _minutes(read.buffer_before_min or 0, "buffer_before_min")
    after = _minutes(read.buffer_after_min or 0, "buffer_after_min")
    duration = _minutes(read.duration_min, "duration_min", least=1)
    increment = read.increment_min
    rules = ServiceRules(
        duration=duration,
        increment=duration if increment is None else _minutes(increment, "increment_min", least=1),
        buffer_before=before,
        buffer_after=after,
        min_notice=_minutes(read.min_notice_min or 0, "min_notice_min"),
        max_horizon_days=_limit(read.max_horizon_days, "max_horizon_days"),
        max_per_day=_limit(read.max_per_day, "max_per_day"),
        alignment=read.alignment or Alignment.WINDOW_START,
    )
    return Calendar(
        _availability(read, zone),
        rules,
        booked=tuple(
            Booked(_span(one, f"bookings[{index}]"), before, after)
            for index, one in enumerate(read.bookings)
        ),
        external=tuple(_span(one, f"busy[{index}]") for index, one in enumerate(read.busy)),
        now=_instant(read.now, "now"),
    )


def _availability(read: SimulationDocument, zone: ZoneInfo) -> Availability:
    own = read.service_weekly
    weekly = _week(read.weekly, "weekly") if own is None else _week(own, "service_weekly")
    overrides: dict[date, tuple[WallWindow, ...]] = {}
    for index, override in enumerate(read.overrides):
        windows = tuple(
            _window(one.start, one.end, f"overrides[{index}].windows[{inner}]")
            for inner, one in enumerate(override.windows)
        )
        overrides[override.date] = overrides.get(override.date, ()) + windows
    time_off = tuple(
        _time_off(one, f"time_off[{index}]") for index, one in enumerate(read.time_off)
    )
    return Availability(zone, weekly, overrides, time_off, _holidays(read.holidays))


def _week(read: list[WeeklyDocument], place: str) -> dict[int, tuple[WallWindow, ...]]:
    weekly: dict[int, tuple[WallWindow, ...]] = {}
    for index, one in enumerate(read):
        window = _window(one.start, one.end, f"{place}[{index}]")
        for day in one.days:
            number = WEEKDAYS.index(day)
            weekly[number] = (*weekly.get(number, ()), window)
    return weekly


def _time_off(read: TimeOffDocument, place: str) -> TimeOff:
    start, end = _minute(read.start, f"{place}.start"), _minute(read.end, f"{place}.end")
    return _checked(place, partial(TimeOff, read.start_date, read.end_date, start, end))


def _holidays(read: HolidaysDocument | None) -> Container[date]:
    if read is None:
        return frozenset()
    if not is_known(read.country):
        raise UnreadableDocument(f"holidays.country: no holidays are known of {read.country!r}.")
    if not is_known(read.country, read.region):
        raise UnreadableDocument(f"holidays.region: {read.country} has no region {read.region!r}.")
    return PublicHolidays(read.country, read.region, frozenset(read.open_on))


def _within(read: RangeDocument, zone: ZoneInfo) -> Span:
    start = _moment(read.from_, "range.from", zone)
    end = _moment(read.to, "range.to", zone)
    if end < start:
        raise UnreadableDocument("range: it ends before it starts.")
    if end - start > LONGEST_RANGE:
        raise UnreadableDocument(f"range: longer than {LONGEST_RANGE.days} days.")
    return Span(start, end)


def _moment(text: str, place: str, zone: ZoneInfo) -> datetime:
    """An instant, or a date's midnight on the wall in `zone`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableDocument(f"{place}: not a date or an instant: {text!r}.") from error
    if found.tzinfo is None and found.time() != time.min:
        raise UnreadableDocument(f"{place}: an instant needs its offset, e.g. Z.")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _instant(value: datetime, place: str) -> datetime:
    if value.tzinfo is None:
        raise UnreadableDocument(f"{place}: an instant needs its offset, e.g. Z.")
    return value.astimezone(UTC)


def _span(read: SpanDocument, place: str) -> Span:
    span = Span(_instant(read.start, f"{place}.start"), _instant(read.end, f"{place}.end"))
    if span.end < span.start:
        raise UnreadableDocument(f"{place}: it ends before it starts.")
    return span


def _window(start: str, end: str, place: str) -> WallWindow:
    minutes = (_minute(start, f"{place}.start"), _minute(end, f"{place}.end"))
    return _checked(place, partial(WallWindow, *minutes))


def _minute(text: str, place: str) -> int:
    """Minutes from midnight of ``HH:MM``, up to ``24:00``."""
    found = _HOUR_AND_MINUTE.fullmatch(text)
    if found and (total := int(found[1]) * 60 + int(found[2])) <= MINUTES_A_DAY:
        return total
    raise UnreadableDocument(f"{place}: not a time from 00:00 to 24:00: {text!r}.")


def _minutes(count: int, place: str, *, least: int = 0) -> timedelta:
    if not least <= count <= LONGEST_MINUTES:
        raise UnreadableDocument(f"{place}: from {least} to {LONGEST_MINUTES} minutes.")
    return timedelta(minutes=count)


def _limit(count: int | None, place: str) -> int | None:
    if count is not None and count < 0:
        raise UnreadableDocument(f"{place}: not negative.")
    return count


def _checked(place: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except ValueError as error:
        raise UnreadableDocument(f"{place}: {error}") from error
