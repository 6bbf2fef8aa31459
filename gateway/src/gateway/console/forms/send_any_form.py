"""Sending a form with the client still to be named: from Today, or from *New*."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import falcon

from gateway.console.clients.named_client import clients_meant
from gateway.console.forms.send_form import FIELDS, send_to, sendable
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from portal_contracts.forms.rpc.templates import LIST_TEMPLATES, ListTemplates
from portal_contracts.identity_links.rpc.clients import LIST_CLIENTS, ClientRow, ListClients

_CLIENT: Final = "client"
_CHOSEN: Final = "client_id"
_SUGGESTED: Final = 100


class SendAnyFormPage(Resource):
    """``/console/forms/send``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Whom, which form, by when."""
        typed = read_query(req).values({_CLIENT: "", **FIELDS})
        self._show(req, resp, typed)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Send it once it is plain to whom; else ask, and keep what was chosen.

        Raises:
            NotFound: there is no such client.
        """
        form = context_of(req).form
        chosen = form.uuid(_CHOSEN)
        if chosen is not None:
            send_to(self, req, resp, chosen)
            return
        meant = clients_meant(context_of(req).backend, form.text(_CLIENT))
        if len(meant) == 1:
            send_to(self, req, resp, meant[0].id)
            return
        code = "client_missing" if not form.text(_CLIENT) else "client_unclear"
        error = code if meant or code == "client_missing" else "client_unknown"
        typed = form.values({_CLIENT: "", **FIELDS})
        self._show(req, resp, typed, meant=meant, errors={_CLIENT: error})

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        typed: dict[str, str],
        *,
        meant: list[ClientRow] | None = None,
        errors: dict[str, str] | None = None,
    ) -> None:
        backend = context_of(req).backend
        templates = backend.part(LIST_TEMPLATES, ListTemplates())
        suggested = backend.part(LIST_CLIENTS, ListClients(limit=_SUGGESTED)).get()
        self.show(
            req,
            resp,
            "console/send_any_form.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
            device=practitioner_of(req),
            fields=typed,
            errors=errors or {},
            meant=meant or [],
            suggested=suggested.items if suggested else [],
            templates=sendable(templates.get()),
        )
