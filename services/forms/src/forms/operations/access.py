"""What the access log is told: who opened, changed or was refused what, by ids alone."""

from __future__ import annotations

from uuid import UUID

from forms.domain.requests import FormRequest
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.rpc.entry_point import Call
from portal_contracts.envelope import EventData
from portal_contracts.errors import PortalError
from portal_contracts.forms.events import FormAccessRecorded


def record_access(tx: Transaction, call: Call, request: FormRequest, act: str) -> None:
    """Publish, with this transaction, that the actor did `act` to a form that was sent."""
    publish(
        tx,
        call,
        FormAccessRecorded(
            act=act,
            outcome="done",
            client_id=request.client_id,
            subject_id=request.id,
            address=call.address,
        ),
        practice_id=request.practice_id,
        request_id=request.id,
    )


def record_refusal(tx: Transaction, call: Call, error: PortalError) -> None:
    """Publish that an actor was refused; nobody's and services' refusals are no practice's."""
    practice_id = call.actor.practice_id
    if practice_id is None:
        return
    subject = getattr(call.arguments, "request_id", None) or getattr(
        call.arguments, "template_id", None
    )
    publish(
        tx,
        call,
        FormAccessRecorded(
            act=f"{call.method.name}.{error.code}",
            outcome="denied",
            client_id=getattr(call.arguments, "client_id", None),
            subject_id=subject,
            address=call.address,
        ),
        practice_id=practice_id,
        request_id=subject or practice_id,
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
