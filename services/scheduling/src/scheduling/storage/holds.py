"""What a client holds: its calendar, locked, and what its page tells."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select

from portal_chassis.authority.ownership import Client
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from scheduling.domain.appointments import Appointment
from scheduling.storage.appointment_rows import appointment_of, seats
from scheduling.storage.locks import practitioners_lock
from scheduling.storage.tables import appointment, bookable_service, booked_time


class ShownHold(NamedTuple):
    """A hold, and what else its page tells.

    Attributes:
        hold: the hold, whatever became of it.
        description: the service's at present.
        price: the service's at present.
        policy_accepted_at: when the client herself last booked or asked under the very terms of
            the service at present; None: never, or there are none.
    """

    hold: Appointment
    description: str
    price: str
    policy_accepted_at: datetime | None


def lock_calendar_of(tx: Transaction, hold_id: UUID, client: Client) -> bool:
    """Lock the calendar in which a hold of the client is, or was; whether there is one."""
    return run(tx, _LOCK_CALENDAR_OF, _named(hold_id, client)).first() is not None


def find_shown(tx: Transaction, hold_id: UUID, client: Client) -> ShownHold | None:
    """A hold of the client with what its page tells, in one statement."""
    row = run(tx, _SHOWN, _named(hold_id, client)).mappings().one_or_none()
    if row is None:
        return None
    told = (row[name] for name in ShownHold._fields[1:])
    return ShownHold(appointment_of(row), *told)


def _named(hold_id: UUID, client: Client) -> dict[str, UUID]:
    return {"id": hold_id, "client_id": client.id, "practice_id": client.practice_id}


# Put together once: that takes longer than running them.
_OWN = [
    appointment.c[name] == bindparam(name, type_=appointment.c[name].type)
    for name in ("id", "client_id", "practice_id")
]
_LOCK_CALENDAR_OF = (
    select(practitioners_lock(booked_time.c.practitioner_id))
    .join(appointment, appointment.c.booked_time_id == booked_time.c.id)
    .where(*_OWN)
)
_earlier = appointment.alias("earlier")
_ACCEPTED_AT = (
    select(func.max(func.coalesce(_earlier.c.requested_at, _earlier.c.booked_at)))
    .where(
        _earlier.c.client_id == appointment.c.client_id,
        _earlier.c.practice_id == appointment.c.practice_id,
        _earlier.c.policy_accepted == bookable_service.c.policy,
        bookable_service.c.policy != "",
        # On a device that a link let in which the practice saw, somebody else may have.
        ~_earlier.c.revealed,
    )
    .scalar_subquery()
)
_SHOWN = (
    seats()
    .add_columns(
        bookable_service.c.description,
        bookable_service.c.price,
        _ACCEPTED_AT.label("policy_accepted_at"),
    )
    .where(*_OWN)
)
