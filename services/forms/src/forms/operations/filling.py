"""A client opens a form and sends it."""

from __future__ import annotations

import base64
from datetime import datetime
from uuid import UUID

from forms.domain.asking import Asked, asked
from forms.domain.drafts import as_sent, given_in
from forms.domain.problems import COMPLETE, problems
from forms.domain.questions import for_client
from forms.domain.requests import ANSWERED, FormRequest
from forms.domain.responses import KeptResponse
from forms.domain.scoring import alerts
from forms.operations.access_log import publish, record_access
from forms.operations.own_form import (
    answers_erased,
    open_draft,
    own_form,
    require_open,
    stale_revision,
    start,
)
from forms.operations.require_request import require_response
from forms.storage import answers, requests, responses
from portal_chassis.authority.ownership import Client
from portal_chassis.call import Call
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Invalid
from portal_contracts.forms.events import FormSubmitted
from portal_contracts.forms.rpc.filling import (
    ClientForm,
    Correction,
    DraftKey,
    OpenForm,
    SubmitForm,
    Submitted,
)
from portal_contracts.forms.rpc.questions import FormDocument, RequestState
from portal_contracts.forms.rpc.submissions import SentOnce


def open_form(
    tx: Transaction, command: OpenForm, call: Call, client: Client, sealer: Sealer
) -> ClientForm:
    """One's own form with the answers so far, or as it was sent.

    The first opening makes it started. Reading again what was sent is
    recorded as ``answers.opened``, also of what was sent before a correction. A withdrawn form
    has no answers.

    Raises:
        NotFound: ``form_not_found``, also for another client's, and for a submission of another
            form.
        Conflict: ``not_submitted``: a submission is asked for of a form that was never sent.
    """
    own = own_form(tx, command.request_id, client)
    request = own.request
    document = requests.document_of(tx, request.version_id)
    if request.state in ANSWERED or command.submission_id is not None:
        record_access(tx, call, request, "answers.opened")
        return _submitted_form(tx, request, document, command.submission_id, sealer)
    if request.state is RequestState.NOT_OPENED:
        request = start(tx, request, call)
    draft = open_draft(own, sealer)
    form = asked(document, draft.sheet.answers, call.now.date())
    former = [] if request.unlocked_at is None else responses.all_of(tx, request, sealer)
    return ClientForm(
        id=request.id,
        state=request.state,
        sent_by=request.sent_by,
        sent_at=request.sent_at,
        due_on=request.due_on,
        document=for_client(document),
        answers=draft.sheet.answers | form.calculated(),
        revision=draft.revision,
        saved_at=draft.saved_at,
        percent=draft.percent,
        problems=problems(form),
        alert=request.alert_at is not None,
        submitted_at=None,
        hidden=form.hidden_in_order(),
        required=form.required_now(),
        given=given_in(draft.sheet),
        today=form.today,
        correction=_correction(request, former),
        submissions=_sent(former),
    )


def draft_key(tx: Transaction, client: Client, sealer: Sealer) -> DraftKey:
    """What seals, in the browser of `client`, what was typed and could not be saved yet.

    Neither stored nor logged: it follows from the client's data key, and ends with it.
    """
    key = sealer.derived_key(tx, client.id, "drafts in a browser")
    return DraftKey(key=base64.urlsafe_b64encode(key).rstrip(b"=").decode())


def submit_form(
    tx: Transaction, command: SubmitForm, call: Call, client: Client, sealer: Sealer
) -> Submitted:
    """Send the draft; the form is locked from then on. Sending twice is sending once.

    What is not asked is not sent, and gone with the draft; calculated values are kept as they
    are on that day.

    Publishes FormSubmitted, and ``form.submitted`` for the access log.

    Raises:
        NotFound: ``form_not_found``, also for another client's.
        Conflict: ``withdrawn``, ``stale_revision``.
        Invalid: ``form_incomplete``, with every question and its problem.
    """
    own = own_form(tx, command.request_id, client)
    request = own.request
    if request.submitted_at is not None:
        return Submitted(submitted_at=request.submitted_at)
    request = require_open(request)
    document = requests.document_of(tx, request.version_id)
    draft = open_draft(own, sealer)
    if command.revision != draft.revision:
        raise stale_revision()
    form = asked(document, draft.sheet.answers, call.now.date())
    if wrong := problems(form):
        raise Invalid("form_incomplete", "Something is still missing.", fields=wrong)
    sheet = as_sent(draft.sheet, form)
    answers.add_response(tx, request, sheet, revision=draft.revision, sealer=sealer, now=call.now)
    answers.delete_draft(tx, request.id)
    requests.change(
        tx,
        request.id,
        now=call.now,
        state=RequestState.SUBMITTED,
        opened_at=request.opened_at or call.now,
        submitted_at=call.now,
        unlocked_at=None,
        alert_reviewed_at=_still_reviewed(request, form),
        submitted_revealed=call.actor.revealed,
    )
    publish(
        tx,
        call,
        FormSubmitted(
            request_id=request.id,
            client_id=request.client_id,
            sent_by=request.looked_after_by,
        ),
        practice_id=request.practice_id,
        request_id=request.id,
    )
    record_access(tx, call, request, "form.submitted")
    return Submitted(submitted_at=call.now)


def _still_reviewed(request: FormRequest, form: Asked) -> datetime | None:
    """An alert asks again with the answers, which nobody could read before."""
    return None if alerts(form) else request.alert_reviewed_at


def _correction(request: FormRequest, former: list[KeptResponse]) -> Correction | None:
    """Why it may be corrected, where it was sent before."""
    if request.unlocked_at is None or former[-1].unlocked_by is None:
        return None
    return Correction(
        unlocked_by=former[-1].unlocked_by,
        unlocked_at=request.unlocked_at,
        reason=former[-1].reason,
        submitted_at=former[-1].submitted_at,
    )


def _sent(kept: list[KeptResponse]) -> list[SentOnce]:
    return [SentOnce(id=one.id, submitted_at=one.submitted_at) for one in kept]


def _submitted_form(
    tx: Transaction,
    request: FormRequest,
    document: FormDocument,
    submission_id: UUID | None,
    sealer: Sealer,
) -> ClientForm:
    try:
        kept = responses.all_of(tx, request, sealer)
        chosen = require_response(kept, submission_id)
        sheet = responses.read_sheet(tx, request, chosen, sealer)
    except KeyErased:
        raise answers_erased() from None
    form = asked(document, sheet.answers, chosen.submitted_at.date())
    return ClientForm(
        id=request.id,
        state=request.state,
        sent_by=request.sent_by,
        sent_at=request.sent_at,
        due_on=request.due_on,
        document=for_client(document),
        answers=sheet.answers,
        revision=chosen.revision,
        saved_at=None,
        percent=COMPLETE,
        problems={},
        alert=request.alert_at is not None,
        submitted_at=chosen.submitted_at,
        hidden=form.hidden_in_order(),
        given=given_in(sheet),
        today=form.today,
        submission_id=chosen.id,
        submissions=_sent(kept),
    )
