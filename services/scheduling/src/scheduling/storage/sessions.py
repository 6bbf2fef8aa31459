"""Queries on sessions: recorded ones, and appointments whose end has passed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import UUID

from portal_chassis.database import Transaction
from scheduling.domain.appointments import BookingStatus
from scheduling.domain.clients import Client
from scheduling.domain.sessions import Session, SessionStatus
from scheduling.storage.appointments import owned_by
from scheduling.storage.tables import appointment, booked_time, session, session_summary


def past_of(
    tx: Transaction, client: Client, *, now: datetime, limit: int
) -> tuple[tuple[Session, ...], int]:
    """The client's sessions that have ended, the newest first.

    Args:
        tx: a transaction.
        client: whose.
        now: aware UTC instant.
        limit: how many at most.

    Returns:
        The sessions, and how many there are without `limit`. A summary's id
        is among them only while the summary is shared.
    """
    both = union_all(_recorded(client, now), _passed(client, now)).subquery()
    query = (
        select(both, func.count().over().label("total"))
        .order_by(both.c.started_at.desc(), both.c.id)
        .limit(limit)
    )
    rows = tx.execute(query).all()
    found = tuple(
        Session(
            id=row.id,
            title=row.title,
            started_at=row.started_at,
            ended_at=row.ended_at,
            timezone=row.timezone,
            status=SessionStatus(row.status),
            summary_id=row.summary_id,
        )
        for row in rows
    )
    return found, rows[0].total if rows else 0


def _recorded(client: Client, now: datetime) -> Select[Any]:
    """Sessions with a row of their own, with the summary that is shared at present."""
    shared = (
        (session_summary.c.session_id == session.c.id)
        & session_summary.c.shared_at.is_not(None)
        & session_summary.c.unshared_at.is_(None)
    )
    return (
        select(
            session.c.id,
            session.c.title,
            session.c.started_at,
            session.c.ended_at,
            session.c.timezone,
            session.c.status,
            session_summary.c.id.label("summary_id"),
        )
        .select_from(session.outerjoin(session_summary, shared))
        .where(
            session.c.client_id == client.id,
            session.c.practice_id == client.practice_id,
            session.c.ended_at <= now,
        )
    )


def _passed(client: Client, now: datetime) -> Select[Any]:
    """Appointments that have become sessions, as long as nobody has said more about them."""
    confirmed = appointment.c.status == BookingStatus.CONFIRMED
    status = case((confirmed, SessionStatus.ATTENDED), else_=SessionStatus.CANCELLED_LATE)
    return (
        select(
            appointment.c.id,
            booked_time.c.title,
            booked_time.c.starts_at.label("started_at"),
            booked_time.c.ends_at.label("ended_at"),
            booked_time.c.timezone,
            status.label("status"),
            literal(None, UUID(as_uuid=True)).label("summary_id"),
        )
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .where(
            owned_by(client),
            booked_time.c.ends_at <= now,
            confirmed | appointment.c.cancelled_late,
            ~exists().where(session.c.appointment_id == appointment.c.id),
        )
    )
