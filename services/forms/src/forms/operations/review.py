"""What was sent, and what came back, in the practitioner's hands."""

from __future__ import annotations

from uuid import UUID

from forms.domain.asking import Asked, asked
from forms.domain.drafts import given_in
from forms.domain.items import scorings_of
from forms.domain.requests import ANSWERED, FormRequest, sent_on
from forms.domain.scoring import alerts, same_scale, score, score_by, subscales
from forms.messages import request_to_wire
from forms.operations.access_log import record_access
from forms.operations.require_request import require_request
from forms.storage import answers, requests
from portal_chassis.authority.ownership import Practitioner, require_practitioner
from portal_chassis.authority.seen import Seen, Sight
from portal_chassis.call import Call
from portal_chassis.database.cursors import TimeCursor, decode_time_cursor
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.forms.rpc.questions import RequestState, Scoring
from portal_contracts.forms.rpc.requests import (
    AnswerSheet,
    CountOpenForms,
    GetRequest,
    ListRequests,
    OpenForms,
    RequestChanged,
    RequestPage,
    RequestRow,
    ReviewAnswers,
    ScorePoint,
    Scores,
    ScoreSeries,
)
from portal_contracts.permissions import Permission

MOST_SCORES = 200
"""So many of the latest scores are drawn; a weekly scale fills that in four years."""


def list_requests(tx: Transaction, command: ListRequests, seen: Seen) -> RequestPage:
    """A page of the forms that the practice has sent, the latest first; to seen clients alone.

    Whether an answer asks for attention is told of those whose answers are shown.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``cursor_invalid``.
    """
    by = require_practitioner(seen.actor, Permission.FORMS_READ)
    of_answers = command.alert_open or command.answers_shown
    about = Permission.ANSWERS_READ if of_answers else Permission.FORMS_READ
    which = requests.RequestFilter(
        practice_id=by.practice_id,
        client_id=command.client_id,
        template_id=command.template_id,
        state=command.state,
        alert_open=command.alert_open,
        shown=lambda client_id: seen.condition(client_id, about),
    )
    rows = requests.listed(
        tx, which, after=decode_time_cursor(command.cursor), limit=command.limit + 1
    )
    shown = rows[: command.limit]
    more = len(rows) > command.limit
    return RequestPage(
        items=[
            request_to_wire(one, clinical=seen.shows(one.client_id, Permission.ANSWERS_READ))
            for one in shown
        ],
        next_cursor=TimeCursor(shown[-1].sent_at, shown[-1].id).encode() if more else None,
    )


def count_open_forms(tx: Transaction, command: CountOpenForms, seen: Seen) -> OpenForms:
    """How many forms wait for each of some clients of the practice; hidden ones are absent.

    Raises:
        Forbidden: ``not_allowed``.
    """
    by = require_practitioner(seen.actor, Permission.FORMS_READ)
    shown = [one for one in command.client_ids if seen.shows(one, Permission.FORMS_READ)]
    found = requests.count_open(tx, shown, by.practice_id)
    return OpenForms(counts={str(client_id): count for client_id, count in found.items()})


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
    tx: Transaction, command: GetRequest, call: Call, by: Practitioner, sealer: Sealer
) -> AnswerSheet:
    """What a client submitted, with its score and alerts; ``answers.opened`` is recorded.

    Raises:
        NotFound: ``form_not_found``, also for another practice's;
            ``answers_erased``: nothing of the client is left to open.
        Conflict: ``not_submitted``.
    """
    request = _submitted(_own(tx, command, by))
    document = requests.document_of(tx, request.version_id)
    try:
        sheet, _revision = answers.read_response(tx, request, sealer)
    except KeyErased:
        raise NotFound("answers_erased", "The client was erased.") from None
    record_access(tx, call, request, "answers.opened")
    form = asked(document, sheet.answers, sent_on(request))
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
    maximum. Forms without a complete score are left out.

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


def _points_of(forms: list[tuple[FormRequest, Asked]], scoring: Scoring) -> list[ScorePoint]:
    """A score over time, of the forms that have it the same and complete."""
    points = []
    for request, form in forms:
        its = next(
            (one for one in scorings_of(form.document).values() if same_scale(one, scoring)), None
        )
        reached = score_by(form, its)
        if reached is None or request.submitted_at is None:
            continue
        points.append(
            ScorePoint(
                request_id=request.id,
                submitted_at=request.submitted_at,
                total=reached.total,
                band=reached.band,
            )
        )
    return sorted(points, key=lambda point: (point.submitted_at, point.request_id))


def _scored_forms(
    tx: Transaction, request: FormRequest, sealer: Sealer
) -> list[tuple[FormRequest, Asked]]:
    """This client's forms of the same template, each as it was asked when it was sent."""
    forms = []
    for one in _answered(tx, request):
        try:
            sheet, _revision = answers.read_response(tx, one, sealer)
        except KeyErased:
            continue
        document = requests.document_of(tx, one.version_id)
        forms.append((one, asked(document, sheet.answers, sent_on(one))))
    return forms


def _answered(tx: Transaction, request: FormRequest) -> list[FormRequest]:
    which = requests.RequestFilter(
        practice_id=request.practice_id,
        client_id=request.client_id,
        template_id=request.template_id,
    )
    rows = requests.listed(tx, which, limit=MOST_SCORES)
    return [one for one in rows if one.state in ANSWERED]


def _own(
    tx: Transaction, command: GetRequest | ReviewAnswers, by: Practitioner, *, lock: bool = False
) -> FormRequest:
    return require_request(
        requests.find(tx, command.request_id, practice_id=by.practice_id, lock=lock)
    )


def _submitted(request: FormRequest) -> FormRequest:
    if request.state not in ANSWERED:
        raise Conflict("not_submitted", "The client has not sent it.")
    return request
