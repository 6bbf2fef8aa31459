"""Queries on appointments: a seat together with the time it is on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select

from portal_chassis.database import Transaction
from scheduling.domain.appointments import PLANNED, Appointment, BookingStatus
from scheduling.domain.clients import Client
from scheduling.storage.tables import appointment, booked_time


def upcoming_of(
    tx: Transaction, client: Client, *, now: datetime, limit: int
) -> tuple[tuple[Appointment, ...], int]:
    """The client's planned appointments that have not ended, the next first.

    Args:
        tx: a transaction.
        client: whose.
        now: aware UTC instant.
        limit: how many at most.

    Returns:
        The appointments, and how many there are without `limit`.
    """
    query = (
        _seats(func.count().over().label("total"))
        .where(
            owned_by(client),
            appointment.c.status.in_(PLANNED),
            booked_time.c.ends_at > now,
        )
        .order_by(booked_time.c.starts_at, appointment.c.id)
        .limit(limit)
    )
    rows = tx.execute(query).all()
    return tuple(_appointment(row) for row in rows), rows[0].total if rows else 0


def owned_by(client: Client) -> ColumnElement[bool]:
    """That a seat is the client's, in her practice."""
    return (appointment.c.client_id == client.id) & (
        appointment.c.practice_id == client.practice_id
    )


def listed(
    tx: Transaction,
    *,
    practitioner_id: UUID | None = None,
    client_id: UUID | None = None,
    limit: int,
) -> Sequence[Appointment]:
    """Appointments of every state, the latest start first, for the admin script."""
    query = _seats().order_by(booked_time.c.starts_at.desc(), appointment.c.id).limit(limit)
    if practitioner_id is not None:
        query = query.where(booked_time.c.practitioner_id == practitioner_id)
    if client_id is not None:
        query = query.where(appointment.c.client_id == client_id)
    return [_appointment(row) for row in tx.execute(query)]


def _seats(*more: ColumnElement[Any]) -> Select[Any]:
    return select(
        appointment.c.id,
        appointment.c.client_id,
        booked_time.c.practitioner_id,
        booked_time.c.title,
        booked_time.c.starts_at,
        booked_time.c.ends_at,
        booked_time.c.timezone,
        appointment.c.status,
        *more,
    ).join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)


def _appointment(row: Row[Any]) -> Appointment:
    return Appointment(
        id=row.id,
        client_id=row.client_id,
        practitioner_id=row.practitioner_id,
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        status=BookingStatus(row.status),
    )
