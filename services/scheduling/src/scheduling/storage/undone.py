"""Queries on what is left to do of the last days: sessions to write up, expired requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, exists, func, literal, select, union_all

from portal_chassis.authority.ownership import Practitioner
from portal_chassis.authority.seen import Seen
from portal_chassis.database.transactions import Transaction
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from scheduling.domain.appointments import Appointment, BookingStatus
from scheduling.domain.sessions import Session
from scheduling.storage.appointment_rows import read_all, seats
from scheduling.storage.tables import (
    appointment,
    booked_time,
    session,
    session_note,
    session_summary,
)

_COMING: Final = (BookingStatus.CONFIRMED, BookingStatus.REQUESTED)


def unwritten_of(
    tx: Transaction,
    practitioner: Practitioner,
    seen: Seen,
    *,
    since: datetime,
    now: datetime,
    limit: int,
) -> list[Session]:
    """Sessions since then that took place, with neither summary nor note, the latest first."""
    past = union_all(
        _passed(practitioner, seen, since, now), _recorded(practitioner, seen, since, now)
    ).subquery()
    summarised = exists().where(session_summary.c.session_id == past.c.id)
    noted = exists().where(session_note.c.session_id == past.c.id)
    query = (
        select(past)
        .where(~summarised, ~noted)
        .order_by(past.c.started_at.desc(), past.c.id)
        .limit(limit)
    )
    return [
        Session(**row, status=SessionStatus.ATTENDED, summary=None)
        for row in tx.execute(query).mappings()
    ]


def _passed(practitioner: Practitioner, seen: Seen, since: datetime, now: datetime) -> Select[Any]:
    """Appointments that are over, unless it was said that nobody came."""
    return (
        select(
            appointment.c.id,
            appointment.c.practice_id,
            appointment.c.client_id,
            booked_time.c.practitioner_id,
            booked_time.c.title,
            appointment.c.starts_at.label("started_at"),
            appointment.c.ends_at.label("ended_at"),
            booked_time.c.timezone,
            literal(value=True).label("had_appointment"),
        )
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .outerjoin(session, session.c.id == appointment.c.id)
        .where(
            booked_time.c.practitioner_id == practitioner.id,
            booked_time.c.starts_at >= since,
            booked_time.c.starts_at <= now,
            appointment.c.practice_id == practitioner.practice_id,
            appointment.c.status == BookingStatus.CONFIRMED,
            appointment.c.ends_at <= now,
            func.coalesce(session.c.status, SessionStatus.ATTENDED) == SessionStatus.ATTENDED,
            seen.condition(appointment.c.client_id, Permission.SUMMARIES_WRITE),
        )
    )


def _recorded(
    practitioner: Practitioner, seen: Seen, since: datetime, now: datetime
) -> Select[Any]:
    """Sessions that were written down without an appointment."""
    return select(
        session.c.id,
        session.c.practice_id,
        session.c.client_id,
        session.c.practitioner_id,
        session.c.title,
        session.c.started_at,
        session.c.ended_at,
        session.c.timezone,
        literal(value=False).label("had_appointment"),
    ).where(
        session.c.practitioner_id == practitioner.id,
        session.c.practice_id == practitioner.practice_id,
        session.c.appointment_id.is_(None),
        session.c.started_at >= since,
        session.c.ended_at <= now,
        session.c.status == SessionStatus.ATTENDED,
        seen.condition(session.c.client_id, Permission.SUMMARIES_WRITE),
    )


def expired_of(
    tx: Transaction,
    practitioner: Practitioner,
    seen: Seen,
    *,
    since: datetime,
    now: datetime,
    limit: int,
) -> list[Appointment]:
    """Requests that expired since then, the latest first.

    Not of a client who has an appointment to come, or has asked for one: that was answered.
    """
    other = appointment.alias()
    something_comes = exists(
        select(literal(value=1))
        .select_from(other)
        .where(
            other.c.client_id == appointment.c.client_id,
            other.c.practice_id == appointment.c.practice_id,
            other.c.starts_at > now,
            other.c.status.in_(_COMING),
            (other.c.status == BookingStatus.CONFIRMED) | (other.c.expires_at > now),
        )
    )
    query = (
        seats()
        .where(
            booked_time.c.practitioner_id == practitioner.id,
            # A request expires before the time that was asked for.
            booked_time.c.starts_at >= since,
            appointment.c.practice_id == practitioner.practice_id,
            appointment.c.requested_at.is_not(None),
            appointment.c.status.in_((BookingStatus.EXPIRED, BookingStatus.REQUESTED)),
            appointment.c.expires_at >= since,
            appointment.c.expires_at <= now,
            ~something_comes,
            seen.condition(appointment.c.client_id, Permission.APPOINTMENTS_READ),
        )
        .order_by(appointment.c.expires_at.desc(), appointment.c.id)
        .limit(limit)
    )
    return read_all(tx, query)
