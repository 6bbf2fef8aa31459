"""A client fills in a form: open it, save answers, send it."""

from __future__ import annotations

from dataclasses import replace

from forms.domain.answers import check_answers, merged
from forms.domain.drafts import next_sheet
from forms.domain.problems import COMPLETE, percent, problems
from forms.domain.questions import for_client
from forms.domain.requests import ANSWERED, FormRequest
from forms.domain.scoring import alerts
from forms.operations.access_log import publish, record_access
from forms.operations.require_request import require_request
from forms.storage import answers, requests
from forms.storage.answers import Draft
from portal_chassis.authority.ownership import Client
from portal_chassis.call import Call
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.events import AlertRaised, FormSubmitted
from portal_contracts.forms.rpc.filling import (
    AnswersSaved,
    ClientForm,
    OpenForm,
    SaveAnswers,
    SubmitForm,
    Submitted,
)
from portal_contracts.forms.rpc.questions import Answers, FormDocument, RequestState


def open_form(
    tx: Transaction, command: OpenForm, call: Call, client: Client, sealer: Sealer
) -> ClientForm:
    """One's own form with the answers so far, or as it was sent.

    The first opening makes it started. Reading again what was sent is
    recorded as ``answers.opened``. A withdrawn form has no answers.

    Raises:
        NotFound: ``form_not_found``, also for another client's.
    """
    request = _own(tx, command, client)
    document = requests.document_of(tx, request.version_id)
    if request.state in ANSWERED:
        record_access(tx, call, request, "answers.opened")
        return _submitted_form(tx, request, document, sealer)
    if request.state is RequestState.NOT_OPENED:
        request = _start(tx, request, call)
    draft = _draft(tx, request, sealer)
    return ClientForm(
        id=request.id,
        state=request.state,
        sent_by=request.sent_by,
        sent_at=request.sent_at,
        due_on=request.due_on,
        document=for_client(document),
        answers=draft.sheet.answers,
        revision=draft.revision,
        saved_at=draft.saved_at,
        percent=draft.percent,
        problems=problems(document, draft.sheet.answers),
        alert=request.alert_at is not None,
        submitted_at=None,
    )


def save_answers(
    tx: Transaction, command: SaveAnswers, call: Call, client: Client, sealer: Sealer
) -> AnswersSaved:
    """Take some answers into the draft; a draft that does not change keeps its revision.

    The save that came last may come again, with its key, and is answered the
    same. It is recognised by the key in the sealed draft and not by
    `Database.once`, which would keep an unsealed hash of the answers: those
    to a scale are few enough to be guessed from it. Publishes AlertRaised
    when an answer asks for attention for the first time.

    Raises:
        NotFound: ``form_not_found``, also for another client's.
        Conflict: ``already_submitted``, ``withdrawn``, ``stale_revision``.
        Invalid: ``answers_invalid``, with every question and its code;
            nothing was saved.
    """
    request = _open(_own(tx, command, client))
    document = requests.document_of(tx, request.version_id)
    draft = _draft(tx, request, sealer)
    if command.revision != draft.revision and not _is_repetition(command, call, draft):
        raise Conflict("stale_revision", "The form was saved elsewhere.")
    refused = check_answers(document, command.answers)
    if refused:
        raise Invalid("answers_invalid", "Some answers do not fit.", fields=refused)
    both = merged(document, draft.sheet.answers, command.answers)
    if both == draft.sheet.answers:
        return _saved(request, draft, call)
    if command.revision != draft.revision:
        raise Conflict("stale_revision", "The form was saved elsewhere.")
    changed = Draft(
        sheet=next_sheet(
            document, draft.sheet, both, saved_by=call.idempotency_key or "", now=call.now
        ),
        revision=draft.revision + 1,
        saved_at=call.now,
        percent=percent(document, both),
    )
    answers.save_draft(tx, request, changed, sealer)
    if request.state is RequestState.NOT_OPENED:
        request = _start(tx, request, call)
    request = _raise_alert(tx, request, document, both, call)
    return _saved(request, changed, call)


