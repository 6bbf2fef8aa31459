"""Availability: when a practitioner works, as wall time in the practitioner's zone."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import Method
from portal_contracts.changes import Changes, changes_of
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import SERVICE
from portal_contracts.text import ONE_LINE

LONGEST_CLOCK_TIME: Final = 8
LONGEST_COUNTRY: Final = 2
LONGEST_REGION: Final = 60
MOST_WINDOWS: Final = 20
MOST_OVERRIDES: Final = 400
MOST_TIME_OFF: Final = 200
LONGEST_TIME_OFF_DAYS: Final = 1_100
"""Three years of parental leave, and a little."""
MOST_OPEN_HOLIDAYS: Final = 200

ClockTime = Annotated[str, Meta(max_length=LONGEST_CLOCK_TIME, extra=ONE_LINE)]
"""``HH:MM`` on the wall; as an end also ``24:00``. Checked by the service, field by field."""


class Window(Struct, frozen=True, kw_only=True):
    """A stretch of a day on the wall."""

    start: ClockTime
    end: ClockTime


class Override(Struct, frozen=True, kw_only=True):
    """The windows of one date that stand instead of the weekly ones; none closes the day."""

    on: date
    windows: list[Window]


class TimeOff(Struct, frozen=True, kw_only=True):
    """Closed from the first day, or a time of it, until the end of the last, or a time of it."""

    first_on: date
    last_on: date
    start: ClockTime | None = None
    end: ClockTime | None = None


class Holidays(Struct, frozen=True, kw_only=True):
    """Closed on the public holidays of a country, or of one of its regions.

    `country` is an ISO 3166-1 code, `region` a code that `list_holidays` gives, empty for what
    holds in the whole country. On the days of `open_on` the weekly hours stand nevertheless.
    """

    country: Annotated[str, Meta(max_length=LONGEST_COUNTRY, extra=ONE_LINE)]
    region: Annotated[str, Meta(max_length=LONGEST_REGION, extra=ONE_LINE)] = ""
    open_on: list[date] = []


class Availability(Struct, frozen=True, kw_only=True):
    """A practitioner's hours.

    `weekly` has seven lists of windows, Monday's first. Time off beats an override, an
    override beats a public holiday, and that beats the weekly hours. Windows may overlap;
    they are merged when times are offered.
    """

    timezone: str
    weekly: list[list[Window]]
    overrides: list[Override] = []
    time_off: list[TimeOff] = []
    holidays: Holidays | None = None


if TYPE_CHECKING:
    AvailabilityChanges: TypeAlias = Changes | Availability
else:
    AvailabilityChanges = changes_of(Availability, "AvailabilityChanges")


class GetAvailability(Struct, frozen=True, kw_only=True):
    """One practitioner's availability (None: the actor's own)."""

    practitioner_id: UUID | None = None


class StoredAvailability(Struct, frozen=True, kw_only=True):
    """The availability and its version; version 0 and closed days before it was ever saved.

    `to_come`: how many appointments are planned that have not ended. Each stays at its instant
    whatever is saved, and shows at another hour in a zone whose clocks differ.
    """

    practitioner_id: UUID
    version: int
    availability: Availability
    to_come: int = 0


class SaveAvailability(Struct, frozen=True, kw_only=True):
    """Change it; `version` is the one that was read. What is left out stays as it is.

    Errors name places like ``weekly.0.1.end``, ``overrides.2.windows.0.start``,
    ``time_off.0.last_on``, ``holidays.region`` and ``timezone``.
    """

    version: int
    availability: AvailabilityChanges
    practitioner_id: UUID | None = None
    unless_stranded: bool = False


class AvailabilityChanged(Struct, frozen=True, kw_only=True):
    """The version after the change."""

    version: int


class PreviewTimes(Struct, frozen=True, kw_only=True):
    """The next times that clients would be offered, by hours that may not be saved yet."""

    service_id: UUID
    availability: Availability | None = None
    limit: Annotated[int, Meta(ge=1, le=20)] = 5


class Times(Struct, frozen=True, kw_only=True):
    """Starts in order, and the zone they were made in."""

    starts: list[Instant]
    timezone: str


class WhyNot(StrEnum):
    """Why a time is not offered; the first that holds, in this order."""

    SERVICE_OFF = "service_off"
    CLIENT_NOT_ALLOWED = "client_not_allowed"
    OUTSIDE_WINDOW = "outside_window"
    NOTICE = "notice"
    TIME_OFF = "time_off"
    OVERRIDE = "override"
    HOLIDAY = "holiday"
    HOURS = "hours"
    OWN_APPOINTMENT = "own_appointment"
    EXTERNAL_BUSY = "external_busy"
    CAP = "cap"
    OFF_GRID = "off_grid"


class ExplainTime(Struct, frozen=True, kw_only=True):
    """Why is this start not offered to clients, or to one of them?"""

    service_id: UUID
    starts_at: Instant
    client_id: UUID | None = None


class Explanation(Struct, frozen=True, kw_only=True):
    """`reason` is None when it is offered. `appointment_id`: what is in the way, if it is seen."""

    reason: WhyNot | None
    appointment_id: UUID | None = None


GET_AVAILABILITY = Method(
    SERVICE,
    "get_availability",
    GetAvailability,
    StoredAvailability,
    "When a practitioner works.",
)
SAVE_AVAILABILITY = Method(
    SERVICE,
    "save_availability",
    SaveAvailability,
    AvailabilityChanged,
    "Save when a practitioner works; Conflict stale_version when someone else was quicker, "
    "strands_appointments with `unless_stranded` where booked times would lie outside.",
    mutates=True,
)
PREVIEW_TIMES = Method(
    SERVICE,
    "preview_times",
    PreviewTimes,
    Times,
    "The next times clients would be offered by these hours.",
)
EXPLAIN_TIME = Method(
    SERVICE, "explain_time", ExplainTime, Explanation, "Why a time is not offered to clients."
)

METHODS = (GET_AVAILABILITY, SAVE_AVAILABILITY, PREVIEW_TIMES, EXPLAIN_TIME)
