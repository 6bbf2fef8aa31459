"""The JSON document that the slot engine is rehearsed on, and a sample of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum

import msgspec

from scheduling.domain.service_rules import Alignment


class Weekday(StrEnum):
    """Days of a week, in its order."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEKDAYS = tuple(Weekday)


class WindowDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wall time of a day, ``HH:MM``; ``24:00`` is the next midnight."""

    start: str
    end: str


class WeeklyDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A window that holds on several weekdays."""

    days: list[Weekday]
    start: str
    end: str


class OverrideDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A date with windows of its own; none closes it."""

    date: date
    windows: list[WindowDocument] = []


class TimeOffDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days off, both ends included; from and until a time of theirs where it is given."""

    start_date: date
    end_date: date
    start: str = "00:00"
    end: str = "24:00"


class HolidaysDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The public holidays that are kept, but for those of `open_on`."""

    country: str
    region: str = ""
    open_on: list[date] = []


class SpanDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of time as instants."""

    start: datetime
    end: datetime


class RangeDocument(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}
):
    """Which starts are looked at: from the first instant until before the second.

    A date alone is its midnight in the practitioner's zone.
    """

    from_: str
    to: str


class SimulationDocument(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"within": "range"}
):
    """What the engine is asked; see the service's README for each key."""

    timezone: str
    now: datetime
    within: RangeDocument
    duration_min: int
    weekly: list[WeeklyDocument] = []
    overrides: list[OverrideDocument] = []
    time_off: list[TimeOffDocument] = []
    service_weekly: list[WeeklyDocument] | None = None
    holidays: HolidaysDocument | None = None
    busy: list[SpanDocument] = []
    bookings: list[SpanDocument] = []
    increment_min: int | None = None
    buffer_before_min: int | None = None
    buffer_after_min: int | None = None
    min_notice_min: int | None = None
    max_horizon_days: int | None = None
    max_per_day: int | None = None
    alignment: Alignment | None = None


SAMPLE = SimulationDocument(
    timezone="America/Vancouver",
    now=datetime(2026, 12, 10, 17, 0, tzinfo=UTC),
    within=RangeDocument("2026-12-14", "2026-12-16"),
    duration_min=50,
    increment_min=60,
    weekly=[WeeklyDocument([Weekday.MON, Weekday.TUE], "09:00", "12:00")],
    overrides=[OverrideDocument(date(2026, 12, 15), [WindowDocument("14:00", "16:00")])],
    bookings=[
        SpanDocument(
            datetime(2026, 12, 15, 22, 0, tzinfo=UTC), datetime(2026, 12, 15, 22, 50, tzinfo=UTC)
        )
    ],
    min_notice_min=24 * 60,
    holidays=HolidaysDocument("CA", "BC"),
    time_off=[TimeOffDocument(date(2026, 12, 14), date(2026, 12, 14), "11:00")],
)
"""A document to begin with."""
