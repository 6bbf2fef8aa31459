"""Queries on appointments: a seat together with the time it is on and its service's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    RowMapping,
    Select,
    Uuid,
    bindparam,
    select,
)

from portal_chassis.authority.ownership import Client
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.services import LateCancel
from scheduling.domain.appointments import PLANNED, Appointment, BookingStatus
from scheduling.domain.policy import ClientRules
from scheduling.storage.limits import limit_written_out
from scheduling.storage.tables import appointment, bookable_service, booked_time

_NEVER_SHOWN = (BookingStatus.HELD, BookingStatus.EXPIRED)
"""States in which nobody was promised anything."""

_COLUMNS = (
    appointment.c.id,
    appointment.c.practice_id,
    appointment.c.client_id,
    appointment.c.booked_time_id,
    appointment.c.status,
    appointment.c.expires_at,
    appointment.c.created_at,
    appointment.c.booked_at,
    appointment.c.cancelled_at,
    appointment.c.cancelled_late,
    appointment.c.moves,
    appointment.c.ics_sequence,
    appointment.c.sequence_raised,
    appointment.c.policy_accepted,
    appointment.c.revealed,
    appointment.c.booking_note,
    appointment.c.cancel_reason,
    booked_time.c.practitioner_id,
    booked_time.c.service_id,
    booked_time.c.title,
    appointment.c.starts_at,
    appointment.c.ends_at,
    booked_time.c.timezone,
    booked_time.c.buffer_before_minutes,
    booked_time.c.buffer_after_minutes,
    booked_time.c.place_kind,
    booked_time.c.place,
    bookable_service.c.clients_may_cancel,
    bookable_service.c.cancel_notice_minutes,
    bookable_service.c.late_cancel,
    bookable_service.c.clients_may_move,
    bookable_service.c.move_notice_minutes,
    bookable_service.c.max_moves,
    bookable_service.c.grace_minutes,
    bookable_service.c.reason_asked,
    bookable_service.c.policy,
)
"""What an `Appointment` is read from."""


def find(
    tx: Transaction, appointment_id: UUID, *, practice_id: UUID, for_update: bool = False
) -> Appointment | None:
    """An appointment or hold of the practice, whatever its state."""
    named = {"id": appointment_id, "practice_id": practice_id}
    return _one(tx, _named(frozenset(named), for_update=for_update), named)


def find_own(
    tx: Transaction, appointment_id: UUID, client: Client, *, for_update: bool = False
) -> Appointment | None:
    """An appointment or hold of the client, whatever its state."""
    named = {"id": appointment_id, "client_id": client.id, "practice_id": client.practice_id}
    return _one(tx, _named(frozenset(named), for_update=for_update), named)


def find_anywhere(tx: Transaction, appointment_id: UUID) -> Appointment | None:
    """An appointment or hold of whichever practice, whatever its state."""
    named = {"id": appointment_id}
    return _one(tx, _named(frozenset(named)), named)


def hold_of(tx: Transaction, client_id: UUID) -> Appointment | None:
    """What is held for the client, over or not."""
    named = {"client_id": client_id, "status": BookingStatus.HELD}
    return _one(tx, _named(frozenset(named)), named)


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
    return [_appointment(row) for row in run(tx, _upcoming(), named).mappings()]


# These statements are put together once: that takes longer than running them.


@cache
def _named(columns: frozenset[str], *, for_update: bool = False) -> Select[Any]:
    """The seats with given values in these columns."""
    query = _seats().where(
        *(
            appointment.c[name] == bindparam(name, type_=appointment.c[name].type)
            for name in sorted(columns)
        )
    )
    return query.with_for_update(of=appointment) if for_update else query


@cache
def _upcoming() -> Select[Any]:
    return (
        _seats()
        .where(
            appointment.c.client_id == bindparam("client_id", type_=Uuid()),
            appointment.c.practice_id == bindparam("practice_id", type_=Uuid()),
            appointment.c.status.in_(PLANNED),
            appointment.c.ends_at > bindparam("now", type_=DateTime(timezone=True)),
        )
        .order_by(appointment.c.starts_at, appointment.c.id)
        .limit(limit_written_out("most"))
    )


def cancelled_since(tx: Transaction, client: Client, since: datetime) -> list[Appointment]:
    """The client's appointments that were cancelled from `since` on, the latest first."""
    query = (
        _seats()
        .where(
            owned_by(client),
            appointment.c.status == BookingStatus.CANCELLED,
            appointment.c.cancelled_at >= since,
        )
        .order_by(appointment.c.cancelled_at.desc(), appointment.c.id)
    )
    return _all(tx, query)


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
        _seats()
        .where(
            booked_time.c.practitioner_id == practitioner_id,
            appointment.c.practice_id == practice_id,
            booked_time.c.starts_at >= starts_from,
            booked_time.c.starts_at < starts_before,
            appointment.c.status.in_(states),
        )
        .order_by(booked_time.c.starts_at, appointment.c.id)
    )
    return _all(tx, query)


