"""Who sees a client: shared with colleagues, withdrawn, handed over."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import falcon

from gateway.console.client_names import name_of_client
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from portal_contracts.actor import Role
from portal_contracts.calls import Method, Nothing
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS
from portal_contracts.identity_links.rpc.caseload import (
    GET_CASELOAD,
    HAND_OVER_CLIENT,
    SHARE_CLIENT,
    WITHDRAW_CLIENT,
    CaseloadKind,
    GetCaseload,
    HandOverClient,
    ShareClient,
    WithdrawClient,
)


class CaseloadPage(Resource):
    """``/console/clients/<client_id>/caseload``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Who sees the client, and what can be changed of it."""
        _show(self, req, resp, client_id)


class ShareClientPage(Resource):
    """``/console/clients/<client_id>/caseload/share``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Show the client to the chosen colleague too."""
        colleague = context_of(req).form.uuid("share_with")
        if colleague is None:
            _show(self, req, resp, client_id, errors={"share_with": "missing"})
            return
        command = ShareClient(client_id=client_id, practitioner_id=colleague)
        _change(req, SHARE_CLIENT, command)
        flash.leave(self.wiring.jar, resp, flash.Flash.CASELOAD_SHARED)
        see_other(resp, f"/console/clients/{client_id}/caseload")


class WithdrawClientPage(Resource):
    """``/console/clients/<client_id>/caseload/<practitioner_id>/withdraw``."""

    def on_post(
        self, req: falcon.Request, resp: falcon.Response, client_id: UUID, practitioner_id: UUID
    ) -> None:
        """Show the client to a colleague no more, or to oneself."""
        command = WithdrawClient(client_id=client_id, practitioner_id=practitioner_id)
        _change(req, WITHDRAW_CLIENT, command)
        flash.leave(self.wiring.jar, resp, flash.Flash.CASELOAD_WITHDRAWN)
        see_other(resp, _where_then(req, client_id))


class HandOverClientPage(Resource):
    """``/console/clients/<client_id>/caseload/hand-over``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Make the chosen colleague the main practitioner."""
        form = context_of(req).form
        colleague = form.uuid("hand_over_to")
        if colleague is None:
            _show(self, req, resp, client_id, errors={"hand_over_to": "missing"})
            return
        command = HandOverClient(
            client_id=client_id, practitioner_id=colleague, keep_shared="keep_shared" in form
        )
        _change(req, HAND_OVER_CLIENT, command)
        flash.leave(self.wiring.jar, resp, flash.Flash.CASELOAD_HANDED_OVER)
        see_other(resp, _where_then(req, client_id))


def _change(req: falcon.Request, method: Method[Any, Any], command: Any) -> None:
    context = context_of(req)
    context.backend.ask(method, command, idempotency_key=context.form.key())


def _where_then(req: falcon.Request, client_id: UUID) -> str:
    """The same page, or the list of clients for whoever sees this one no more."""
    try:
        name_of_client(req, client_id)
    except NotFound:
        return "/console/clients"
    return f"/console/clients/{client_id}/caseload"


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    client_id: UUID,
    errors: dict[str, str] | None = None,
) -> None:
    backend = context_of(req).backend
    people = backend.part(LIST_PRACTITIONERS, Nothing())
    caseload = backend.ask(GET_CASELOAD, GetCaseload(client_id=client_id))
    listed = people.get()
    able = [one for one in listed.items if one.role is not Role.ASSISTANT] if listed else []
    seeing = {one.practitioner_id for one in caseload.items}
    main = {one.practitioner_id for one in caseload.items if one.kind is CaseloadKind.OWN}
    resource.show(
        req,
        resp,
        "console/caseload.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        device=practitioner_of(req),
        client_id=client_id,
        client_name=name_of_client(req, client_id),
        caseload=caseload,
        to_share=[one for one in able if one.id not in seeing],
        to_hand_over=[one for one in able if one.id not in main],
        errors=errors or {},
    )
