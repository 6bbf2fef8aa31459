"""One form that was sent: how far it is, what the client answered, and what to do with it."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

import falcon

from gateway.console.client_names import name_of_client
from gateway.console.forms.score_chart import Chart, draw
from gateway.web import flash, form_answers
from gateway.web.backend import Backend
from gateway.web.flash import Flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.words.extraction import _
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import (
    GET_REQUEST,
    LIST_SCORES,
    OPEN_ANSWERS,
    REVIEW_ANSWERS,
    WITHDRAW_REQUEST,
    AnswerSheet,
    GetRequest,
    RequestRow,
    ReviewAnswers,
)
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS
from portal_contracts.permissions import Permission, has_permission

ANSWERED: Final = (RequestState.SUBMITTED, RequestState.REVIEWED)
REQUESTS_PATH: Final = "/console/forms/requests"
_PAGES_WITH_ALERTS: Final = re.compile("/console(/clients/[0-9a-f-]{36}(/[a-z]+)?)?")


WITHDRAW_TITLE: Final = _("Withdraw “%(title)s”?")
WITHDRAW_TEXT: Final = _(
    "%(name)s is no longer asked for it and can no longer open it. "
    "What was answered so far is not shown to anyone."
)
WITHDRAW_LABEL: Final = _("Withdraw form")


class RequestPage(Resource):
    """``/console/forms/requests/<request_id>``: where the practitioner's mail leads."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Its answers for who may read them, once it is sent; else how far it is.

        The service writes each opening of answers into the access log.
        """
        backend = context_of(req).backend
        get_request = GetRequest(request_id=request_id)
        row = backend.ask(GET_REQUEST, get_request)
        people = backend.part(LIST_PRACTITIONERS, Nothing())
        client_name = name_of_client(req, row.client_id)
        sheet = _sheet(backend, row)
        found = people.get()
        self.show(
            req,
            resp,
            "console/request.html",
            device=practitioner_of(req),
            request=row,
            client_name=client_name,
            people={each.id: each.name for each in found.items} if found else {},
            sheet=sheet,
            sections=_sections(sheet) if sheet else [],
            chart=_chart(backend, sheet) if sheet else None,
        )


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


class WithdrawPage(Resource):
    """``/console/forms/requests/<request_id>/withdraw``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Ask first."""
        context = context_of(req)
        row = context.backend.ask(GET_REQUEST, GetRequest(request_id=request_id))
        name = name_of_client(req, row.client_id)
        sentence = self.wiring.screens.sentence
        self.show(
            req,
            resp,
            "console/confirm.html",
            device=practitioner_of(req),
            title=sentence(context.language, WITHDRAW_TITLE) % {"title": row.title},
            text=sentence(context.language, WITHDRAW_TEXT) % {"name": name},
            button=sentence(context.language, WITHDRAW_LABEL),
            action=req.path,
            cancel=f"{REQUESTS_PATH}/{request_id}",
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Take it back; if the client was quicker, the answers are shown instead."""
        context = context_of(req)
        try:
            context.backend.ask(
                WITHDRAW_REQUEST,
                GetRequest(request_id=request_id),
                idempotency_key=context.form.key(),
            )
        except Conflict as error:
            if error.code != "already_submitted":
                raise
            flash.leave(self.wiring.jar, resp, Flash.FORM_WAS_SENT)
        else:
            flash.leave(self.wiring.jar, resp, Flash.FORM_WITHDRAWN)
        see_other(resp, f"{REQUESTS_PATH}/{request_id}")


def _sheet(backend: Backend, row: RequestRow) -> AnswerSheet | None:
    """The answers, for a role that may read them; an assistant sees how far it is, and no more."""
    if row.state not in ANSWERED or not has_permission(backend.actor, Permission.ANSWERS_READ):
        return None
    return backend.ask(OPEN_ANSWERS, GetRequest(request_id=row.id))


def _sections(sheet: AnswerSheet) -> list[form_answers.ShownSection]:
    return form_answers.shown_sections(sheet.document, sheet.answers, sheet.hidden)


def _chart(backend: Backend, sheet: AnswerSheet) -> Chart | None:
    """The scores over time, where there are at least two to compare."""
    if sheet.document.scoring is None:
        return None
    scores = backend.part(LIST_SCORES, GetRequest(request_id=sheet.row.id)).get()
    return draw(scores, sheet.row.id) if scores else None
