"""Appointments as scheduling's events told them, and which are to be reminded of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from notifications.domain.reminders import LiveAppointment
from notifications.storage.tables import live_appointment
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction


@dataclass(frozen=True)
class Place:
    """Where an event stands among those about an appointment.

    Attributes:
        ics_sequence: of the appointment's invitation: each change of it counts, alone or with its
            series.
        seq: the event's number within its appointment or series, by which a release that does not
            keep the other compares.
    """

    ics_sequence: int
    seq: int


def keep(
    tx: Transaction, told: LiveAppointment, *, practitioner_id: UUID, cancelled: bool, place: Place
) -> None:
    """Keep an appointment as an event tells it, unless a later event was here before.

    Of which time it was reminded is no event's to tell, and stays.
    """
    run(tx, _KEEP, _row_of(told, practitioner_id, place, cancelled=cancelled))


def keep_all(
    tx: Transaction,
    told: Sequence[tuple[LiveAppointment, Place]],
    *,
    practitioner_id: UUID,
    cancelled: bool,
) -> None:
    """The same of several at once, each with its place."""
    rows = [_row_of(one, practitioner_id, place, cancelled=cancelled) for one, place in told]
    if rows:
        tx.execute(_KEEP, rows)


def _row_of(
    told: LiveAppointment, practitioner_id: UUID, place: Place, *, cancelled: bool
) -> dict[str, Any]:
    return {
        "id": told.id,
        "seq": place.seq,
        "ics_sequence": place.ics_sequence,
        "practice_id": told.practice_id,
        "client_id": told.client_id,
        "practitioner_id": practitioner_id,
        "starts_at": told.starts_at,
        "cancelled": cancelled,
        "changed_at": told.changed_at,
    }


def to_remind_of(
    tx: Transaction, *, after: datetime, until: datetime, limit: int
) -> list[LiveAppointment]:
    """Lock appointments that begin after one instant and until another, not yet reminded of."""
    query = (
        select(live_appointment)
        .where(
            live_appointment.c.starts_at > after,
            live_appointment.c.starts_at <= until,
            *_open(),
        )
        .order_by(live_appointment.c.starts_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_live_appointment(row) for row in tx.execute(query)]


def mark_reminded(tx: Transaction, appointment_id: UUID, starts_at: datetime) -> None:
    """Note that the reminder of this time was planned, or is not wanted."""
    tx.execute(
        update(live_appointment)
        .where(live_appointment.c.id == appointment_id)
        .values(reminded_for=starts_at)
    )


def coming(tx: Transaction, *, after: datetime, limit: int) -> list[LiveAppointment]:
    """Appointments that are to come and not cancelled, the nearest first."""
    query = (
        select(live_appointment)
        .where(live_appointment.c.starts_at > after, ~live_appointment.c.cancelled)
        .order_by(live_appointment.c.starts_at)
        .limit(limit)
    )
    return [_live_appointment(row) for row in tx.execute(query)]


def forget(tx: Transaction, *, started_before: datetime) -> int:
    """Delete those that began before an instant; how many."""
    past = live_appointment.c.starts_at < started_before
    return tx.execute(delete(live_appointment).where(past)).rowcount


def _live_appointment(row: Row[Any]) -> LiveAppointment:
    return LiveAppointment(
        id=row.id,
        practice_id=row.practice_id,
        client_id=row.client_id,
        starts_at=row.starts_at,
        changed_at=row.changed_at,
        reminded_for=row.reminded_for,
    )


def _open() -> tuple[Any, ...]:
    reminded = live_appointment.c.reminded_for
    return (
        ~live_appointment.c.cancelled,
        or_(reminded.is_(None), reminded != live_appointment.c.starts_at),
    )


_TOLD = (
    "seq",
    "ics_sequence",
    "practice_id",
    "client_id",
    "practitioner_id",
    "starts_at",
    "cancelled",
    "changed_at",
)
_row = insert(live_appointment).values(
    given(*(live_appointment.c[name] for name in ("id", *_TOLD)))
)
_KEEP = _row.on_conflict_do_update(
    index_elements=[live_appointment.c.id],
    set_={name: _row.excluded[name] for name in _TOLD},
    # What is looked at counts in `seq` too, and acts on a series do not.
    where=case(
        (live_appointment.c.ics_sequence.is_(None), live_appointment.c.seq < _row.excluded.seq),
        else_=live_appointment.c.ics_sequence < _row.excluded.ics_sequence,
    ),
)
