"""When an appointment is reminded of: once, some hours before it begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid5


def due_at(starts_at: datetime, hours: int) -> datetime:
    """The instant from which the reminder is due."""
    return starts_at - timedelta(hours=hours)


def is_wanted(starts_at: datetime, changed_at: datetime, hours: int) -> bool:
    """Whether an appointment is reminded of at all.

    Whoever booked or was moved after the instant has just heard of it.
    """
    return changed_at <= due_at(starts_at, hours)


def cause(appointment_id: UUID, starts_at: datetime) -> UUID:
    """The cause of a reminder: one per appointment and time, whoever plans it."""
    return uuid5(appointment_id, starts_at.isoformat())
