"""What became of an appointment, as its client and the practice are told."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import ActorKind
from portal_contracts.scheduling.rpc.appointments import (
    UNDO_MINUTES,
    AppointmentChange,
    ChangeKind,
    MoveUndo,
)
from scheduling.domain.appointments import Appointment, BookingStatus
from scheduling.storage import changes

UNDO_FOR = timedelta(minutes=UNDO_MINUTES)

_BEGINNINGS = frozenset({ChangeKind.BOOKED, ChangeKind.REQUESTED})
_ENDS = frozenset({ChangeKind.CANCELLED, ChangeKind.WITHDRAWN, ChangeKind.DECLINED})


def undo_of(appointment: Appointment, last: AppointmentChange, *, now: datetime) -> MoveUndo | None:
    """The move that the client may still undo, which was the last that became of `appointment`."""
    if last.kind is not ChangeKind.MOVED or last.by is not ActorKind.CLIENT:
        return None
    before, until = last.previous_starts_at, last.at + UNDO_FOR
    if before is None or appointment.status is not BookingStatus.CONFIRMED:
        return None
    return MoveUndo(starts_at=before, until=until) if now <= min(until, before) else None


def changes_of(tx: Transaction, appointment: Appointment) -> list[AppointmentChange]:
    """What became of `appointment`, the latest first.

    Of what was done before that was written down no more is told than the appointment knows
    itself: when it was booked, and when it was cancelled.
    """
    told = changes.of(tx, appointment.id)
    if not any(one.kind in _BEGINNINGS for one in told):
        first = told[-1].previous_starts_at if told else None
        booked = AppointmentChange(
            kind=ChangeKind.BOOKED,
            at=appointment.created_at,
            starts_at=first or appointment.starts_at,
        )
        told = [*told, booked]
    if appointment.status is not BookingStatus.CANCELLED or appointment.cancelled_at is None:
        return told
    if told[0].kind not in _ENDS:
        cancelled = AppointmentChange(
            kind=ChangeKind.CANCELLED,
            at=appointment.cancelled_at,
            starts_at=appointment.starts_at,
        )
        told = [cancelled, *told]
    return [replace(told[0], late=appointment.cancelled_late), *told[1:]]


def with_reason(told: list[AppointmentChange], reason: str) -> list[AppointmentChange]:
    """The same with what whoever cancelled wrote."""
    if told[0].kind not in _ENDS:
        return told
    return [replace(told[0], reason=reason), *told[1:]]
