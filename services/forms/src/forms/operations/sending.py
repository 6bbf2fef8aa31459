"""A form goes out to a client, is mailed again, wanted by another day, and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from forms.domain.requests import ANSWERED, FormRequest
from forms.operations.access_log import publish, record_access
from forms.operations.own_form import require_open
from forms.operations.require_request import require_request
from forms.operations.unlocking import lock_again
from forms.storage import answers, requests, templates
from portal_chassis.authority.ownership import Client, Practitioner, own_id
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.events import FormResent, FormSent
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import (
    ChangeDueDay,
    GetRequest,
    RequestChanged,
    SendForm,
    Sent,
)

ELSEWHERE = timedelta(days=1)
"""Somewhere it is still yesterday: a due day is refused only where it is past everywhere."""


def send_form(tx: Transaction, command: SendForm, call: Call, client: Client) -> Sent:
    """Send the newest version of a template to a client who was found to be the practice's.

    Publishes FormSent, which has the client mailed, and ``form.sent`` for the access log.

    Raises:
        Invalid: ``due_on_past``.
        NotFound: ``template_not_found``, also for another practice's.
        Conflict: ``client_archived``, ``template_archived``, ``not_published``;
            ``still_open``: the same template waits for her, and it is not to be sent again.
    """
    _require_to_come(command.due_on, call)
    template = templates.lock(tx, command.template_id, client.practice_id)
    if template is None:
        raise NotFound("template_not_found", "There is no such template.")
    if template.archived_at is not None:
        raise Conflict("template_archived", "An archived template is not sent.")
    version = templates.newest_version(tx, template.id)
    if version is None:
        raise Conflict("not_published", "The template was never published.")
    if not client.active:
        raise Conflict("client_archived", "Nothing is sent to an archived client.")
    if not command.again and requests.waits(tx, client, template.id):
        raise Conflict("still_open", "The same form waits for the client.")
    request_id = new_id()
    requests.add(
        tx,
        request_id,
        client,
        version_id=version.id,
        sent_by=own_id(call.actor),
        due_on=command.due_on,
        now=call.now,
    )
    request = require_request(requests.find(tx, request_id))
    publish(
        tx,
        call,
        FormSent(request_id=request_id, client_id=client.id),
        practice_id=client.practice_id,
        request_id=request_id,
    )
    record_access(tx, call, request, "form.sent")
    return Sent(request_id=request_id)


def resend_form(
    tx: Transaction, command: GetRequest, call: Call, by: Practitioner
) -> RequestChanged:
    """Mail a client once more that a form waits for her.

    Publishes FormResent, and ``form.resent`` for the access log.

    Raises:
        NotFound: ``form_not_found``, also for another practice's.
        Conflict: ``already_submitted``, ``withdrawn``.
    """
    request = _open(tx, command.request_id, by)
    publish(
        tx,
        call,
        FormResent(request_id=request.id, client_id=request.client_id),
        practice_id=request.practice_id,
        request_id=request.id,
    )
    record_access(tx, call, request, "form.resent")
    return RequestChanged(request_id=request.id, state=request.state)


def change_due_day(
    tx: Transaction, command: ChangeDueDay, call: Call, by: Practitioner
) -> RequestChanged:
    """Ask for a form by another day; ``form.due_day_changed`` is recorded where it is another.

    Raises:
        Invalid: ``due_on_past``.
        NotFound: ``form_not_found``, also for another practice's.
        Conflict: ``already_submitted``, ``withdrawn``.
    """
    request = _open(tx, command.request_id, by)
    if command.due_on != request.due_on:
        _require_to_come(command.due_on, call)
        requests.change(tx, request.id, now=call.now, due_on=command.due_on)
        record_access(tx, call, request, "form.due_day_changed")
    return RequestChanged(request_id=request.id, state=request.state)


def withdraw_request(
    tx: Transaction, command: GetRequest, call: Call, by: Practitioner, sealer: Sealer
) -> RequestChanged:
    """Ask no longer for a form. A draft nobody can send any more is deleted.

    Of a form that is unlocked it is the unlocking that is taken back: see `lock_again`.

    Raises:
        NotFound: ``form_not_found``, also for another practice's.
        Conflict: ``already_submitted``.
    """
    request = require_request(
        requests.find(tx, command.request_id, practice_id=by.practice_id, lock=True)
    )
    if request.state in ANSWERED:
        raise Conflict("already_submitted", "The client has sent it.")
    if request.unlocked_at is not None:
        return RequestChanged(request_id=request.id, state=lock_again(tx, request, call, sealer))
    if request.state is not RequestState.WITHDRAWN:
        requests.change(
            tx, request.id, now=call.now, state=RequestState.WITHDRAWN, withdrawn_at=call.now
        )
        answers.delete_draft(tx, request.id)
        record_access(tx, call, request, "form.withdrawn")
    return RequestChanged(request_id=request.id, state=RequestState.WITHDRAWN)


def _open(tx: Transaction, request_id: UUID, by: Practitioner) -> FormRequest:
    return require_open(
        require_request(requests.find(tx, request_id, practice_id=by.practice_id, lock=True))
    )


def _require_to_come(due_on: date | None, call: Call) -> None:
    if due_on is not None and due_on < (call.now - ELSEWHERE).date():
        raise Invalid("due_on_past", "The due day is past.", fields={"due_on": "due_on_past"})
