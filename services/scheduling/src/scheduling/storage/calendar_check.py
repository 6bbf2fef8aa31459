"""Queries for the proof that nobody is booked twice; they trust no constraint."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from portal_chassis.database.transactions import Transaction

CONSTRAINT = "ex_booked_time_overlap"

_LIVE = "('held', 'requested', 'confirmed')"

_CONSTRAINT_STANDS = text(
    "SELECT count(*) FROM pg_constraint WHERE conname = :name AND contype = 'x' AND convalidated"
    " AND conrelid = 'booked_time'::regclass"
)

# The spans are made anew from starts, ends and buffers: `blocked` itself is under test.
_OVERLAPS = text(
    f"""
    WITH live AS (
        SELECT id, practitioner_id,
               starts_at - make_interval(mins => buffer_before_minutes) AS begins,
               ends_at + make_interval(mins => buffer_after_minutes) AS ends
          FROM booked_time WHERE status IN {_LIVE}
    )
    SELECT a.id, b.id AS other_id FROM live a JOIN live b
        ON a.practitioner_id = b.practitioner_id AND a.id < b.id
       AND a.begins < b.ends AND b.begins < a.ends
     ORDER BY a.id, b.id
    """  # noqa: S608 - the states are written above
)

_TIMES_WITHOUT_SEAT = text(
    f"""
    SELECT id FROM booked_time t WHERE status IN {_LIVE} AND NOT EXISTS (
        SELECT 1 FROM appointment a WHERE a.booked_time_id = t.id AND a.status IN {_LIVE})
     ORDER BY id
    """  # noqa: S608
)

_SEATS_WITHOUT_TIME = text(
    f"""
    SELECT a.id FROM appointment a JOIN booked_time t ON t.id = a.booked_time_id
     WHERE a.status IN {_LIVE} AND t.status NOT IN {_LIVE} ORDER BY a.id
    """  # noqa: S608
)

_HOLDS_OVER = text(
    "SELECT id FROM appointment WHERE status = 'held' AND expires_at < :before ORDER BY id"
)

_REQUESTS_OVER = text(
    "SELECT id FROM appointment WHERE status = 'requested' AND expires_at < :before ORDER BY id"
)

_PUBLISHED = text(
    """
    SELECT type, occurred_at FROM outbox
     WHERE type LIKE 'scheduling.appointment.%'
       AND convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'appointment_id' = :id
     ORDER BY id
    """
)


def constraint_stands(tx: Transaction) -> bool:
    """Whether PostgreSQL has the exclusion constraint, and has checked every row by it."""
    return bool(tx.execute(_CONSTRAINT_STANDS, {"name": CONSTRAINT}).scalar_one())


def overlaps(tx: Transaction) -> list[tuple[UUID, UUID]]:
    """Pairs of live times of one practitioner that overlap, buffers included."""
    return [(row.id, row.other_id) for row in tx.execute(_OVERLAPS)]


def times_without_seat(tx: Transaction) -> list[UUID]:
    """Live times on which nobody has a live seat."""
    return list(tx.execute(_TIMES_WITHOUT_SEAT).scalars())


def seats_without_time(tx: Transaction) -> list[UUID]:
    """Live appointments whose time is not taken."""
    return list(tx.execute(_SEATS_WITHOUT_TIME).scalars())


def holds_over(tx: Transaction, before: datetime) -> list[UUID]:
    """Holds that were over before an instant and stand nevertheless."""
    return list(tx.execute(_HOLDS_OVER, {"before": before}).scalars())


def requests_over(tx: Transaction, before: datetime) -> list[UUID]:
    """Requests that were over before an instant and wait nevertheless."""
    return list(tx.execute(_REQUESTS_OVER, {"before": before}).scalars())


def published(tx: Transaction, appointment_id: UUID) -> list[tuple[str, datetime]]:
    """The events about an appointment that the outbox still has, by type, the oldest first."""
    rows = tx.execute(_PUBLISHED, {"id": str(appointment_id)})
    return [(row.type, row.occurred_at) for row in rows]
