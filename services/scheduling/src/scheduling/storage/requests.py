"""Writing to requests: a seat and its time together, from being asked for to the answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Uuid,
    bindparam,
    literal_column,
    or_,
    select,
    update,
)

from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from scheduling.domain.appointments import BookingStatus
from scheduling.storage import booked_times
from scheduling.storage.tables import appointment, booked_time


def make(
    tx: Transaction,
    hold_id: UUID,
    booked_time_id: UUID,
    *,
    answer_by: datetime,
    note: bytes | None,
    policy: str,
    revealed: bool,
    now: datetime,
) -> bool:
    """Turn a hold that is not over into a request that expires at `answer_by`; whether it was one.

    `revealed`: on a device that a link let in which the practice saw.
    """
    statement = (
        update(appointment)
        .where(
            appointment.c.id == hold_id,
            appointment.c.status == BookingStatus.HELD,
            appointment.c.expires_at > now,
        )
        .values(
            status=BookingStatus.REQUESTED,
            requested_at=now,
            expires_at=answer_by,
            booking_note=note,
            policy_accepted=policy,
            revealed=revealed,
            updated_at=now,
        )
        .returning(appointment.c.id)
    )
    if tx.execute(statement).first() is None:
        return False
    tx.execute(
        update(booked_time)
        .where(booked_time.c.id == booked_time_id)
        .values(status=BookingStatus.REQUESTED, expires_at=answer_by, updated_at=now)
    )
    return True


def approve(
    tx: Transaction,
    appointment_id: UUID,
    booked_time_id: UUID,
    *,
    answer: bytes | None,
    now: datetime,
) -> None:
    """Make an appointment of a request."""
    _end(tx, appointment_id, status=BookingStatus.CONFIRMED, booked_at=now, answer=answer, now=now)
    booked_times.confirm(tx, booked_time_id, now=now)


def decline(
    tx: Transaction,
    appointment_id: UUID,
    booked_time_id: UUID,
    *,
    answer: bytes | None = None,
    reason: bytes | None = None,
    now: datetime,
) -> None:
    """Refuse a request and free its time; `reason` is the practice's own, `answer` the client's."""
    declined = BookingStatus.DECLINED
    _end(tx, appointment_id, status=declined, answer=answer, cancel_reason=reason, now=now)
    booked_times.free(tx, [booked_time_id], declined, now=now)


def withdraw(
    tx: Transaction,
    appointment_id: UUID,
    booked_time_id: UUID,
    *,
    reason: bytes | None,
    revealed: bool,
    now: datetime,
) -> None:
    """Take a request back and free its time; `revealed`: see `make`."""
    _end(
        tx,
        appointment_id,
        status=BookingStatus.CANCELLED,
        cancelled_at=now,
        cancel_reason=reason,
        revealed=appointment.c.revealed | revealed,
        now=now,
    )
    booked_times.free(tx, [booked_time_id], BookingStatus.CANCELLED, now=now)


def anything_over(tx: Transaction, practitioner_id: UUID, *, now: datetime) -> bool:
    """Whether a hold or a request in a calendar is over, and still takes its time."""
    named = {"practitioner_id": practitioner_id, "now": now}
    return bool(run(tx, _ANYTHING_OVER, named).scalar_one())


def expire(tx: Transaction, practitioner_id: UUID, *, now: datetime) -> list[tuple[UUID, UUID]]:
    """Expire what a practitioner did not answer in time, and free it; the seats and practices.

    The calendar is open, so nobody answers meanwhile.
    """
    over = (
        select(appointment.c.id)
        .join(booked_time, booked_time.c.id == appointment.c.booked_time_id)
        .where(
            booked_time.c.practitioner_id == practitioner_id,
            appointment.c.status == BookingStatus.REQUESTED,
            appointment.c.expires_at <= now,
        )
    )
    statement = (
        update(appointment)
        .where(appointment.c.id.in_(over), appointment.c.status == BookingStatus.REQUESTED)
        .values(status=BookingStatus.EXPIRED, updated_at=now)
        .returning(appointment.c.id, appointment.c.practice_id, appointment.c.booked_time_id)
    )
    expired = tx.execute(statement).all()
    if expired:
        times = [row.booked_time_id for row in expired]
        booked_times.free(tx, times, BookingStatus.EXPIRED, now=now)
    return [(row.id, row.practice_id) for row in expired]


def practitioners_with_expired(tx: Transaction, *, now: datetime, limit: int) -> list[UUID]:
    """Practitioners who did not answer a request in time."""
    query = (
        select(booked_time.c.practitioner_id)
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .where(
            appointment.c.status == BookingStatus.REQUESTED,
            appointment.c.expires_at <= now,
        )
        .distinct()
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def _end(tx: Transaction, appointment_id: UUID, *, now: datetime, **values: object) -> None:
    tx.execute(
        update(appointment)
        .where(appointment.c.id == appointment_id)
        .values(**values, updated_at=now)
    )


def _over(status: BookingStatus) -> ColumnElement[bool]:
    """That one of this status is over; the status is written out, as the partial index has it."""
    return (
        select(appointment.c.id)
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .where(
            booked_time.c.practitioner_id == bindparam("practitioner_id", type_=Uuid()),
            appointment.c.status == literal_column(f"'{status}'"),
            appointment.c.expires_at <= bindparam("now", type_=DateTime(timezone=True)),
        )
        .exists()
    )


# Asked at every write to a calendar, and put together once: that takes longer than running it.
ANYTHING_OVER = or_(_over(BookingStatus.HELD), _over(BookingStatus.REQUESTED))
"""`anything_over` as a column, given the same."""

_ANYTHING_OVER = select(ANYTHING_OVER.label("over"))
