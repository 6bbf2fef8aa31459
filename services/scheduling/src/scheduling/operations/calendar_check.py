"""Whether all is well with the bookings, and what became of one appointment: for support."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal_chassis.database.transactions import Transaction
from scheduling.domain.appointments import Appointment
from scheduling.storage import appointments, calendar_check

HOLDS_LONG_OVER = timedelta(minutes=5)
"""The jobs look every half a minute; a hold, or a request, over for longer was forgotten."""


@dataclass(frozen=True)
class Fault:
    """Something in the bookings that must not be. `other_id`: what it collides with."""

    fault: str
    id: UUID | None = None
    other_id: UUID | None = None


def show_appointment(
    tx: Transaction, appointment_id: UUID
) -> tuple[Appointment, list[tuple[str, datetime]]] | None:
    """An appointment or hold, and what happened to it, the oldest first.

    Of the events, those that the outbox still has.
    """
    found = appointments.listed(tx, appointment_id=appointment_id, limit=1)
    if not found:
        return None
    (one,) = found
    return one, [("created", one.created_at), *calendar_check.published(tx, one.id)]


def check_bookings(tx: Transaction, *, now: datetime) -> list[Fault]:
    """What must not be: no constraint, overlaps, times and seats apart, what was forgotten."""
    faults = [] if calendar_check.constraint_stands(tx) else [Fault("constraint_missing")]
    faults += [Fault("overlap", one, other) for one, other in calendar_check.overlaps(tx)]
    faults += [Fault("time_without_seat", one) for one in calendar_check.times_without_seat(tx)]
    faults += [Fault("seat_without_time", one) for one in calendar_check.seats_without_time(tx)]
    faults += [
        Fault("hold_forgotten", one) for one in calendar_check.holds_over(tx, now - HOLDS_LONG_OVER)
    ]
    faults += [
        Fault("request_forgotten", one)
        for one in calendar_check.requests_over(tx, now - HOLDS_LONG_OVER)
    ]
    return faults
