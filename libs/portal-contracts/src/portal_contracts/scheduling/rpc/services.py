"""Bookable services: what a practitioner offers, and by which rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import Method
from portal_contracts.changes import Changes, changes_of
from portal_contracts.scheduling.rpc.appointments import (
    LONGEST_SHORT_TEXT,
    LONGEST_TITLE,
    SERVICE,
    PlaceKind,
    ShortText,
    Title,
)
from portal_contracts.scheduling.rpc.availability import Window
from portal_contracts.text import ONE_LINE

SERVICE_LENGTHS: Final[Mapping[str, int]] = {
    "title": LONGEST_TITLE,
    "description": LONGEST_SHORT_TEXT,
    "price": 60,
    "place": 500,
    "policy": LONGEST_SHORT_TEXT,
}
"""The most characters of each text of a service."""

_MINUTES_A_DAY: Final = 24 * 60
_MINUTES_A_YEAR: Final = 366 * _MINUTES_A_DAY

SERVICE_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "minutes": (1, _MINUTES_A_DAY),
    "buffer_before_minutes": (0, _MINUTES_A_DAY),
    "buffer_after_minutes": (0, _MINUTES_A_DAY),
    "increment_minutes": (5, _MINUTES_A_DAY),
    "min_notice_minutes": (0, _MINUTES_A_YEAR),
    "max_horizon_days": (0, 730),
    "max_per_day": (1, 1_000),
    "max_per_week": (1, 1_000),
    "max_per_month": (1, 1_000),
    "cancel_notice_minutes": (0, _MINUTES_A_YEAR),
    "move_notice_minutes": (0, _MINUTES_A_YEAR),
    "max_moves": (0, 100),
    "grace_minutes": (0, 7 * _MINUTES_A_DAY),
    "answer_hours": (1, 14 * 24),
}
"""The least and the most of each number of a service; None, where it may be, is no limit."""

DEFAULT_ANSWER_HOURS: Final = 48
"""So long a request waits for its answer before it expires."""

LEAST_ANSWER_MINUTES: Final = 60
"""So long before the notice begins a service on request can still be requested."""

MOST_CHOSEN_CLIENTS: Final = 200
MOST_FORMS_BEFORE: Final = 5
EARLIEST_BOOKABLE: Final = date(2000, 1, 1)
LATEST_BOOKABLE: Final = date(2199, 12, 31)
"""Between the two something can be bookable: room for reckoning on both sides."""


class OpenTo(StrEnum):
    """Who may book: every client, or the chosen ones."""

    ALL = "all"
    CHOSEN = "chosen"


class LateCancel(StrEnum):
    """A client who cancels inside the notice: is let and flagged, or is not let."""

    FLAGGED = "flagged"
    BLOCKED = "blocked"


class Alignment(StrEnum):
    """Where the grid of starts begins: the hours' start, each gap's, or round clock times."""

    WINDOW_START = "window_start"
    GAP_START = "gap_start"
    CLOCK_GRID = "clock_grid"


class ServiceColour(StrEnum):
    """By which colour a service is known in calendars. Each has a shade for light and for dark."""

    BLUE = "blue"
    TEAL = "teal"
    GREEN = "green"
    OLIVE = "olive"
    AMBER = "amber"
    RED = "red"
    PINK = "pink"
    VIOLET = "violet"


class ServiceFields(Struct, frozen=True, kw_only=True):
    """What can be said of a bookable service; checked whole, every error at once.

    None means no limit. `place`: the meeting address, the street address or
    how one is called, by `place_kind`. `clients_may_cancel` and
    `clients_may_move` hold whether or not clients may book. The notices are
    minutes before the start, `grace_minutes` minutes after booking in which
    the client may cancel or move anyway. `weekly` has seven lists of windows, Monday's
    first, that stand instead of the practitioner's weekly hours; None: those hold. `usual_time`:
    who had one is offered the same time as usual. `on_request`: what
    clients book is a request, which expires when it is not answered within `answer_hours`, or
    before the notice begins. `form_template_ids`: the forms that are sent by themselves when
    an appointment is booked, of a series once. One that waits for the client already, was
    archived or never published is not sent.
    """

    title: Title
    description: ShortText = ""
    minutes: int = 50
    price: Annotated[str, Meta(max_length=SERVICE_LENGTHS["price"], extra=ONE_LINE)] = ""
    place_kind: PlaceKind = PlaceKind.VIDEO
    place: Annotated[str, Meta(max_length=SERVICE_LENGTHS["place"], extra=ONE_LINE)] = ""
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    increment_minutes: int = 30
    min_notice_minutes: int = 1440
    max_horizon_days: int | None = 60
    bookable_from: date | None = None
    bookable_until: date | None = None
    max_per_day: int | None = None
    max_per_week: int | None = None
    max_per_month: int | None = None
    alignment: Alignment = Alignment.WINDOW_START
    self_scheduling: bool = False
    open_to: OpenTo = OpenTo.ALL
    chosen_client_ids: list[UUID] = []
    clients_may_cancel: bool = True
    cancel_notice_minutes: int = 1440
    late_cancel: LateCancel = LateCancel.BLOCKED
    clients_may_move: bool = True
    move_notice_minutes: int = 1440
    max_moves: int | None = None
    grace_minutes: int = 0
    reason_asked: bool = False
    policy: ShortText = ""
    colour: ServiceColour = ServiceColour.BLUE
    weekly: list[list[Window]] | None = None
    usual_time: bool = True
    on_request: bool = False
    answer_hours: int = DEFAULT_ANSWER_HOURS
    form_template_ids: list[UUID] = []


if TYPE_CHECKING:
    ServiceChanges: TypeAlias = Changes | ServiceFields
else:
    ServiceChanges = changes_of(ServiceFields, "ServiceChanges")


class BookableService(Struct, frozen=True, kw_only=True):
    """A bookable service. An archived one is offered to nobody; its appointments stand."""

    id: UUID
    version: int
    practitioner_id: UUID
    archived: bool
    fields: ServiceFields


class ListServices(Struct, frozen=True, kw_only=True):
    """The services of one practitioner (None: of whoever asks)."""

    practitioner_id: UUID | None = None
    with_archived: bool = False


class Services(Struct, frozen=True, kw_only=True):
    """Bookable services in order of their titles."""

    items: list[BookableService]


class GetService(Struct, frozen=True, kw_only=True):
    """One bookable service."""

    service_id: UUID


class AddService(Struct, frozen=True, kw_only=True):
    """Add a bookable service to one's own (or, for an owner, another's) offer."""

    fields: ServiceFields
    practitioner_id: UUID | None = None


class EditService(Struct, frozen=True, kw_only=True):
    """Change a service; `version` is the one that was read. Booked times stay as they are.

    So does what `fields` leaves out.
    """

    service_id: UUID
    version: int
    fields: ServiceChanges
    unless_stranded: bool = False


class ArchiveService(Struct, frozen=True, kw_only=True):
    """Take a service out of the offer, or bring it back."""

    service_id: UUID
    archived: bool


class CopyService(Struct, frozen=True, kw_only=True):
    """Make a service like this one, with self-scheduling off until it is switched on."""

    service_id: UUID


class ServiceChanged(Struct, frozen=True, kw_only=True):
    """Which service, and its version after the change."""

    service_id: UUID
    version: int


LIST_SERVICES = Method(
    SERVICE, "list_services", ListServices, Services, "A practitioner's bookable services."
)
GET_SERVICE = Method(
    SERVICE, "get_service", GetService, BookableService, "One bookable service, for editing."
)
ADD_SERVICE = Method(
    SERVICE, "add_service", AddService, ServiceChanged, "Add a bookable service.", mutates=True
)
EDIT_SERVICE = Method(
    SERVICE,
    "edit_service",
    EditService,
    ServiceChanged,
    "Change a bookable service; Conflict stale_version when someone else was quicker, "
    "strands_appointments with `unless_stranded` where booked times would lie outside its hours.",
    mutates=True,
)
ARCHIVE_SERVICE = Method(
    SERVICE,
    "archive_service",
    ArchiveService,
    ServiceChanged,
    "Take a bookable service out of the offer, or bring it back.",
    mutates=True,
)
COPY_SERVICE = Method(
    SERVICE, "copy_service", CopyService, ServiceChanged, "Copy a bookable service.", mutates=True
)

METHODS = (
    LIST_SERVICES,
    GET_SERVICE,
    ADD_SERVICE,
    EDIT_SERVICE,
    ARCHIVE_SERVICE,
    COPY_SERVICE,
)
