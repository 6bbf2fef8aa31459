"""What is kept and told of what became of an appointment: a row, its event, the access log's.

All are written in the transaction of the change itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.events.outbox import Told
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.actor import Caller, service_actor
from portal_contracts.envelope import Event, EventData
from portal_contracts.identity_links.events import HandOverStarted
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from portal_contracts.scheduling.request_events import (
    AppointmentDeclined,
    AppointmentExpired,
    AppointmentRequested,
    AppointmentWithdrawn,
)
from portal_contracts.scheduling.rpc.appointments import ChangeKind
from scheduling.domain.appointments import Appointment
from scheduling.domain.wall_time import time_zone
from scheduling.operations.access_log import access_told
from scheduling.storage import changes

_MINUTE = timedelta(minutes=1)


def publish_booked(
    tx: Transaction,
    booked: Appointment,
    caller: Caller,
    *,
    without_mail: bool = False,
    now: datetime,
) -> None:
    """Publish `AppointmentBooked` and log ``appointment.booked``."""
    changes.add(tx, ChangeKind.BOOKED, booked, caller.actor, without_mail=without_mail, now=now)
    told = _booked(booked, without_mail=without_mail)
    logged = access_of(booked, "appointment.booked", caller)
    _publish(tx, told, booked, caller, logged, now=now)


def publish_moved(
    tx: Transaction,
    before: Appointment,
    after: Appointment,
    caller: Caller,
    *,
    undone: bool = False,
    without_mail: bool = False,
    now: datetime,
) -> None:
    """Publish `AppointmentMoved` and log ``appointment.moved``; `undone`: it undoes a move."""
    previous = before.starts_at
    kind = ChangeKind.MOVED_BACK if undone else ChangeKind.MOVED
    changes.add(
        tx,
        kind,
        after,
        caller.actor,
        previous_starts_at=previous,
        without_mail=without_mail,
        now=now,
    )
    moved = AppointmentMoved(
        **_facts(after), previous_starts_at=previous, without_mail=without_mail
    )
    _publish(tx, moved, after, caller, access_of(after, "appointment.moved", caller), now=now)


def publish_requested(
    tx: Transaction, requested: Appointment, caller: Caller, *, answer_by: datetime, now: datetime
) -> None:
    """Publish `AppointmentRequested` and log ``appointment.requested``."""
    changes.add(tx, ChangeKind.REQUESTED, requested, caller.actor, now=now)
    data = AppointmentRequested(**_facts(requested), answer_by=answer_by)
    logged = access_of(requested, "appointment.requested", caller)
    _publish(tx, data, requested, caller, logged, now=now)


def publish_approved(
    tx: Transaction, approved: Appointment, caller: Caller, *, now: datetime
) -> None:
    """Publish `AppointmentBooked`, for it is confirmed now, and log ``appointment.approved``."""
    changes.add(tx, ChangeKind.APPROVED, approved, caller.actor, now=now)
    logged = access_of(approved, "appointment.approved", caller)
    _publish(tx, _booked(approved), approved, caller, logged, now=now)


def publish_declined(
    tx: Transaction, declined: Appointment, caller: Caller, *, now: datetime
) -> None:
    """Publish `AppointmentDeclined` and log ``appointment.declined``."""
    changes.add(tx, ChangeKind.DECLINED, declined, caller.actor, now=now)
    logged = access_of(declined, "appointment.declined", caller)
    _publish(tx, AppointmentDeclined(**_named(declined)), declined, caller, logged, now=now)


def publish_withdrawn(
    tx: Transaction, withdrawn: Appointment, caller: Caller, *, now: datetime
) -> None:
    """Publish `AppointmentWithdrawn` and log ``appointment.withdrawn``."""
    changes.add(tx, ChangeKind.WITHDRAWN, withdrawn, caller.actor, now=now)
    logged = access_of(withdrawn, "appointment.withdrawn", caller)
    _publish(tx, AppointmentWithdrawn(**_named(withdrawn)), withdrawn, caller, logged, now=now)


def publish_expired(tx: Transaction, expired: Appointment, *, now: datetime) -> None:
    """Publish `AppointmentExpired`; nobody did it, so no log names anybody."""
    changes.add(tx, ChangeKind.EXPIRED, expired, _CLOCK.actor, now=now)
    _publish(tx, AppointmentExpired(**_named(expired)), expired, _CLOCK, now=now)


def publish_cancelled(
    tx: Transaction,
    cancelled: Appointment,
    caller: Caller,
    *,
    without_mail: bool = False,
    now: datetime,
) -> None:
    """Publish `AppointmentCancelled` and log ``appointment.cancelled``."""
    kind = ChangeKind.CANCELLED
    changes.add(tx, kind, cancelled, caller.actor, without_mail=without_mail, now=now)
    told = AppointmentCancelled(**_facts(cancelled), without_mail=without_mail)
    logged = access_of(cancelled, "appointment.cancelled", caller)
    _publish(tx, told, cancelled, caller, logged, now=now)


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


class _Clock:
    """What happens because time passes, as a caller."""

    actor = service_actor("scheduling")
    request_id = ""
    address = ""


_CLOCK = _Clock()


def log_access(
    tx: Transaction, act: str, appointment: Appointment, caller: Caller, *, now: datetime
) -> None:
    """Tell the access log what was done to an appointment."""
    _record(tx, [access_of(appointment, act, caller)], appointment, caller, now=now)


def access_of(appointment: Appointment, act: str, caller: Caller) -> Told:
    """What the access log is told of an act on an appointment, to be published with others."""
    return access_told(
        act,
        caller,
        client_id=appointment.client_id,
        subject_id=appointment.id,
        thing=Thing(kind=ThingKind.APPOINTMENT, title=appointment.title, at=appointment.starts_at),
    )


def _publish(
    tx: Transaction,
    data: EventData,
    appointment: Appointment,
    caller: Caller,
    *logged: Told,
    now: datetime,
) -> None:
    """Publish what became of an appointment, and what the access log is told of it."""
    told = Told(data, ("appointment", appointment.id))
    _record(tx, [told, *logged], appointment, caller, now=now)


def _record(
    tx: Transaction, told: Sequence[Told], of: Appointment, caller: Caller, *, now: datetime
) -> None:
    outbox.record_all(
        tx,
        told,
        practice_id=of.practice_id,
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )


def _named(appointment: Appointment) -> dict[str, Any]:
    return {
        "appointment_id": appointment.id,
        "client_id": appointment.client_id,
        "practitioner_id": appointment.practitioner_id,
        "starts_at": appointment.starts_at,
    }


def _booked(booked: Appointment, *, without_mail: bool = False) -> AppointmentBooked:
    """With the forms that its service asks for before it, however it came to be confirmed."""
    wanted = list(booked.form_template_ids)
    return AppointmentBooked(**_facts(booked), form_template_ids=wanted, without_mail=without_mail)


def _facts(appointment: Appointment) -> dict[str, Any]:
    wall = appointment.starts_at.astimezone(time_zone(appointment.timezone))
    return _named(appointment) | {
        "ends_at": appointment.ends_at,
        "timezone": appointment.timezone,
        "starts_wall": wall.strftime("%Y-%m-%dT%H:%M"),
        "utc_offset_minutes": (wall.utcoffset() or timedelta()) // _MINUTE,
        "ics_sequence": appointment.ics_sequence,
    }
