"""What a client may book by the portal, and how much of it."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method, Nothing
from portal_contracts.scheduling.rpc.appointments import SERVICE, OfferedService
from portal_contracts.scheduling.rpc.availability import Window


class BookingLimit(StrEnum):
    """Which limit of the practice a client has reached: of open appointments, or of a day."""

    OPEN = "open"
    DAY = "day"


class OfferedHours(Struct, frozen=True, kw_only=True):
    """When a practitioner works in an ordinary week, wall time in `timezone`.

    `weekly` has seven lists of windows, Monday's first.
    """

    practitioner_id: UUID
    timezone: str
    weekly: list[list[Window]]


class OfferedServices(Struct, frozen=True, kw_only=True):
    """What the client who asks may book by the portal, and the hours of who offers it.

    `last_had`: of several, the one that the client booked last. `limit`: the client has booked as
    much as the practice lets one client book by the portal.
    """

    items: list[OfferedService]
    hours: list[OfferedHours] = []
    limit: BookingLimit | None = None
    last_had: UUID | None = None


LIST_OFFERED = Method(
    SERVICE, "list_offered", Nothing, OfferedServices, "What the client who asks may book."
)

METHODS = (LIST_OFFERED,)
