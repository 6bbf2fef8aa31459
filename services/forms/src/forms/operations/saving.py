"""A client's answers are saved, some of them or a section as it was typed."""

from __future__ import annotations

from dataclasses import replace

from forms.domain.answers import TypedAnswers, check_answers, merged, read_section
from forms.domain.asking import Asked, asked
from forms.domain.drafts import is_overtaken, next_sheet
from forms.domain.problems import percent
from forms.domain.questions import require_section
from forms.domain.requests import FormRequest
from forms.domain.scoring import alerts
from forms.messages import section_to_wire
from forms.operations.access_log import publish
from forms.operations.own_form import open_draft, own_form, require_open, stale_revision, start
from forms.storage import answers, requests
from forms.storage.answers import Draft
from forms.storage.own_forms import OwnForm
from portal_chassis.authority.ownership import Client
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Invalid
from portal_contracts.forms.events import AlertRaised
from portal_contracts.forms.rpc.filling import AnswersSaved, SaveAnswers, SaveSection, SectionSaved
from portal_contracts.forms.rpc.questions import Answers, RequestState


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
    own = own_form(tx, command.request_id, client)
    request = require_open(own.request)
    document = requests.document_of(tx, request.version_id)
    draft = open_draft(own, sealer)
    if command.revision != draft.revision and not _is_repetition(command, call, draft):
        raise stale_revision()
    refused = check_answers(document, command.answers)
    if refused:
        raise Invalid("answers_invalid", "Some answers do not fit.", fields=refused)
    both = merged(document, draft.sheet.answers, command.answers)
    form = asked(document, both, call.now.date())
    if both == draft.sheet.answers:
        return _saved(request, draft, call)
    if command.revision != draft.revision:
        raise stale_revision()
    request, changed = _save(tx, own, form, draft, both, call, sealer)
    return _saved(request, changed, call)


def save_section(
    tx: Transaction, command: SaveSection, call: Call, client: Client, sealer: Sealer
) -> SectionSaved:
    """Take what was typed into a section's page into the draft; what is no answer stays out.

    Another window that saved another section is no conflict, nor one that
    saved the same answers, so a repetition needs no key; with `keep` it saves over what came
    in between. Publishes as `save_answers` does.

    Raises:
        NotFound: ``form_not_found``, also for another client's; ``not_found``: no such section.
        Conflict: ``already_submitted``, ``withdrawn``; ``stale_revision``: another window has
            saved this section otherwise, and it is not to be saved over.
    """
    own = own_form(tx, command.request_id, client)
    request = require_open(own.request)
    document = requests.document_of(tx, request.version_id)
    section = require_section(document, command.number)
    draft = open_draft(own, sealer)
    own_page = section.id == command.section
    typed = read_section(document, section, command.typed) if own_page else TypedAnswers({}, {})
    both = merged(document, draft.sheet.answers, typed.answers)
    if not command.keep and is_overtaken(
        section, draft.sheet, both, read_at=command.revision, revision=draft.revision
    ):
        raise stale_revision()
    form = asked(document, both, call.now.date())
    if both != draft.sheet.answers:
        request, draft = _save(tx, own, form, draft, both, call, sealer)
    return section_to_wire(
        form,
        command.number,
        refused=typed.refused,
        revision=draft.revision,
        saved_at=draft.saved_at or call.now,
        alert=request.alert_at is not None,
    )


def _is_repetition(command: SaveAnswers, call: Call, draft: Draft) -> bool:
    """Whether this save may be the one that made the draft, come again."""
    key = call.idempotency_key
    return bool(key) and key == draft.sheet.saved_by and command.revision == draft.revision - 1


def _save(
    tx: Transaction,
    own: OwnForm,
    form: Asked,
    draft: Draft,
    both: Answers,
    call: Call,
    sealer: Sealer,
) -> tuple[FormRequest, Draft]:
    """Store the draft that follows `draft`; the first one starts the request."""
    changed = Draft(
        sheet=next_sheet(
            form.document,
            draft.sheet,
            both,
            revision=draft.revision,
            saved_by=call.idempotency_key or "",
            now=call.now,
        ),
        revision=draft.revision + 1,
        saved_at=call.now,
        percent=percent(form),
    )
    request = own.request
    answers.save_draft(tx, request, changed, sealer, wrapped=own.wrapped)
    if request.state is RequestState.NOT_OPENED:
        request = start(tx, request, call)
    return _raise_alert(tx, request, form, call), changed


def _saved(request: FormRequest, draft: Draft, call: Call) -> AnswersSaved:
    return AnswersSaved(
        revision=draft.revision,
        saved_at=draft.saved_at or call.now,
        percent=draft.percent,
        alert=request.alert_at is not None,
    )


def _raise_alert(tx: Transaction, request: FormRequest, form: Asked, call: Call) -> FormRequest:
    """Tell the practice the first time an answer asks for attention; never again after that."""
    if request.alert_at is not None or not alerts(form):
        return request
    requests.change(tx, request.id, now=call.now, alert_at=call.now)
    publish(
        tx,
        call,
        AlertRaised(
            request_id=request.id,
            client_id=request.client_id,
            sent_by=request.looked_after_by,
        ),
        practice_id=request.practice_id,
        request_id=request.id,
    )
    return replace(request, alert_at=call.now)
