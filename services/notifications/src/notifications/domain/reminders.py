"""When an appointment is reminded of: once, some hours before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5


@dataclass(frozen=True, kw_only=True)
class LiveAppointment:
    """An appointment as scheduling's events told it.

    Attributes:
        id: the appointment's.
        practice_id: whose.
        client_id: who is reminded of it.
        starts_at: aware UTC.
        changed_at: when it was booked or moved last.
        reminded_for: the start for which a reminder was planned or not wanted; None before that.
    """

    id: UUID
    practice_id: UUID
    client_id: UUID
    starts_at: datetime
    changed_at: datetime
    reminded_for: datetime | None = None


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
