"""How much one client may book by the portal: the practice's limits, and whether one is reached."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal_chassis.authority.ownership import Client, own_practice
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.changes import changed
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.limits import (
    BOOKING_LIMIT_RANGES,
    BookingLimits,
    BookingLimitsChanged,
    EditBookingLimits,
    StoredBookingLimits,
)
from portal_contracts.scheduling.rpc.offering import BookingLimit
from scheduling.storage import booking_limits

A_DAY = timedelta(hours=24)
"""Elapsed time, so that no midnight of anybody's zone lets a client begin anew."""


def read_limits(tx: Transaction, actor: Actor) -> StoredBookingLimits:
    """The limits of the actor's practice; the usual ones before any were set.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, Permission.APPOINTMENTS_READ)
    return booking_limits.find(tx, own_practice(actor))


def edit_limits(
    tx: Transaction, command: EditBookingLimits, actor: Actor, *, now: datetime
) -> BookingLimitsChanged:
    """Change the limits; what is left out stays. What is booked stays as well.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``booking_limits`` with ``out_of_range`` at a limit.
        Conflict: ``stale_version``: someone else changed them meanwhile.
    """
    require_permission(actor, Permission.PRACTICE_WRITE)
    practice_id = own_practice(actor)
    stored = booking_limits.find(tx, practice_id, for_update=True)
    limits = _checked(changed(stored.limits, command.limits))
    version = command.version + 1
    if stored.version != command.version or not booking_limits.save(
        tx, practice_id, limits, version=version, now=now
    ):
        raise Conflict("stale_version", "Someone else changed it meanwhile.")
    return BookingLimitsChanged(version=version)


def limit_reached(
    tx: Transaction, client: Client, *, adding: int = 1, now: datetime
) -> BookingLimit | None:
    """The limit that keeps the client from booking `adding` more by the portal; None: none does."""
    limits, booked = booking_limits.of_client(tx, client, within=A_DAY, now=now)
    if limits.max_open is not None and booked.open + adding > limits.max_open:
        return BookingLimit.OPEN
    if limits.max_per_day is not None and booked.lately + adding > limits.max_per_day:
        return BookingLimit.DAY
    return None


def require_below_limits(
    tx: Transaction, client: Client, *, adding: int = 1, now: datetime
) -> None:
    """Refuse a client who has booked as much by the portal as one client may.

    The client is locked, and so are the calendars of what the client holds.

    Raises:
        Conflict: ``limit_reached`` with the limit at ``limit``.
    """
    reached = limit_reached(tx, client, adding=adding, now=now)
    if reached is not None:
        raise Conflict(
            "limit_reached",
            "The client has booked as much as one client may.",
            fields={"limit": str(reached)},
        )


def _checked(limits: BookingLimits) -> BookingLimits:
    errors = {
        name: "out_of_range"
        for name, (least, most) in BOOKING_LIMIT_RANGES.items()
        if (number := getattr(limits, name)) is not None and not least <= number <= most
    }
    if errors:
        raise Invalid("booking_limits", "Some limits are not right.", fields=errors)
    return limits
