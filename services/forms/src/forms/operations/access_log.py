"""What the access log is told: who opened, changed or was refused what, by ids alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from forms.domain.requests import FormRequest
from portal_chassis.authority.access_log import AccessLog
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.actor import Caller
from portal_contracts.envelope import EventData
from portal_contracts.forms.events import FormAccessRecorded

ACCESS_LOG = AccessLog(FormAccessRecorded, "form_request", ("request_id", "template_id"))


def record_access(tx: Transaction, call: Call, request: FormRequest, act: str) -> None:
    """Tell the access log, with this transaction, that the actor did `act` to a form sent."""
    ACCESS_LOG.record(
        tx,
        call,
        act,
        practice_id=request.practice_id,
        client_id=request.client_id,
        subject_id=request.id,
        thing=Thing(kind=ThingKind.FORM, title=request.title),
        now=call.now,
    )


def record_export(
    tx: Transaction,
    caller: Caller,
    *,
    practice_id: UUID,
    client_id: UUID,
    template_id: UUID,
    title: str,
    now: datetime,
) -> None:
    """Tell the access log that a client's answers in a template left as a file."""
    ACCESS_LOG.record(
        tx,
        caller,
        "answers.exported",
        practice_id=practice_id,
        client_id=client_id,
        subject_id=template_id,
        thing=Thing(kind=ThingKind.FORM, title=title),
        now=now,
    )


def publish(
    tx: Transaction, call: Call, data: EventData, *, practice_id: UUID, request_id: UUID
) -> None:
    """Record an event about a form that was sent, in the transaction of what it tells."""
    outbox.record(
        tx,
        data,
        practice_id=practice_id,
        aggregate=("form_request", request_id),
        actor=call.actor,
        request_id=call.request_id,
        now=call.now,
    )
