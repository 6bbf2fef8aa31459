"""Writing to seats: taken, confirmed, given up; with their times, or these in `booked_times`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, func, insert, select, update

from portal_chassis import metrics
from portal_chassis.authority.ownership import Client
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction, after_commit
from scheduling.domain.appointments import LIVE, BookingStatus
from scheduling.storage import booked_times
from scheduling.storage.booked_times import NewTime
from scheduling.storage.tables import appointment, booked_time

HOLDS_EXPIRED = metrics.counter(
    "portal_holds_expired_total", "Times that were kept for a client and that nobody confirmed."
)


def take(
    tx: Transaction,
    time: NewTime,
    *,
    seat_id: UUID,
    client: Client,
    expires_at: datetime | None,
    now: datetime,
) -> bool:
    """Take a time and seat the client on it: held until `expires_at`, or confirmed if that is None.

    Returns:
        Whether it was free; if not, nothing was written.
    """
    seat = {
        "seat_id": seat_id,
        "client_id": client.id,
        "booked_at": None if expires_at else now,
    }
    row = booked_times.values_of(time, expires_at=expires_at, now=now)
    return run(tx, _TAKE, row | seat).first() is not None


def write_answer(tx: Transaction, seat_id: UUID, answer: bytes) -> None:
    """Keep what the practice writes to the client, sealed."""
    tx.execute(update(appointment).where(appointment.c.id == seat_id).values(answer=answer))


def confirm(
    tx: Transaction,
    hold_id: UUID,
    *,
    note: bytes | None,
    policy: str,
    revealed: bool,
    now: datetime,
) -> bool:
    """Turn a hold that is not over into an appointment, and its time too; whether there was one.

    `revealed`: on a device that a link let in which the practice saw.
    """
    named = {
        "hold_id": hold_id,
        "now": now,
        "booking_note": note,
        "policy_accepted": policy,
        "revealed": revealed,
    }
    return run(tx, _CONFIRM, named).first() is not None


def release(tx: Transaction, hold_id: UUID, *, now: datetime) -> None:
    """Let go of a hold, and of its time where nobody else has a live seat."""
    run(tx, _RELEASE, {"hold_id": hold_id, "now": now})


def count_move(
    tx: Transaction, appointment_id: UUID, *, counted: int, revealed: bool, now: datetime
) -> None:
    """Write down that an appointment was moved; `counted`: as how many of the client's moves.

    -1 for a move that undoes one. `revealed`: see `confirm`.
    """
    tx.execute(
        update(appointment)
        .where(appointment.c.id == appointment_id)
        .values(
            moves=func.greatest(appointment.c.moves + counted, 0),
            ics_sequence=appointment.c.ics_sequence + 1,
            revealed=appointment.c.revealed | revealed,
            updated_at=now,
        )
    )


def cancel(
    tx: Transaction,
    appointment_id: UUID,
    *,
    late: bool,
    reason: bytes | None,
    revealed: bool,
    now: datetime,
) -> None:
    """Call a confirmed appointment off; `revealed`: see `confirm`."""
    tx.execute(
        update(appointment)
        .where(appointment.c.id == appointment_id)
        .values(
            status=BookingStatus.CANCELLED,
            cancelled_at=now,
            cancelled_late=late,
            cancel_reason=reason,
            ics_sequence=appointment.c.ics_sequence + 1,
            revealed=appointment.c.revealed | revealed,
            updated_at=now,
        )
    )


def expire(
    tx: Transaction, *, now: datetime, practitioner_id: UUID | None = None, limit: int | None = None
) -> list[UUID]:
    """Let go of holds whose time is over, but of none that another transaction works on.

    Returns:
        The booked times they were on.
    """
    over = (
        select(appointment.c.id)
        .where(appointment.c.status == BookingStatus.HELD, appointment.c.expires_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True, of=appointment)
    )
    if practitioner_id is not None:
        over = over.join(booked_time, booked_time.c.id == appointment.c.booked_time_id).where(
            booked_time.c.practitioner_id == practitioner_id
        )
    statement = (
        update(appointment)
        .where(appointment.c.id.in_(over))
        .values(status=BookingStatus.EXPIRED, updated_at=now)
        .returning(appointment.c.booked_time_id)
    )
    times = list(tx.execute(statement).scalars())
    if times:
        after_commit(tx, lambda: HOLDS_EXPIRED.inc(len(times)))
    return times


# Put together once: that takes longer than running them. A seat and its time are written by one
# statement, of which no part sees what another one has written.
_AT = bindparam("now", type_=appointment.c.booked_at.type)
_HOLD = appointment.c.id == bindparam("hold_id", type_=appointment.c.id.type)
_taken = booked_times.TAKE.cte("taken")
_GIVEN = ("practice_id", "client_id", "status", "expires_at", "booked_at", "created_at")
_TAKE = (
    insert(appointment)
    .from_select(
        ["id", "booked_time_id", "updated_at", *_GIVEN],
        select(
            bindparam("seat_id", type_=appointment.c.id.type),
            _taken.c.id,
            bindparam("updated_at", type_=appointment.c.updated_at.type),
            *(bindparam(name, type_=appointment.c[name].type) for name in _GIVEN),
        ),
    )
    .returning(appointment.c.id)
)
_confirmed = (
    update(appointment)
    .where(
        _HOLD,
        appointment.c.status == BookingStatus.HELD,
        appointment.c.expires_at > _AT,
    )
    .values(
        status=BookingStatus.CONFIRMED,
        booked_at=_AT,
        updated_at=_AT,
        **given(appointment.c.booking_note, appointment.c.policy_accepted, appointment.c.revealed),
    )
    .returning(appointment.c.booked_time_id)
    .cte("confirmed")
)
_CONFIRM = (
    update(booked_time)
    .where(booked_time.c.id == _confirmed.c.booked_time_id, booked_time.c.status.in_(LIVE))
    .values(status=BookingStatus.CONFIRMED, updated_at=_AT)
    .returning(booked_time.c.id)
)
_released = (
    update(appointment)
    .where(_HOLD, appointment.c.status == BookingStatus.HELD)
    .values(status=BookingStatus.EXPIRED, updated_at=_AT)
    .returning(appointment.c.id, appointment.c.booked_time_id)
    .cte("released")
)
_other = appointment.alias("other")
_RELEASE = (
    update(booked_time)
    .where(
        booked_time.c.id == _released.c.booked_time_id,
        booked_time.c.status.in_(LIVE),
        ~exists().where(
            _other.c.booked_time_id == booked_time.c.id,
            _other.c.status.in_(LIVE),
            _other.c.id != _released.c.id,
        ),
    )
    .values(status=BookingStatus.EXPIRED, updated_at=_AT)
)
