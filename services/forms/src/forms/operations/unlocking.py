"""What a client has submitted is unlocked, so that she can correct it, and locked again."""

from __future__ import annotations

from forms.domain.asking import asked
from forms.domain.problems import percent
from forms.domain.requests import ANSWERED, FormRequest
from forms.domain.responses import KeptResponse, to_correct
from forms.operations.access_log import publish, record_access
from forms.operations.own_form import answers_erased
from forms.operations.require_request import require_request
from forms.storage import answers, requests, responses
from forms.storage.answers import Draft
from portal_chassis.authority.ownership import Practitioner
from portal_chassis.call import Call
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.forms.events import FormUnlocked
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.submissions import LONGEST_REASON, Unlocked, UnlockForm
from portal_contracts.text import paragraphs


def unlock_form(
    tx: Transaction, command: UnlockForm, call: Call, by: Practitioner, sealer: Sealer
) -> Unlocked:
    """Let the client correct what she sent. It stays as it was, with its review.

    She gets it as a draft, without signatures: what they stand for is about to change. The
    draft's revision is beyond the one that was sent, so that a window from then saves nothing.
    Publishes FormUnlocked, which has her mailed, and ``form.unlocked`` for the access log.

    Raises:
        Invalid: ``unlock_fields``: without a reason, or with one too long.
        NotFound: ``form_not_found``, also for another practice's; ``answers_erased``.
        Conflict: ``not_submitted``.
    """
    reason = _require_reason(command.reason)
    request = require_request(
        requests.find(tx, command.request_id, practice_id=by.practice_id, lock=True)
    )
    if request.state not in ANSWERED:
        raise Conflict("not_submitted", "The client has not sent it.")
    try:
        current = responses.all_of(tx, request, sealer)[-1]
        _reopen(tx, request, current, call, sealer)
        responses.supersede(
            tx, request, current, unlocked_by=by.id, reason=reason, sealer=sealer, now=call.now
        )
    except KeyErased:
        raise answers_erased() from None
    requests.change(
        tx,
        request.id,
        now=call.now,
        state=RequestState.STARTED,
        unlocked_at=call.now,
        # A day that is past was one for what has come by now.
        due_on=request.due_on if request.due_on and request.due_on >= call.now.date() else None,
        submitted_at=None,
        submitted_revealed=False,
        reviewed_at=None,
        reviewed_by=None,
        # Whoever reviewed the answers has seen what asks for attention in them.
        alert_reviewed_at=request.alert_reviewed_at or request.reviewed_at,
    )
    publish(
        tx,
        call,
        FormUnlocked(request_id=request.id, client_id=request.client_id),
        practice_id=request.practice_id,
        request_id=request.id,
    )
    record_access(tx, call, request, "form.unlocked")
    return Unlocked(request_id=request.id, state=RequestState.STARTED)


def lock_again(tx: Transaction, request: FormRequest, call: Call, sealer: Sealer) -> RequestState:
    """Take an unlocking back: what was sent stands again, the correction is deleted.

    ``form.locked`` is recorded.

    Raises:
        NotFound: ``answers_erased``.
    """
    try:
        former = responses.all_of(tx, request, sealer)[-1]
    except KeyErased:
        raise answers_erased() from None
    responses.restore(tx, former)
    answers.delete_draft(tx, request.id)
    state = RequestState.REVIEWED if former.reviewed_at else RequestState.SUBMITTED
    requests.change(
        tx,
        request.id,
        now=call.now,
        state=state,
        unlocked_at=None,
        submitted_at=former.submitted_at,
        submitted_revealed=former.revealed,
        reviewed_at=former.reviewed_at,
        reviewed_by=former.reviewed_by,
    )
    record_access(tx, call, request, "form.locked")
    return state


def _reopen(
    tx: Transaction, request: FormRequest, current: KeptResponse, call: Call, sealer: Sealer
) -> None:
    document = requests.document_of(tx, request.version_id)
    sheet = to_correct(document, responses.read_sheet(tx, request, current, sealer))
    draft = Draft(
        sheet=sheet,
        revision=current.revision + 1,
        saved_at=call.now,
        percent=percent(asked(document, sheet.answers, call.now.date())),
    )
    answers.save_draft(tx, request, draft, sealer)


def _require_reason(text: str) -> str:
    reason = paragraphs(text)
    code = None
    if not reason:
        code = "correction_missing"
    elif len(reason) > LONGEST_REASON:
        code = "correction_too_long"
    if code:
        raise Invalid("unlock_fields", "The reason is not right.", fields={"reason": code})
    return reason
