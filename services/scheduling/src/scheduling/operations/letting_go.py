"""What is over in a calendar, a hold or a request, gives its time back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal_chassis.database.transactions import Transaction
from scheduling.domain.appointments import BookingStatus
from scheduling.operations.appointment_events import publish_expired
from scheduling.storage import appointments, booked_times, requests, seats
from scheduling.storage.locks import lock_practitioners

AT_ONCE = 100
"""Holds, or practitioners with requests, that one run of a job looks at."""


def let_go_of_what_is_over(tx: Transaction, practitioner_id: UUID, *, now: datetime) -> None:
    """Free what nobody confirmed or answered in time; publishes `AppointmentExpired`.

    The calendar is locked, so each request expires once, whoever looks.
    """
    if not requests.anything_over(tx, practitioner_id, now=now):
        return
    times = seats.expire(tx, now=now, practitioner_id=practitioner_id)
    booked_times.free(tx, times, BookingStatus.EXPIRED, now=now)
    for appointment_id, practice_id in requests.expire(tx, practitioner_id, now=now):
        expired = appointments.find(tx, appointment_id, practice_id=practice_id)
        if expired is not None:
            publish_expired(tx, expired, now=now)


def expire_holds(tx: Transaction, *, now: datetime) -> int:
    """Let go of holds whose time is over; how many.

    Only a repair: whoever writes to a calendar lets go of its own first.
    """
    times = seats.expire(tx, now=now, limit=AT_ONCE)
    booked_times.free(tx, times, BookingStatus.EXPIRED, now=now)
    return len(times)


def late_practitioners(tx: Transaction, *, now: datetime) -> list[UUID]:
    """Practitioners with requests that nobody answered in time."""
    return requests.practitioners_with_expired(tx, now=now, limit=AT_ONCE)


def expire_requests(tx: Transaction, practitioner_id: UUID, *, now: datetime) -> None:
    """Expire a practitioner's requests that nobody answered in time.

    Under the calendar's lock: an answer that comes at the same moment is before it or after it.
    """
    lock_practitioners(tx, practitioner_id)
    let_go_of_what_is_over(tx, practitioner_id, now=now)
