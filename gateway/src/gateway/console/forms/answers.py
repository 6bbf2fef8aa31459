"""One form that was sent: how far it is, what the client answered, and what to do with it."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

import falcon

from gateway.console.client_names import name_of_client
from gateway.console.forms.shown_scores import shown_scores
from gateway.web import flash, form_answers
from gateway.web.backend import Backend
from gateway.web.flash import Flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import (
    GET_REQUEST,
    OPEN_ANSWERS,
    REVIEW_ANSWERS,
    AnswerSheet,
    GetRequest,
    OpenAnswers,
    RequestRow,
    ReviewAnswers,
)
from portal_contracts.forms.rpc.submissions import Submission
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS
from portal_contracts.permissions import Permission, has_permission

ANSWERED: Final = (RequestState.SUBMITTED, RequestState.REVIEWED)
REQUESTS_PATH: Final = "/console/forms/requests"
_PAGES_WITH_ALERTS: Final = re.compile("/console(/clients/[0-9a-f-]{36}(/[a-z]+)?)?")


class RequestPage(Resource):
    """``/console/forms/requests/<request_id>``: where the practitioner's mail leads."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Its answers for who may read them, once it is sent; else how far it is.

        With ``submission`` an earlier one of several. The service writes each opening of answers
        into the access log.
        """
        show_request(self, req, resp, request_id, submission_id=_read_submission(req))


class ReviewPage(Resource):
    """``/console/forms/requests/<request_id>/review``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Mark the answers as reviewed, or the alert of a form that is not sent back.

        If the client sent it meanwhile, the answers are shown instead.
        """
        context, here = context_of(req), f"{REQUESTS_PATH}/{request_id}"
        alert_only = bool(context.form.text("alert_only"))
        back = context.form.text("back")
        command = ReviewAnswers(request_id=request_id, alert_only=alert_only)
        try:
            context.backend.ask(REVIEW_ANSWERS, command, idempotency_key=context.form.key())
        except Conflict as error:
            if error.code != "already_submitted":
                raise
            flash.leave(self.wiring.jar, resp, Flash.ANSWERS_CAME)
            see_other(resp, here)
            return
        said = Flash.ALERT_REVIEWED if alert_only else Flash.FORM_REVIEWED
        flash.leave(self.wiring.jar, resp, said)
        see_other(resp, back if _PAGES_WITH_ALERTS.fullmatch(back) else here)


def show_request(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    request_id: UUID,
    *,
    submission_id: UUID | None = None,
    **values: Any,
) -> None:
    """The page of one form that was sent; `values` are of a form on it that was refused."""
    backend = context_of(req).backend
    row = backend.ask(GET_REQUEST, GetRequest(request_id=request_id))
    people = backend.part(LIST_PRACTITIONERS, Nothing())
    client_name = name_of_client(req, row.client_id)
    sheet = _sheet(backend, row, submission_id)
    found = people.get()
    resource.show(
        req,
        resp,
        "console/request.html",
        device=practitioner_of(req),
        request=row,
        client_name=client_name,
        people={each.id: each.name for each in found.items} if found else {},
        sheet=sheet,
        submission=_opened(sheet),
        sections=_sections(sheet) if sheet else [],
        scores=shown_scores(backend, sheet) if sheet else [],
        **values,
    )


def _read_submission(req: falcon.Request) -> UUID | None:
    """Which submission is asked for.

    Raises:
        NotFound: ``form_not_found``: the address was changed by hand.
    """
    text = read_query(req).text("submission")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound("form_not_found", "There is no such submission.") from None


def _sheet(backend: Backend, row: RequestRow, submission_id: UUID | None) -> AnswerSheet | None:
    """The answers, for a role that may read them; an assistant sees how far it is, and no more."""
    came = row.state in ANSWERED or row.unlocked_at is not None
    if not came or not has_permission(backend.actor, Permission.ANSWERS_READ):
        return None
    return backend.ask(OPEN_ANSWERS, OpenAnswers(request_id=row.id, submission_id=submission_id))


def _opened(sheet: AnswerSheet | None) -> Submission | None:
    """The submission whose answers are shown."""
    submissions = sheet.submissions if sheet else []
    return next((one for one in submissions if sheet and one.id == sheet.submission_id), None)


def _sections(sheet: AnswerSheet) -> list[form_answers.ShownSection]:
    return form_answers.shown_sections(sheet.document, sheet.answers, sheet.hidden)
