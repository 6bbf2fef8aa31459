"""Busy calendars: when a practitioner is busy by calendars that are kept elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import Done, Method
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import SERVICE
from portal_contracts.text import EXACTLY, Line

MOST_BUSY_CALENDARS: Final = 10
"""Of one practitioner."""
LONGEST_CALENDAR_NAME: Final = 100
LONGEST_CALENDAR_ADDRESS: Final = 2_000


class BusyFailure(StrEnum):
    """Why a calendar could not be read the last time."""

    ADDRESS_INVALID = "address_invalid"
    NOT_HTTPS = "not_https"
    NETWORK_FORBIDDEN = "network_forbidden"
    HOST_UNKNOWN = "host_unknown"
    UNREACHABLE = "unreachable"
    CERTIFICATE_INVALID = "certificate_invalid"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    SIGN_IN_NEEDED = "sign_in_needed"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    NO_CALENDAR = "no_calendar"
    TOO_COMPLEX = "too_complex"


class BusyCalendarState(StrEnum):
    """How reading a calendar goes; ``new``: it was not tried yet."""

    NEW = "new"
    READ = "read"
    FAILING = "failing"


class BusyCalendar(Struct, frozen=True, kw_only=True):
    """A calendar that is kept elsewhere; its address is never told again.

    `shown_address`: where it is kept, with the secret part masked. `read_at`: when it was last
    read; what it said then stands until it is read again. `failure`: why it could not be read,
    since `failing_since`. `unread_events`: how many of its entries could not be understood.
    """

    id: UUID
    practitioner_id: UUID
    name: str
    shown_address: str
    state: BusyCalendarState
    added_at: Instant
    read_at: Instant | None = None
    tried_at: Instant | None = None
    failure: BusyFailure | None = None
    failing_since: Instant | None = None
    unread_events: int = 0


class ListBusyCalendars(Struct, frozen=True, kw_only=True):
    """One practitioner's calendars that are kept elsewhere (None: the actor's own)."""

    practitioner_id: UUID | None = None


class BusyCalendars(Struct, frozen=True, kw_only=True):
    """The calendars, the one that was added first at the head."""

    items: list[BusyCalendar]


class GetBusyCalendar(Struct, frozen=True, kw_only=True):
    """One calendar that is kept elsewhere."""

    busy_calendar_id: UUID


class AddBusyCalendar(Struct, frozen=True, kw_only=True):
    """Have a calendar read that is kept elsewhere.

    `address`: of ``https`` or ``webcal``; it is a secret. `name`: what it is called; empty: by
    where it is kept.
    """

    address: Annotated[str, Meta(extra=EXACTLY)]
    name: Line = ""
    practitioner_id: UUID | None = None


class BusyCalendarAdded(Struct, frozen=True, kw_only=True):
    """The calendar's id; it is read within seconds."""

    busy_calendar_id: UUID


class FetchBusyCalendar(Struct, frozen=True, kw_only=True):
    """Read a calendar now."""

    busy_calendar_id: UUID


class RemoveBusyCalendar(Struct, frozen=True, kw_only=True):
    """Read a calendar no more, and forget its address and what it said."""

    busy_calendar_id: UUID


LIST_BUSY_CALENDARS = Method(
    SERVICE,
    "list_busy_calendars",
    ListBusyCalendars,
    BusyCalendars,
    "The calendars by which a practitioner is busy elsewhere, and how reading them goes.",
)
GET_BUSY_CALENDAR = Method(
    SERVICE,
    "get_busy_calendar",
    GetBusyCalendar,
    BusyCalendar,
    "A calendar that is kept elsewhere, and how reading it goes.",
)
ADD_BUSY_CALENDAR = Method(
    SERVICE,
    "add_busy_calendar",
    AddBusyCalendar,
    BusyCalendarAdded,
    "Have a calendar read that is kept elsewhere; the same address again is the same calendar.",
    personal=True,
)
FETCH_BUSY_CALENDAR = Method(
    SERVICE,
    "fetch_busy_calendar",
    FetchBusyCalendar,
    Done,
    "Read a calendar within seconds; one that was asked a moment ago is not asked again.",
    mutates=True,
)
REMOVE_BUSY_CALENDAR = Method(
    SERVICE,
    "remove_busy_calendar",
    RemoveBusyCalendar,
    Done,
    "Read a calendar no more; its address and its busy time are forgotten.",
    mutates=True,
)

METHODS = (
    LIST_BUSY_CALENDARS,
    GET_BUSY_CALENDAR,
    ADD_BUSY_CALENDAR,
    FETCH_BUSY_CALENDAR,
    REMOVE_BUSY_CALENDAR,
)
