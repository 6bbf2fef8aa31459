"""Writing many times and seats at once: each kind of row by one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.exc import IntegrityError

from portal_chassis.authority.ownership import Client
from portal_chassis.database.transactions import Transaction, sqlstate
from scheduling.domain.appointments import Appointment, BookingStatus
from scheduling.domain.wall_time import Span
from scheduling.storage.booked_times import EXCLUSION_VIOLATION, NewTime, blocked, values_of, wall
from scheduling.storage.tables import appointment, booked_time


@dataclass(frozen=True)
class NewSeat:
    """A seat on a time that is taken in the same transaction, and its slot in the series.

    `answer` is what the practice writes to the client, sealed.
    """

    id: UUID
    slot: int
    time: NewTime
    answer: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Put:
    """Where an appointment of a series is put, and which slot it has from then on."""

    appointment: Appointment
    slot: int
    span: Span
    timezone: str


def take_all(tx: Transaction, times: Sequence[NewTime], *, now: datetime) -> set[UUID]:
    """Take times, confirmed; which of them were free. Those that were not are not written."""
    rows = [values_of(one, expires_at=None, now=now) for one in times]
    statement = insert_or_not(booked_time).on_conflict_do_nothing().returning(booked_time.c.id)
    return set(tx.execute(statement, rows).scalars())


def seat_all(
    tx: Transaction, seats: Sequence[NewSeat], client: Client, series_id: UUID, *, now: datetime
) -> None:
    """Seat the client of a series on times that were taken."""
    rows = [
        {
            "id": one.id,
            "practice_id": client.practice_id,
            "client_id": client.id,
            "booked_time_id": one.time.id,
            "status": BookingStatus.CONFIRMED,
            "booked_at": now,
            "created_at": now,
            "updated_at": now,
            "series_id": series_id,
            "series_slot": one.slot,
            "series_starts_at": one.time.span.start,
            "answer": one.answer,
        }
        for one in seats
    ]
    tx.execute(insert(appointment), rows)


def put_all(tx: Transaction, moves: Sequence[Put], *, now: datetime) -> bool:
    """Give booked times other places in the calendar, all at once; whether all were free.

    They do not stand in each other's way: none blocks anything until all are where they go.
    When one is refused the old times stand.
    """
    ids = [one.appointment.booked_time_id for one in moves]
    rows = [
        {
            "time_id": one.appointment.booked_time_id,
            "starts_at": one.span.start,
            "ends_at": one.span.end,
            "timezone": one.timezone,
            "starts_wall": wall(one.span.start, one.timezone),
            "blocked": blocked(
                one.span, one.appointment.buffer_before, one.appointment.buffer_after
            ),
            "updated_at": now,
        }
        for one in moves
    ]
    nothing: Range[datetime] = Range(empty=True)
    try:
        with tx.begin_nested():
            tx.execute(update(booked_time).where(booked_time.c.id.in_(ids)).values(blocked=nothing))
            tx.execute(update(booked_time).where(booked_time.c.id == bindparam("time_id")), rows)
    except IntegrityError as error:
        if sqlstate(error) != EXCLUSION_VIOLATION:
            raise
        return False
    return True


def tell_all(
    tx: Transaction, moves: Sequence[Put], series_id: UUID, *, revealed: bool, now: datetime
) -> None:
    """Write down that appointments were moved by an act on their series."""
    rows = [
        {
            "seat_id": one.appointment.id,
            "slot": one.slot,
            "told": one.span.start,
        }
        for one in moves
    ]
    statement = (
        update(appointment)
        .where(appointment.c.id == bindparam("seat_id"))
        .values(
            series_id=series_id,
            series_slot=bindparam("slot"),
            series_starts_at=bindparam("told"),
            ics_sequence=appointment.c.ics_sequence + 1,
            revealed=appointment.c.revealed | revealed,
            updated_at=now,
        )
    )
    tx.execute(statement, rows)


def take_along(tx: Transaction, from_id: UUID, to_id: UUID, *, from_slot: int) -> None:
    """Put the cancelled ones of a series from a slot on into another one, whose slot 0 that is.

    They stay left out there.
    """
    tx.execute(
        update(appointment)
        .where(
            appointment.c.series_id == from_id,
            appointment.c.series_slot >= from_slot,
            appointment.c.status == BookingStatus.CANCELLED,
        )
        .values(series_id=to_id, series_slot=appointment.c.series_slot - from_slot)
    )


def cancel_all(
    tx: Transaction,
    appointment_ids: Sequence[UUID],
    reasons: Mapping[UUID, bytes | None],
    *,
    revealed: bool,
    now: datetime,
) -> None:
    """Call confirmed appointments off, none of them late; `reasons` are sealed."""
    rows = [{"seat_id": one, "reason": reasons.get(one)} for one in appointment_ids]
    statement = (
        update(appointment)
        .where(appointment.c.id == bindparam("seat_id"))
        .values(
            status=BookingStatus.CANCELLED,
            cancelled_at=now,
            cancel_reason=bindparam("reason"),
            ics_sequence=appointment.c.ics_sequence + 1,
            revealed=appointment.c.revealed | revealed,
            updated_at=now,
        )
    )
    tx.execute(statement, rows)