def all_of(tx: Transaction, client: Client, *, limit: int) -> list[Appointment]:
    """The client's appointments, past and cancelled ones too, the latest start first."""
    query = (
        _seats()
        .where(owned_by(client), appointment.c.status.not_in(_NEVER_SHOWN))
        .order_by(appointment.c.starts_at.desc(), appointment.c.id)
        .limit(limit)
    )
    return _all(tx, query)


def owned_by(client: Client) -> ColumnElement[bool]:
    """That a seat is the client's, in the client's practice."""
    return (appointment.c.client_id == client.id) & (
        appointment.c.practice_id == client.practice_id
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
    query = _seats().order_by(appointment.c.starts_at.desc(), appointment.c.id).limit(limit)
    if practitioner_id is not None:
        query = query.where(booked_time.c.practitioner_id == practitioner_id)
    if client_id is not None:
        query = query.where(appointment.c.client_id == client_id)
    if appointment_id is not None:
        query = query.where(appointment.c.id == appointment_id)
    return _all(tx, query)


def _one(tx: Transaction, query: Select[Any], named: Mapping[str, object]) -> Appointment | None:
    row = run(tx, query, named).mappings().one_or_none()
    return None if row is None else _appointment(row)


def _all(tx: Transaction, query: Select[Any]) -> list[Appointment]:
    return [_appointment(row) for row in tx.execute(query).mappings()]


def _seats() -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .join(bookable_service, bookable_service.c.id == booked_time.c.service_id)
    )


def _appointment(row: RowMapping) -> Appointment:
    return Appointment(
        id=row["id"],
        practice_id=row["practice_id"],
        client_id=row["client_id"],
        practitioner_id=row["practitioner_id"],
        service_id=row["service_id"],
        booked_time_id=row["booked_time_id"],
        title=row["title"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        timezone=row["timezone"],
        status=BookingStatus(row["status"]),
        place_kind=PlaceKind(row["place_kind"]),
        place=row["place"],
        buffer_before=timedelta(minutes=row["buffer_before_minutes"]),
        buffer_after=timedelta(minutes=row["buffer_after_minutes"]),
        expires_at=row["expires_at"],
        created_at=row["created_at"],
        booked_at=row["booked_at"],
        cancelled_at=row["cancelled_at"],
        cancelled_late=row["cancelled_late"],
        revealed=row["revealed"],
        moves=row["moves"],
        ics_sequence=row["ics_sequence"],
        sequence_raised=row["sequence_raised"],
        policy_accepted=row["policy_accepted"],
        booking_note=row["booking_note"],
        cancel_reason=row["cancel_reason"],
        rules=_rules(row),
        reason_asked=row["reason_asked"],
        policy=row["policy"],
    )


def _rules(row: RowMapping) -> ClientRules:
    return ClientRules(
        may_cancel=row["clients_may_cancel"],
        cancel_notice=timedelta(minutes=row["cancel_notice_minutes"]),
        late_cancel=LateCancel(row["late_cancel"]),
        may_move=row["clients_may_move"],
        move_notice=timedelta(minutes=row["move_notice_minutes"]),
        max_moves=row["max_moves"],
        grace=timedelta(minutes=row["grace_minutes"]),
    )
