"""How much one client may book by the portal: limits against hoarding, a practice's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from portal_contracts.calls import Method, Nothing
from portal_contracts.changes import Changes, changes_of
from portal_contracts.scheduling.rpc.appointments import SERVICE

BOOKING_LIMIT_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "max_open": (1, 1_000),
    "max_per_day": (1, 1_000),
}
"""The least and the most of each limit; None is no limit."""


class BookingLimits(Struct, frozen=True, kw_only=True):
    """What one client may book by the portal. What the practice books does not count.

    Attributes:
        max_open: so many appointments and requests to come at a time; null is no limit.
        max_per_day: so many bookings and requests within 24 hours; null is no limit.
    """

    max_open: int | None = 12
    max_per_day: int | None = 6


if TYPE_CHECKING:
    BookingLimitChanges: TypeAlias = Changes | BookingLimits
else:
    BookingLimitChanges = changes_of(BookingLimits, "BookingLimitChanges")


class StoredBookingLimits(Struct, frozen=True, kw_only=True):
    """The limits of a practice; version 0: none were ever set, and the usual ones hold."""

    version: int
    limits: BookingLimits


class EditBookingLimits(Struct, frozen=True, kw_only=True):
    """Change the limits; what `limits` leaves out stays. `version` is the one that was read."""

    version: int
    limits: BookingLimitChanges


class BookingLimitsChanged(Struct, frozen=True, kw_only=True):
    """The version after the change."""

    version: int


READ_BOOKING_LIMITS = Method(
    SERVICE,
    "read_booking_limits",
    Nothing,
    StoredBookingLimits,
    "How much one client may book by the portal.",
)
EDIT_BOOKING_LIMITS = Method(
    SERVICE,
    "edit_booking_limits",
    EditBookingLimits,
    BookingLimitsChanged,
    "Change how much one client may book; Conflict stale_version when someone else was quicker.",
    mutates=True,
)

METHODS = (READ_BOOKING_LIMITS, EDIT_BOOKING_LIMITS)
