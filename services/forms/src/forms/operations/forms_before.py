"""Forms that a service asks for before an appointment go out when it is booked."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from forms.domain.requests import FormRequest
from forms.operations.access_log import ACCESS_LOG
from forms.operations.require_request import require_request
from forms.storage import requests, templates
from portal_chassis.authority.ownership import Client
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.actor import Actor
from portal_contracts.envelope import Event
from portal_contracts.forms.events import FormSent
from portal_contracts.scheduling.events import AppointmentBooked, SeriesBooked

BookingEvent = Event[AppointmentBooked] | Event[SeriesBooked]


def send_forms_before(
    tx: Transaction, event: BookingEvent, *, starts_on: date, now: datetime
) -> int:
    """Send the client what was asked for, wanted by the day of the appointment; how many.

    What waits for her already is not sent twice, and a template that was archived, never
    published, or is none of the practice's, is left out. Publishes FormSent, without a mail where
    the booking was to bring none, and ``form.sent`` for the access log, by whoever booked.
    """
    client = Client(id=event.data.client_id, practice_id=event.practice_id)
    sent = [
        _send(tx, template_id, client, event, starts_on=starts_on, now=now)
        for template_id in event.data.form_template_ids
    ]
    return sum(sent)


def _send(
    tx: Transaction,
    template_id: UUID,
    client: Client,
    event: BookingEvent,
    *,
    starts_on: date,
    now: datetime,
) -> bool:
    template = templates.lock(tx, template_id, client.practice_id)
    if template is None or template.archived_at is not None:
        return False
    version = templates.newest_version(tx, template.id)
    if version is None or requests.waits(tx, client, template.id):
        return False
    request_id = new_id()
    requests.add(
        tx,
        request_id,
        client,
        version_id=version.id,
        sent_by=event.data.practitioner_id,
        due_on=starts_on if starts_on > now.date() else None,
        now=now,
    )
    _tell(tx, require_request(requests.find(tx, request_id)), event, now=now)
    return True


def _tell(tx: Transaction, request: FormRequest, event: BookingEvent, *, now: datetime) -> None:
    outbox.record(
        tx,
        FormSent(
            request_id=request.id,
            client_id=request.client_id,
            without_mail=event.data.without_mail,
        ),
        practice_id=request.practice_id,
        aggregate=("form_request", request.id),
        actor=event.actor,
        request_id=event.request_id,
        now=now,
    )
    ACCESS_LOG.record(
        tx,
        _Told(event),
        "form.sent",
        practice_id=request.practice_id,
        client_id=request.client_id,
        subject_id=request.id,
        thing=Thing(kind=ThingKind.FORM, title=request.title),
        now=now,
    )


class _Told:
    """Whoever did what an event tells of, as a caller."""

    def __init__(self, event: BookingEvent) -> None:
        self.actor: Actor = event.actor
        self.request_id = event.request_id
        self.address = ""
