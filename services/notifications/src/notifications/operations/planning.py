"""Plan mails: an event becomes a delivery for each recipient, and the sender does the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifications.domain.kinds import Kind
from notifications.storage import deliveries, live_appointments
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import ActorKind
from portal_contracts.envelope import Event
from portal_contracts.forms.events import AlertRaised, FormSent, FormSubmitted
from portal_contracts.identity_links.events import PortalLinkShared
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    SummaryShared,
)

AppointmentEvent = Event[AppointmentBooked] | Event[AppointmentMoved] | Event[AppointmentCancelled]


@dataclass(frozen=True)
class AppointmentMails:
    """The mails about one change of an appointment: to the client, to the practitioner."""

    client: Kind
    practitioner: Kind


BOOKED = AppointmentMails(Kind.APPOINTMENT_CONFIRMED, Kind.BOOKING_RECEIVED)
MOVED = AppointmentMails(Kind.APPOINTMENT_MOVED, Kind.BOOKING_MOVED)
CANCELLED = AppointmentMails(Kind.APPOINTMENT_CANCELLED, Kind.BOOKING_CANCELLED)


def plan_portal_link(
    tx: Transaction, event: Event[PortalLinkShared], *, now: datetime
) -> UUID | None:
    """Plan the mail that brings a portal link.

    Returns:
        The delivery's id; None when the event had led to one before.
    """
    return _to_client(tx, event, Kind.PORTAL_LINK, event.data.link_id, now=now)


def plan_appointment(
    tx: Transaction,
    event: AppointmentEvent,
    mails: AppointmentMails,
    *,
    undo: timedelta,
    now: datetime,
) -> None:
    """Plan the mails about a change of an appointment, and keep it for its reminder.

    The client is always told; the practitioner unless the change is their own.
    What practitioners do is mailed after `undo`, in which they may undo it.
    """
    data = event.data
    live_appointments.keep(
        tx,
        data.appointment_id,
        seq=event.aggregate.seq,
        practice_id=event.practice_id,
        client_id=data.client_id,
        practitioner_id=data.practitioner_id,
        starts_at=data.starts_at,
        cancelled=mails is CANCELLED,
        changed_at=event.occurred_at,
    )
    planned = {"due_at": _due_at(event, undo), "planned_sequence": data.ics_sequence}
    _to_client(tx, event, mails.client, data.appointment_id, now=now, **planned)
    if event.actor.id != data.practitioner_id:
        _to_practitioner(
            tx,
            event,
            mails.practitioner,
            data.appointment_id,
            data.practitioner_id,
            now=now,
            **planned,
        )


def plan_summary(
    tx: Transaction, event: Event[SummaryShared], *, undo: timedelta, now: datetime
) -> None:
    """Plan the mail that there is something new to read."""
    _to_client(
        tx,
        event,
        Kind.SUMMARY_SHARED,
        event.data.session_id,
        now=now,
        due_at=_due_at(event, undo),
        planned_sequence=event.data.version,
    )


def plan_form_sent(tx: Transaction, event: Event[FormSent], *, now: datetime) -> None:
    """Plan the mail that asks a client to fill in a form."""
    _to_client(tx, event, Kind.FORM_SENT, event.data.request_id, now=now)


def plan_form_news(
    tx: Transaction, event: Event[FormSubmitted] | Event[AlertRaised], kind: Kind, *, now: datetime
) -> None:
    """Plan the mail that tells the practitioner who sent a form what became of it."""
    data = event.data
    _to_practitioner(tx, event, kind, data.request_id, data.sent_by, now=now)


def _to_client(
    tx: Transaction, event: Event[Any], kind: Kind, subject_id: UUID, **values: Any
) -> UUID | None:
    return deliveries.add(
        tx,
        cause_id=event.id,
        practice_id=event.practice_id,
        client_id=event.data.client_id,
        kind=kind,
        subject_id=subject_id,
        request_id=event.request_id,
        traceparent=event.traceparent,
        recipient=Recipient.CLIENT,
        **values,
    )


def _to_practitioner(
    tx: Transaction,
    event: Event[Any],
    kind: Kind,
    subject_id: UUID,
    practitioner_id: UUID,
    **values: Any,
) -> None:
    deliveries.add(
        tx,
        cause_id=event.id,
        practice_id=event.practice_id,
        client_id=event.data.client_id,
        kind=kind,
        subject_id=subject_id,
        request_id=event.request_id,
        traceparent=event.traceparent,
        recipient=Recipient.PRACTITIONER,
        practitioner_id=practitioner_id,
        **values,
    )


def _due_at(event: Event[Any], undo: timedelta) -> datetime | None:
    """When a practitioner's act is mailed; None for anybody else's: at once."""
    return event.occurred_at + undo if event.actor.kind is ActorKind.PRACTITIONER else None
