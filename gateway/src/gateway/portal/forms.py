"""A client's forms: the list, the start of one, and the answers that were sent."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.portal import drafts
from gateway.web import form_answers
from gateway.web.request_context import RequestContext, client_of, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Conflict
from portal_contracts.forms.rpc.filling import PORTAL_FORMS, ClientForm
from portal_contracts.forms.rpc.questions import RequestState


class FormsPage(Resource):
    """``/forms``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The forms that wait, and those that are sent."""
        forms = context_of(req).backend.part(PORTAL_FORMS, PortalOf())
        self.show(req, resp, "portal/forms.html", device=client_of(req), forms=forms.get())


class FormPage(Resource):
    """``/forms/<request_id>``: where the mail about it leads."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Where it starts or goes on; once it is sent, its answers, also those of ``submission``.

        Raises:
            NotFound: there is no such form, or it is another client's.
        """
        context = context_of(req)
        try:
            form = drafts.open_form(context, request_id, read_query(req).uuid("submission"))
        except Conflict as error:
            if error.code != "not_submitted":
                raise
            see_other(resp, f"/forms/{request_id}")
            return
        asker = drafts.sender_name(context, form.sent_by)
        if drafts.is_open(form) and form.submission_id is None:
            self.show(
                req,
                resp,
                "portal/form_start.html",
                device=client_of(req),
                form=form,
                asker=asker,
                unlocked_by=_unlocker(context, form),
                onwards=_continue_address(form.id, drafts.first_incomplete(form)),
            )
        elif form.state is RequestState.WITHDRAWN:
            self.show(req, resp, "portal/form_withdrawn.html", device=client_of(req), form=form)
        else:
            self.show(
                req,
                resp,
                "portal/form_answers.html",
                device=client_of(req),
                form=form,
                asker=asker,
                sections=form_answers.shown_sections(form.document, form.answers, form.hidden),
            )


class SentPage(Resource):
    """``/forms/<request_id>/sent``: safe to load again."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """That it has been sent, to whom, and when."""
        context = context_of(req)
        form = drafts.open_form(context, request_id)
        if form.submitted_at is None:
            see_other(resp, f"/forms/{request_id}")
            return
        asker = drafts.sender_name(context, form.sent_by)
        self.show(req, resp, "portal/form_sent.html", device=client_of(req), form=form, asker=asker)


def _unlocker(context: RequestContext, form: ClientForm) -> str | None:
    """Who has unlocked a form that was sent before; None where that is not known."""
    if form.correction is None:
        return None
    return drafts.sender_name(context, form.correction.unlocked_by)


def _continue_address(request_id: UUID, number: int | None) -> str:
    """Where *Start* and *Continue* lead."""
    return f"/forms/{request_id}/{number or 'check'}"
