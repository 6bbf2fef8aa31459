"""Plan reminders: one per appointment and time, some hours before it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from notifications.domain import reminders
from notifications.domain.delivery import NewDelivery
from notifications.domain.reminders import LiveAppointment
from notifications.mails.appointments import appointment_reminder
from notifications.storage import adding, live_appointments
from notifications.storage.live_appointments import Place
from portal_chassis.database.transactions import Transaction
from portal_contracts.envelope import Event
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    SeriesBooked,
    SeriesCancelled,
    SeriesMoved,
)

AT_ONCE = 100
KEPT = timedelta(days=30)
"""How long a past appointment is kept, for events that come late."""


def keep_appointment(
    tx: Transaction,
    event: Event[AppointmentBooked] | Event[AppointmentMoved] | Event[AppointmentCancelled],
) -> None:
    """Keep an appointment as `event` tells it, for its reminder."""
    data = event.data
    told = LiveAppointment(
        id=data.appointment_id,
        practice_id=event.practice_id,
        client_id=data.client_id,
        starts_at=data.starts_at,
        changed_at=event.occurred_at,
    )
    live_appointments.keep(
        tx,
        told,
        practitioner_id=data.practitioner_id,
        cancelled=isinstance(data, AppointmentCancelled),
        place=Place(data.ics_sequence, max(event.aggregate.seq, data.ics_sequence + 1)),
    )


def keep_series(
    tx: Transaction, event: Event[SeriesBooked] | Event[SeriesMoved] | Event[SeriesCancelled]
) -> None:
    """Keep the appointments of a series as `event` tells them, for their reminders."""
    data = event.data
    stands = [] if isinstance(data, SeriesCancelled) else data.occurrences
    off = [] if isinstance(data, SeriesBooked) else data.cancelled
    for occurrences, cancelled in ((stands, False), (off, True)):
        told = [
            (
                LiveAppointment(
                    id=one.appointment_id,
                    practice_id=event.practice_id,
                    client_id=data.client_id,
                    starts_at=one.starts_at,
                    changed_at=event.occurred_at,
                ),
                Place(one.ics_sequence, one.ics_sequence + 1),
            )
            for one in occurrences
        ]
        live_appointments.keep_all(
            tx, told, practitioner_id=data.practitioner_id, cancelled=cancelled
        )


def plan_due(tx: Transaction, *, hours: int, now: datetime) -> int:
    """Plan the reminders whose instant has come; 0 hours: none ever.

    An appointment that was booked or moved after that instant gets none. What
    is planned is read again when it is sent.

    Returns:
        How many appointments were looked at, 100 at most; call again until it is 0.
    """
    if hours == 0:
        return 0
    until = now + timedelta(hours=hours)
    found = live_appointments.to_remind_of(tx, after=now, until=until, limit=AT_ONCE)
    for appointment in found:
        live_appointments.mark_reminded(tx, appointment.id, appointment.starts_at)
        if not reminders.is_wanted(appointment.starts_at, appointment.changed_at, hours):
            continue
        reminder = NewDelivery(
            cause_id=reminders.cause(appointment.id, appointment.starts_at),
            practice_id=appointment.practice_id,
            client_id=appointment.client_id,
            kind=appointment_reminder.MAIL.kind,
            subject_id=appointment.id,
            recipient=appointment_reminder.MAIL.to,
            planned_starts_at=appointment.starts_at,
        )
        adding.add(tx, reminder, now=now)
    return len(found)


def coming(tx: Transaction, *, hours: int, limit: int, now: datetime) -> list[dict[str, Any]]:
    """Appointments to come and when each is reminded of, by ids; the nearest first."""
    return [
        {
            "appointment_id": appointment.id,
            "practice_id": appointment.practice_id,
            "starts_at": appointment.starts_at,
            "due_at": reminders.due_at(appointment.starts_at, hours) if hours else None,
            "state": _state(appointment, hours),
        }
        for appointment in live_appointments.coming(tx, after=now, limit=limit)
    ]


def forget_past(tx: Transaction, *, now: datetime) -> int:
    """Delete what began more than 30 days ago; how many."""
    return live_appointments.forget(tx, started_before=now - KEPT)


def _state(appointment: LiveAppointment, hours: int) -> str:
    if not hours:
        return "off"
    if not reminders.is_wanted(appointment.starts_at, appointment.changed_at, hours):
        return "too_late"
    return "planned" if appointment.reminded_for == appointment.starts_at else "waiting"
