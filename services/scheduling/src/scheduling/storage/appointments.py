"""Queries on appointments: a seat together with the time it is on and its service's rules."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Uuid,
    bindparam,
    func,
    select,
)

from portal_chassis.authority.ownership import Client
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from scheduling.domain.appointments import NO_APPOINTMENT, PLANNED, Appointment, BookingStatus
from scheduling.storage.appointment_rows import read_all, read_one, seats
from scheduling.storage.limits import limit_written_out
from scheduling.storage.tables import appointment, booked_time


def find(
    tx: Transaction, appointment_id: UUID, *, practice_id: UUID, for_update: bool = False
) -> Appointment | None:
    """An appointment or hold of the practice, whatever its state."""
    named = {"id": appointment_id, "practice_id": practice_id}
    return read_one(tx, _named(frozenset(named), for_update=for_update), named)


def find_own(
    tx: Transaction, appointment_id: UUID, client: Client, *, for_update: bool = False
) -> Appointment | None:
    """An appointment or hold of the client, whatever its state."""
    named = {"id": appointment_id, "client_id": client.id, "practice_id": client.practice_id}
    return read_one(tx, _named(frozenset(named), for_update=for_update), named)


def find_anywhere(tx: Transaction, appointment_id: UUID) -> Appointment | None:
    """An appointment or hold of whichever practice, whatever its state."""
    named = {"id": appointment_id}
    return read_one(tx, _named(frozenset(named)), named)


def hold_of(tx: Transaction, client_id: UUID) -> Appointment | None:
    """What is held for the client, over or not."""
    named = {"client_id": client_id, "status": BookingStatus.HELD}
    return read_one(tx, _named(frozenset(named)), named)


def upcoming_of(
    tx: Transaction, client: Client, *, now: datetime, limit: int | None = None
) -> list[Appointment]:
    """The client's planned appointments that have not ended, the next first.

    Args:
        tx: a transaction.
        client: whose.
        now: aware UTC instant.
        limit: how many at most; None is all.
    """
    named = {"client_id": client.id, "practice_id": client.practice_id, "now": now, "most": limit}
    return read_all(tx, _upcoming(), named)


# These statements are put together once: that takes longer than running them.


@cache
def _named(columns: frozenset[str], *, for_update: bool = False) -> Select[Any]:
    """The seats with given values in these columns."""
    query = seats().where(
        *(
            appointment.c[name] == bindparam(name, type_=appointment.c[name].type)
            for name in sorted(columns)
        )
    )
    return query.with_for_update(of=appointment) if for_update else query


@cache
def _upcoming() -> Select[Any]:
    return (
        seats()
        .where(
            appointment.c.client_id == bindparam("client_id", type_=Uuid()),
            appointment.c.practice_id == bindparam("practice_id", type_=Uuid()),
            appointment.c.status.in_(PLANNED),
            appointment.c.ends_at > bindparam("now", type_=DateTime(timezone=True)),
        )
        .order_by(appointment.c.starts_at, appointment.c.id)
        .limit(limit_written_out("most"))
    )


def ended_since(tx: Transaction, client: Client, since: datetime) -> list[Appointment]:
    """The client's appointments that were called off from `since` on, the latest first.

    Cancelled ones, and requests that were withdrawn, declined or not answered.
    """
    # Nothing is written to those any more, so they were last changed when they were refused.
    refused = appointment.c.requested_at.is_not(None) & appointment.c.status.in_(
        (BookingStatus.DECLINED, BookingStatus.EXPIRED)
    )
    ended_at = func.coalesce(appointment.c.cancelled_at, appointment.c.updated_at)
    query = (
        seats()
        .where(
            owned_by(client),
            (appointment.c.status == BookingStatus.CANCELLED) | refused,
            ended_at >= since,
        )
        .order_by(ended_at.desc(), appointment.c.id)
    )
    return read_all(tx, query)


def in_calendar(
    tx: Transaction,
    practitioner_id: UUID,
    *,
    practice_id: UUID,
    starts_from: datetime,
    starts_before: datetime,
    with_cancelled: bool,
) -> list[Appointment]:
    """The practitioner's appointments that start in a stretch, in order; no holds."""
    states = (*PLANNED, BookingStatus.CANCELLED) if with_cancelled else PLANNED
    query = (
        seats()
        .where(
            booked_time.c.practitioner_id == practitioner_id,
            appointment.c.practice_id == practice_id,
            booked_time.c.starts_at >= starts_from,
            booked_time.c.starts_at < starts_before,
            appointment.c.status.in_(states),
        )
        .order_by(booked_time.c.starts_at, appointment.c.id)
    )
    return read_all(tx, query)


