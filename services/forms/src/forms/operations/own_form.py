"""A client's own form: found, locked, and known to be open."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from forms.domain.requests import ANSWERED, FormRequest
from forms.operations.require_request import form_not_found
from forms.storage import answers, own_forms, requests
from forms.storage.answers import Draft
from forms.storage.own_forms import OwnForm
from portal_chassis.authority.ownership import Client
from portal_chassis.call import Call
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.forms.rpc.questions import RequestState


def own_form(tx: Transaction, request_id: UUID, client: Client) -> OwnForm:
    """The client's own form, locked: saving, sending and withdrawing come one by one.

    Raises:
        NotFound: ``form_not_found``, also for another client's.
    """
    found = own_forms.find_locked(tx, request_id, client)
    if found is None:
        raise form_not_found()
    return found


def require_open(request: FormRequest) -> FormRequest:
    """A request that can still be filled in.

    Raises:
        Conflict: ``already_submitted``, ``withdrawn``.
    """
    if request.state in ANSWERED:
        raise Conflict("already_submitted", "The form was sent.")
    if request.state is RequestState.WITHDRAWN:
        raise Conflict("withdrawn", "The practice no longer asks for it.")
    return request


def open_draft(own: OwnForm, sealer: Sealer) -> Draft:
    """What was saved so far.

    Raises:
        NotFound: ``answers_erased``.
    """
    try:
        return answers.opened_draft(own.request, own.sealed, own.wrapped, sealer)
    except KeyErased:
        raise answers_erased() from None


def start(tx: Transaction, request: FormRequest, call: Call) -> FormRequest:
    """The request once its client has begun."""
    requests.change(tx, request.id, now=call.now, state=RequestState.STARTED, opened_at=call.now)
    return replace(request, state=RequestState.STARTED, opened_at=call.now)


def stale_revision() -> Conflict:
    """The refusal of what was read before somebody else saved."""
    return Conflict("stale_revision", "The form was saved elsewhere.")


def answers_erased() -> NotFound:
    """The refusal of what cannot be opened any more."""
    return NotFound("answers_erased", "The client was erased.")
