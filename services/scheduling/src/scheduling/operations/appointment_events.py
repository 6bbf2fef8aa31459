"""What others learn of an appointment: its event, and the access log's row.

Both are written in the transaction of the change itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal_chassis import outbox
from portal_chassis.database import Transaction
from portal_contracts.envelope import EventData
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from scheduling.domain.appointments import Appointment
from scheduling.domain.wall_time import time_zone
from scheduling.operations.access import Asking, record_access

_MINUTE = timedelta(minutes=1)


def publish_booked(tx: Transaction, booked: Appointment, asking: Asking, *, now: datetime) -> None:
    """Publish `AppointmentBooked` and log ``appointment.booked``."""
    _publish(tx, AppointmentBooked(**_facts(booked)), booked, asking, now=now)
    log_access(tx, "appointment.booked", booked, asking, now=now)


def publish_moved(
    tx: Transaction, before: Appointment, after: Appointment, asking: Asking, *, now: datetime
) -> None:
    """Publish `AppointmentMoved` and log ``appointment.moved``."""
    moved = AppointmentMoved(**_facts(after), previous_starts_at=before.starts_at)
    _publish(tx, moved, after, asking, now=now)
    log_access(tx, "appointment.moved", after, asking, now=now)


def publish_cancelled(
    tx: Transaction, cancelled: Appointment, asking: Asking, *, now: datetime
) -> None:
    """Publish `AppointmentCancelled` and log ``appointment.cancelled``."""
    _publish(tx, AppointmentCancelled(**_facts(cancelled)), cancelled, asking, now=now)
    log_access(tx, "appointment.cancelled", cancelled, asking, now=now)


def log_access(
    tx: Transaction, act: str, appointment: Appointment, asking: Asking, *, now: datetime
) -> None:
    """Tell the access log what was done to an appointment."""
    record_access(
        tx,
        asking,
        act,
        practice_id=appointment.practice_id,
        client_id=appointment.client_id,
        subject_id=appointment.id,
        now=now,
    )


def _publish(
    tx: Transaction, data: EventData, appointment: Appointment, asking: Asking, *, now: datetime
) -> None:
    outbox.record(
        tx,
        data,
        practice_id=appointment.practice_id,
        aggregate=("appointment", appointment.id),
        actor=asking.actor,
        request_id=asking.request_id,
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
