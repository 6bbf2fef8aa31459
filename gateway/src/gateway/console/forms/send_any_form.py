"""Sending a form with the client still to be named: from Today, or from *New*."""

from __future__ import annotations

from http import HTTPStatus

import falcon

from gateway.console.clients.client_choice import ClientChoice, choose_client
from gateway.console.forms.send_form import FIELDS, send_to, sendable
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.submitted import Submitted, read_query
from portal_contracts.forms.rpc.templates import LIST_TEMPLATES, ListTemplates


class SendAnyFormPage(Resource):
    """``/console/forms/send``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Whom, which form, by when."""
        sent = read_query(req)
        self._show(req, resp, sent, choose_client(req, sent))

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Send it once it is plain to whom; else ask, and keep what was chosen.

        The Enter key sends it to nobody who was only typed, and not shown yet.

        Raises:
            NotFound: there is no such client.
        """
        form = context_of(req).form
        choice = choose_client(req, form)
        shown = choice.chosen is None or form.uuid("client_id") == choice.chosen.id
        if form.text("do") == "show" or (form.text("do") == "enter" and not shown):
            self._show(req, resp, form, choice)
        elif choice.chosen is None:
            self._show(req, resp, form, choice, errors={"client": choice.code})
        else:
            send_to(self, req, resp, choice.chosen.id)

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        sent: Submitted,
        choice: ClientChoice,
        *,
        errors: dict[str, str] | None = None,
    ) -> None:
        templates = context_of(req).backend.part(LIST_TEMPLATES, ListTemplates())
        self.show(
            req,
            resp,
            "console/send_form.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
            device=practitioner_of(req),
            client=None,
            still_open=False,
            fields=sent.values(FIELDS),
            errors=errors or {},
            choice=choice,
            templates=sendable(templates.get()),
        )
