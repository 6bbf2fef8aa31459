"""How much one client may book by the portal, and how much a client has booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.authority.ownership import Client
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.limits import BookingLimits, StoredBookingLimits
from scheduling.domain.appointments import PLANNED
from scheduling.storage.tables import appointment, booking_limits


@dataclass(frozen=True)
class BookedBy:
    """How much a client has booked by the portal: what is to come, and within a stretch."""

    open: int
    lately: int


def find(tx: Transaction, practice_id: UUID, *, for_update: bool = False) -> StoredBookingLimits:
    """A practice's limits; the usual ones, at version 0, before any were set."""
    row = run(tx, _FOUND_FOR_UPDATE if for_update else _FOUND, {"practice_id": practice_id}).first()
    if row is None:
        return StoredBookingLimits(version=0, limits=BookingLimits())
    limits = BookingLimits(max_open=row.max_open, max_per_day=row.max_per_day)
    return StoredBookingLimits(version=row.version, limits=limits)


def save(
    tx: Transaction, practice_id: UUID, limits: BookingLimits, *, version: int, now: datetime
) -> bool:
    """Store the limits as `version`; whether nobody else stored that one before."""
    values = {
        "version": version,
        "max_open": limits.max_open,
        "max_per_day": limits.max_per_day,
        "updated_at": now,
    }
    if version > 1:
        statement = (
            update(booking_limits)
            .where(
                booking_limits.c.practice_id == practice_id,
                booking_limits.c.version == version - 1,
            )
            .values(**values)
            .returning(booking_limits.c.version)
        )
        return tx.execute(statement).first() is not None
    first = (
        insert(booking_limits)
        .values(practice_id=practice_id, created_at=now, **values)
        .on_conflict_do_nothing()
        .returning(booking_limits.c.version)
    )
    return tx.execute(first).first() is not None


def of_client(
    tx: Transaction, client: Client, *, within: timedelta, now: datetime
) -> tuple[BookingLimits, BookedBy]:
    """The limits of the client's practice, and what the client booked or requested by the portal.

    That counts whatever became of it since. What the practice booked never was a hold, so it has
    no end of one.
    """
    named = {
        "client_id": client.id,
        "practice_id": client.practice_id,
        "now": now,
        "since": now - within,
    }
    row = run(tx, _OF_CLIENT, named).all()[0]
    limits = BookingLimits()
    if row.version is not None:
        limits = BookingLimits(max_open=row.max_open, max_per_day=row.max_per_day)
    return limits, BookedBy(open=row.to_come, lately=row.lately)


# These are asked whenever a client holds a time, and put together once.
_FOUND = select(
    booking_limits.c.version, booking_limits.c.max_open, booking_limits.c.max_per_day
).where(booking_limits.c.practice_id == bindparam("practice_id", type_=Uuid()))
_FOUND_FOR_UPDATE = _FOUND.with_for_update()
_BOOKED_AT = func.coalesce(appointment.c.requested_at, appointment.c.booked_at)
_TO_COME = appointment.c.status.in_(PLANNED) & (
    appointment.c.ends_at > bindparam("now", type_=DateTime(timezone=True))
)
_LATELY = bindparam("since", type_=DateTime(timezone=True)) < _BOOKED_AT
_PRACTICE = bindparam("practice_id", type_=Uuid())
_booked = (
    select(
        func.count().filter(_TO_COME).label("to_come"), func.count().filter(_LATELY).label("lately")
    )
    .where(
        appointment.c.client_id == bindparam("client_id", type_=Uuid()),
        appointment.c.practice_id == _PRACTICE,
        appointment.c.expires_at.is_not(None),
        _BOOKED_AT.is_not(None),
        _TO_COME | _LATELY,
    )
    .subquery("booked")
)
_OF_CLIENT = select(
    booking_limits.c.version,
    booking_limits.c.max_open,
    booking_limits.c.max_per_day,
    _booked.c.to_come,
    _booked.c.lately,
).select_from(_booked.outerjoin(booking_limits, booking_limits.c.practice_id == _PRACTICE))
