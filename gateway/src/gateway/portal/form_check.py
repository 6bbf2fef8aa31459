"""The last step of a form: check all answers, and send them."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.portal import drafts
from gateway.web import form_answers
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from portal_contracts.errors import Conflict, Invalid, Unavailable
from portal_contracts.forms.rpc.filling import SUBMIT_FORM, ClientForm, SubmitForm


class CheckPage(Resource):
    """``/forms/<request_id>/check``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """All answers, each with a way to change it; what is still missing."""
        form = drafts.open_form(context_of(req), request_id)
        if drafts.is_open(form):
            _show(self, req, resp, form)
        else:
            see_other(resp, f"/forms/{request_id}")

    def on_post(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Send it. Sending twice is sending once.

        Raises:
            Unavailable: not even the page can be drawn; the general one offers to send again.
        """
        context = context_of(req)
        command = SubmitForm(request_id=request_id, revision=context.form.number("revision") or 0)
        try:
            context.backend.ask(SUBMIT_FORM, command, idempotency_key=context.form.key())
        except (Conflict, Invalid, Unavailable) as error:
            form = drafts.open_form(context, request_id)
            if not drafts.is_open(form):
                see_other(resp, f"/forms/{request_id}/sent")
                return
            set_retry_after(resp, error)
            # What is missing is listed by name; only what is not about answers needs words here.
            code = None if form.problems and isinstance(error, Invalid) else error.code
            _show(self, req, resp, form, status=status_of(error), error=code)
            return
        see_other(resp, f"/forms/{request_id}/sent")


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    form: ClientForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    error: str | None = None,
) -> None:
    sections = form_answers.shown_sections(form.document, form.answers, form.hidden)
    problems = {
        name: code
        for each in sections
        for name, code in form_answers.field_errors(each.section, form.problems).items()
    }
    refused = status is HTTPStatus.UNPROCESSABLE_ENTITY and error is None
    resource.show(
        req,
        resp,
        "portal/form_check.html",
        status=status,
        error=error,
        device=client_of(req),
        form=form,
        sections=sections,
        steps=len(sections) + 1,
        problems=problems,
        errors=problems if refused else {},
        asker=drafts.sender_name(context_of(req), form.sent_by),
    )