def submit_form(
    tx: Transaction, command: SubmitForm, call: Call, client: Client, sealer: Sealer
) -> Submitted:
    """Send the draft; the form is locked from then on. Sending twice is sending once.

    Publishes FormSubmitted, and ``form.submitted`` for the access log.

    Raises:
        NotFound: ``form_not_found``, also for another client's.
        Conflict: ``withdrawn``, ``stale_revision``.
        Invalid: ``form_incomplete``, with every question and its problem.
    """
    request = _own(tx, command, client)
    if request.submitted_at is not None:
        return Submitted(submitted_at=request.submitted_at)
    request = _open(request)
    document = requests.document_of(tx, request.version_id)
    draft = _draft(tx, request, sealer)
    if command.revision != draft.revision:
        raise Conflict("stale_revision", "The form was saved elsewhere.")
    wrong = problems(document, draft.sheet.answers)
    if wrong:
        raise Invalid("form_incomplete", "Something is still missing.", fields=wrong)
    answers.add_response(
        tx, request, draft.sheet, revision=draft.revision, sealer=sealer, now=call.now
    )
    answers.delete_draft(tx, request.id)
    requests.change(
        tx,
        request.id,
        now=call.now,
        state=RequestState.SUBMITTED,
        opened_at=request.opened_at or call.now,
        submitted_at=call.now,
    )
    publish(
        tx,
        call,
        FormSubmitted(request_id=request.id, client_id=request.client_id, sent_by=request.sent_by),
        practice_id=request.practice_id,
        request_id=request.id,
    )
    record_access(tx, call, request, "form.submitted")
    return Submitted(submitted_at=call.now)


def _own(
    tx: Transaction, command: OpenForm | SaveAnswers | SubmitForm, client: Client
) -> FormRequest:
    """The client's own request, locked: saving, sending and withdrawing come one by one."""
    return require_request(
        requests.find(
            tx,
            command.request_id,
            practice_id=client.practice_id,
            client_id=client.id,
            lock=True,
        )
    )


def _open(request: FormRequest) -> FormRequest:
    if request.state in ANSWERED:
        raise Conflict("already_submitted", "The form was sent.")
    if request.state is RequestState.WITHDRAWN:
        raise Conflict("withdrawn", "The practice no longer asks for it.")
    return request


def _draft(tx: Transaction, request: FormRequest, sealer: Sealer) -> Draft:
    try:
        return answers.read_draft(tx, request, sealer)
    except KeyErased:
        raise _erased() from None


def _erased() -> NotFound:
    return NotFound("answers_erased", "The client was erased.")


def _start(tx: Transaction, request: FormRequest, call: Call) -> FormRequest:
    requests.change(tx, request.id, now=call.now, state=RequestState.STARTED, opened_at=call.now)
    return replace(request, state=RequestState.STARTED, opened_at=call.now)


def _is_repetition(command: SaveAnswers, call: Call, draft: Draft) -> bool:
    """Whether this save may be the one that made the draft, come again."""
    key = call.idempotency_key
    return bool(key) and key == draft.sheet.saved_by and command.revision == draft.revision - 1


def _saved(request: FormRequest, draft: Draft, call: Call) -> AnswersSaved:
    return AnswersSaved(
        revision=draft.revision,
        saved_at=draft.saved_at or call.now,
        percent=draft.percent,
        alert=request.alert_at is not None,
    )


def _raise_alert(
    tx: Transaction, request: FormRequest, document: FormDocument, given: Answers, call: Call
) -> FormRequest:
    """Tell the practice the first time an answer asks for attention; never again after that."""
    if request.alert_at is not None or not alerts(document, given):
        return request
    requests.change(tx, request.id, now=call.now, alert_at=call.now)
    publish(
        tx,
        call,
        AlertRaised(request_id=request.id, client_id=request.client_id, sent_by=request.sent_by),
        practice_id=request.practice_id,
        request_id=request.id,
    )
    return replace(request, alert_at=call.now)


def _submitted_form(
    tx: Transaction, request: FormRequest, document: FormDocument, sealer: Sealer
) -> ClientForm:
    try:
        sheet, revision = answers.read_response(tx, request, sealer)
    except KeyErased:
        raise _erased() from None
    return ClientForm(
        id=request.id,
        state=request.state,
        sent_by=request.sent_by,
        sent_at=request.sent_at,
        due_on=request.due_on,
        document=for_client(document),
        answers=sheet.answers,
        revision=revision,
        saved_at=None,
        percent=COMPLETE,
        problems={},
        alert=request.alert_at is not None,
        submitted_at=request.submitted_at,
    )
