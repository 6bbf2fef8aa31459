"""What was sent, and what came back, in the practitioner's hands."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from forms.domain.asking import Asked, asked
from forms.domain.drafts import given_in
from forms.domain.items import scorings_of
from forms.domain.requests import ANSWERED, FormRequest
from forms.domain.scoring import alerts, same_scale, score, score_by, subscales
from forms.messages import request_to_wire, submissions_to_wire
from forms.operations.access_log import record_access
from forms.operations.require_request import require_request, require_response
from forms.storage import request_lists, requests, responses
from portal_chassis.authority.ownership import Practitioner, require_practitioner
from portal_chassis.authority.seen import Sight
from portal_chassis.call import Call
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.forms.rpc.questions import RequestState, Scoring
from portal_contracts.forms.rpc.requests import (
    AnswerSheet,
    GetRequest,
    OpenAnswers,
    RequestChanged,
    RequestRow,
    ReviewAnswers,
    ScorePoint,
    Scores,
    ScoreSeries,
)
from portal_contracts.permissions import Permission

MOST_SCORES = 200
"""So many of the latest scores are drawn; a weekly scale fills that in four years."""


class _SentForm(NamedTuple):
    request_id: UUID
    submitted_at: datetime
    form: Asked


def client_of_request(
    tx: Transaction, request_id: UUID, actor: Actor, permission: Permission
) -> UUID | None:
    """Whose form a practitioner's call is about; None for one that is not the practice's.

    Raises:
        Forbidden: ``not_allowed``.
    """
    by = require_practitioner(actor, permission)
    found = requests.find(tx, request_id, practice_id=by.practice_id)
    return None if found is None else found.client_id


def get_request(tx: Transaction, command: GetRequest, actor: Actor, sight: Sight) -> RequestRow:
    """One form that was sent.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``form_not_found``, also for another practice's.
    """
    by = require_practitioner(actor, Permission.FORMS_READ)
    return request_to_wire(_own(tx, command, by), clinical=sight.clinical)


def open_answers(
    tx: Transaction, command: OpenAnswers, call: Call, by: Practitioner, sealer: Sealer
) -> AnswerSheet:
    """What a client submitted last, or once, with its score and alerts as it was then.

    That she may correct it hides nothing of it. ``answers.opened`` is recorded.

    Raises:
        NotFound: ``form_not_found``, also for another practice's, and for a submission of
            another form; ``answers_erased``: nothing of the client is left to open.
        Conflict: ``not_submitted``.
    """
    request = _own(tx, command, by)
    document = requests.document_of(tx, request.version_id)
    try:
        kept = responses.all_of(tx, request, sealer)
        chosen = require_response(kept, command.submission_id)
        sheet = responses.read_sheet(tx, request, chosen, sealer)
    except KeyErased:
        raise NotFound("answers_erased", "The client was erased.") from None
    record_access(tx, call, request, "answers.opened")
    form = asked(document, sheet.answers, chosen.submitted_at.date())
    return AnswerSheet(
        row=request_to_wire(request),
        document=document,
        answers=sheet.answers,
        score=score(form),
        alerts=alerts(form),
        reviewed_by=request.reviewed_by,
        subscales=subscales(form),
        hidden=form.hidden_in_order(),
        given=given_in(sheet),
        submission_id=chosen.id,
        submissions=submissions_to_wire(kept, request),
    )


def review_answers(
    tx: Transaction, command: ReviewAnswers, call: Call, by: Practitioner
) -> RequestChanged:
    """Mark a submitted form as read, or the alert of one that is not sent back.

    The first who did stays named. ``answers.reviewed`` or ``alert.reviewed`` is recorded.

    Raises:
        NotFound: ``form_not_found``, also for another practice's.
        Conflict: ``not_submitted``; ``already_submitted``: of the alert, when the answers came
            meanwhile; ``no_alert``: nothing asks for attention.
    """
    request = _own(tx, command, by, lock=True)
    if command.alert_only:
        return _review_alert(tx, request, call)
    _submitted(request)
    if request.state is not RequestState.REVIEWED:
        requests.change(
            tx,
            request.id,
            now=call.now,
            state=RequestState.REVIEWED,
            reviewed_at=call.now,
            reviewed_by=by.id,
        )
        record_access(tx, call, request, "answers.reviewed")
    return RequestChanged(request_id=request.id, state=RequestState.REVIEWED)


def _review_alert(tx: Transaction, request: FormRequest, call: Call) -> RequestChanged:
    if request.state in ANSWERED:
        raise Conflict("already_submitted", "The client has sent it: its answers can be read.")
    if request.alert_at is None:
        raise Conflict("no_alert", "No answer asks for attention.")
    if request.alert_open:
        requests.change(tx, request.id, now=call.now, alert_reviewed_at=call.now)
        record_access(tx, call, request, "alert.reviewed")
    return RequestChanged(request_id=request.id, state=request.state)


def list_scores(
    tx: Transaction, command: GetRequest, call: Call, by: Practitioner, sealer: Sealer
) -> Scores:
    """The client's scores in this template over time; ``scores.opened`` is recorded.

    Of other versions only those that score the same questions up to the same
    maximum. Forms without a complete score are left out. What may be corrected counts as it was
    sent last, until it is sent again.

    Raises:
        NotFound: ``form_not_found``, also for another practice's.
    """
    request = _own(tx, command, by)
    document = requests.document_of(tx, request.version_id)
    record_access(tx, call, request, "scores.opened")
    scorings = scorings_of(document).values()
    forms = _scored_forms(tx, request, sealer) if scorings else []
    series = [
        ScoreSeries(id=one.id, title=one.title, maximum=one.maximum, items=_points_of(forms, one))
        for one in scorings
    ]
    own = series.pop(0) if document.scoring else None
    return Scores(
        maximum=own.maximum if own else 0, items=own.items if own else [], subscales=series
    )


def _points_of(forms: list[_SentForm], scoring: Scoring) -> list[ScorePoint]:
    """A score over time, of the forms that have it the same and complete."""
    points = []
    for request_id, submitted_at, form in forms:
        its = next(
            (one for one in scorings_of(form.document).values() if same_scale(one, scoring)), None
        )
        reached = score_by(form, its)
        if reached is None:
            continue
        points.append(
            ScorePoint(
                request_id=request_id,
                submitted_at=submitted_at,
                total=reached.total,
                band=reached.band,
            )
        )
    return sorted(points, key=lambda point: (point.submitted_at, point.request_id))


def _scored_forms(tx: Transaction, request: FormRequest, sealer: Sealer) -> list[_SentForm]:
    """This client's forms of the same template, each as it was asked when it was sent last."""
    forms = []
    for one in _answered(tx, request):
        try:
            latest = responses.read_latest(tx, one, sealer)
        except KeyErased:
            continue
        if latest is None:
            continue
        sheet, submitted_at = latest
        document = requests.document_of(tx, one.version_id)
        form = asked(document, sheet.answers, submitted_at.date())
        forms.append(_SentForm(one.id, submitted_at, form))
    return forms


def _answered(tx: Transaction, request: FormRequest) -> list[FormRequest]:
    which = request_lists.RequestFilter(
        practice_id=request.practice_id,
        client_id=request.client_id,
        template_id=request.template_id,
    )
    rows = request_lists.listed(tx, which, limit=MOST_SCORES)
    return [one for one in rows if one.state in ANSWERED or one.unlocked_at is not None]


def _own(
    tx: Transaction,
    command: GetRequest | OpenAnswers | ReviewAnswers,
    by: Practitioner,
    *,
    lock: bool = False,
) -> FormRequest:
    return require_request(
        requests.find(tx, command.request_id, practice_id=by.practice_id, lock=lock)
    )


def _submitted(request: FormRequest) -> FormRequest:
    if request.state not in ANSWERED:
        raise Conflict("not_submitted", "The client has not sent it.")
    return request
