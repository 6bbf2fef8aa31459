"""What is kept and told of what became of an appointment: a row, its event, the access log's.

All are written in the transaction of the change itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.actor import Caller
from portal_contracts.envelope import Event, EventData
from portal_contracts.identity_links.events import HandOverStarted
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from portal_contracts.scheduling.rpc.appointments import ChangeKind
from scheduling.domain.appointments import Appointment
from scheduling.domain.wall_time import time_zone
from scheduling.operations.access_log import ACCESS_LOG
from scheduling.storage import changes

_MINUTE = timedelta(minutes=1)


def publish_booked(tx: Transaction, booked: Appointment, caller: Caller, *, now: datetime) -> None:
    """Publish `AppointmentBooked` and log ``appointment.booked``."""
    changes.add(tx, ChangeKind.BOOKED, booked, caller.actor, now=now)
    _publish(tx, AppointmentBooked(**_facts(booked)), booked, caller, now=now)
    log_access(tx, "appointment.booked", booked, caller, now=now)


def publish_moved(
    tx: Transaction, before: Appointment, after: Appointment, caller: Caller, *, now: datetime
) -> None:
    """Publish `AppointmentMoved` and log ``appointment.moved``."""
    previous = before.starts_at
    changes.add(tx, ChangeKind.MOVED, after, caller.actor, previous_starts_at=previous, now=now)
    moved = AppointmentMoved(**_facts(after), previous_starts_at=previous)
    _publish(tx, moved, after, caller, now=now)
    log_access(tx, "appointment.moved", after, caller, now=now)


def publish_cancelled(
    tx: Transaction, cancelled: Appointment, caller: Caller, *, now: datetime
) -> None:
    """Publish `AppointmentCancelled` and log ``appointment.cancelled``."""
    changes.add(tx, ChangeKind.CANCELLED, cancelled, caller.actor, now=now)
    _publish(tx, AppointmentCancelled(**_facts(cancelled)), cancelled, caller, now=now)
    log_access(tx, "appointment.cancelled", cancelled, caller, now=now)


def log_handed_over(
    tx: Transaction,
    appointment: Appointment,
    event: Event[HandOverStarted],
    *,
    now: datetime,
) -> None:
    """Log ``appointment.handed_over``, by whoever handed it over."""
    log_access(tx, "appointment.handed_over", appointment, _Told(event), now=now)


class _Told:
    """Whoever did what an event tells of, as a caller."""

    def __init__(self, event: Event[HandOverStarted]) -> None:
        self.actor = event.actor
        self.request_id = event.request_id
        self.address = ""


def log_access(
    tx: Transaction, act: str, appointment: Appointment, caller: Caller, *, now: datetime
) -> None:
    """Tell the access log what was done to an appointment."""
    ACCESS_LOG.record(
        tx,
        caller,
        act,
        practice_id=appointment.practice_id,
        client_id=appointment.client_id,
        subject_id=appointment.id,
        thing=Thing(kind=ThingKind.APPOINTMENT, title=appointment.title, at=appointment.starts_at),
        now=now,
    )


def _publish(
    tx: Transaction, data: EventData, appointment: Appointment, caller: Caller, *, now: datetime
) -> None:
    outbox.record(
        tx,
        data,
        practice_id=appointment.practice_id,
        aggregate=("appointment", appointment.id),
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )


def _facts(appointment: Appointment) -> dict[str, Any]:
    wall = appointment.starts_at.astimezone(time_zone(appointment.timezone))
    return {
        "appointment_id": appointment.id,
        "client_id": appointment.client_id,
        "practitioner_id": appointment.practitioner_id,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "timezone": appointment.timezone,
        "starts_wall": wall.strftime("%Y-%m-%dT%H:%M"),
        "utc_offset_minutes": (wall.utcoffset() or timedelta()) // _MINUTE,
        "ics_sequence": appointment.ics_sequence,
    }