def requested_of(
    tx: Transaction, practitioner_id: UUID, *, practice_id: UUID, now: datetime
) -> list[Appointment]:
    """The requests that wait for a practitioner's answer, the one that expires first at the top."""
    query = (
        seats()
        .where(
            booked_time.c.practitioner_id == practitioner_id,
            appointment.c.practice_id == practice_id,
            appointment.c.status == BookingStatus.REQUESTED,
            appointment.c.expires_at > now,
        )
        .order_by(appointment.c.expires_at, appointment.c.id)
    )
    return read_all(tx, query)


def all_of(tx: Transaction, client: Client, *, limit: int) -> list[Appointment]:
    """The client's appointments, past and cancelled ones too, the latest start first."""
    query = (
        seats()
        .where(
            owned_by(client),
            appointment.c.status.not_in(NO_APPOINTMENT) | appointment.c.requested_at.is_not(None),
        )
        .order_by(appointment.c.starts_at.desc(), appointment.c.id)
        .limit(limit)
    )
    return read_all(tx, query)


def owned_by(client: Client) -> ColumnElement[bool]:
    """That a seat is the client's, in the client's practice."""
    return (appointment.c.client_id == client.id) & (
        appointment.c.practice_id == client.practice_id
    )


def of_series(tx: Transaction, series_id: UUID, *, for_update: bool = False) -> list[Appointment]:
    """The appointments of a series, cancelled ones too, by their slots."""
    return read_all(tx, _of_series(for_update=for_update), {"series_id": series_id})


@cache
def _of_series(*, for_update: bool) -> Select[Any]:
    query = _named(frozenset({"series_id"}), for_update=for_update)
    return query.order_by(appointment.c.series_slot)


def last_service_of(tx: Transaction, client: Client, service_ids: Collection[UUID]) -> UUID | None:
    """Which of the services the client booked or asked for last, or had booked for her."""
    query = (
        select(booked_time.c.service_id)
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .where(
            owned_by(client),
            booked_time.c.service_id.in_(service_ids),
            appointment.c.status.in_(PLANNED),
        )
        .order_by(appointment.c.created_at.desc(), appointment.c.id.desc())
        .limit(1)
    )
    return tx.execute(query).scalar_one_or_none()


def last_starts(tx: Transaction, client: Client, service_id: UUID, *, limit: int) -> list[datetime]:
    """When the client's confirmed appointments of a service start, the latest first."""
    named = {
        "client_id": client.id,
        "practice_id": client.practice_id,
        "service_id": service_id,
        "most": limit,
    }
    return [row.starts_at for row in run(tx, _LAST_STARTS, named)]


_LAST_STARTS = (
    select(appointment.c.starts_at)
    .join(booked_time, booked_time.c.id == appointment.c.booked_time_id)
    .where(
        appointment.c.client_id == bindparam("client_id", type_=Uuid()),
        appointment.c.practice_id == bindparam("practice_id", type_=Uuid()),
        booked_time.c.service_id == bindparam("service_id", type_=Uuid()),
        appointment.c.status == BookingStatus.CONFIRMED,
    )
    .order_by(appointment.c.starts_at.desc())
    .limit(limit_written_out("most"))
)


def listed(
    tx: Transaction,
    *,
    practitioner_id: UUID | None = None,
    client_id: UUID | None = None,
    appointment_id: UUID | None = None,
    limit: int,
) -> list[Appointment]:
    """Appointments of every state, the latest start first, for the admin script."""
    query = seats().order_by(appointment.c.starts_at.desc(), appointment.c.id).limit(limit)
    if practitioner_id is not None:
        query = query.where(booked_time.c.practitioner_id == practitioner_id)
    if client_id is not None:
        query = query.where(appointment.c.client_id == client_id)
    if appointment_id is not None:
        query = query.where(appointment.c.id == appointment_id)
    return read_all(tx, query)
