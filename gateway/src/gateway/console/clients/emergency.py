"""An owner opens one client in an emergency, and closes it."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.client_names import name_of_client
from gateway.web import flash
from gateway.web.field_errors import told
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from portal_contracts.errors import Conflict, NotFound, PortalError, Unavailable
from portal_contracts.identity_links.rpc.accounts import LONGEST_TYPED_CODE
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD
from portal_contracts.identity_links.rpc.emergency import (
    CLOSE_EMERGENCY,
    EMERGENCY_MINUTES,
    OPEN_IN_EMERGENCY,
    CloseEmergency,
    OpenInEmergency,
)


class EmergencyPage(Resource):
    """``/console/clients/<client_id>/emergency``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """What it opens, and who is told."""
        _show(self, req, resp, client_id)

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Open it; a refusal keeps the reason."""
        context = context_of(req)
        form = context.form
        command = OpenInEmergency(
            client_id=client_id,
            reason=form.text("reason"),
            password=form.raw("password")[:LONGEST_PASSWORD] or None,
            code=form.text("code")[:LONGEST_TYPED_CODE] or None,
        )
        try:
            context.backend.ask(OPEN_IN_EMERGENCY, command)
        except Conflict:
            # All of the client is shown by now: there is nothing left to open.
            see_other(resp, f"/console/clients/{client_id}")
            return
        except PortalError as error:
            if isinstance(error, NotFound) or (
                isinstance(error, Unavailable) and error.code != "sign_in_busy"
            ):
                raise
            _show(self, req, resp, client_id, error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.EMERGENCY_OPENED)
        see_other(resp, f"/console/clients/{client_id}")


class CloseEmergencyPage(Resource):
    """``/console/clients/<client_id>/emergency/close``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Close it before its hour is over."""
        context = context_of(req)
        context.backend.ask(
            CLOSE_EMERGENCY, CloseEmergency(client_id=client_id), idempotency_key=context.form.key()
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.EMERGENCY_CLOSED)
        see_other(resp, f"/console/clients/{client_id}")


def _show(
    page: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    client_id: UUID,
    error: PortalError | None = None,
) -> None:
    context = context_of(req)
    errors: dict[str, str] = {}
    if error is not None:
        set_retry_after(resp, error)
        errors = told(error.fields, context.form, context.language) or {"password": error.code}
    page.show(
        req,
        resp,
        "console/emergency.html",
        status=status_of(error) if error else HTTPStatus.OK,
        device=practitioner_of(req),
        client_id=client_id,
        client_name=name_of_client(req, client_id),
        reason=context.form.text("reason"),
        minutes=EMERGENCY_MINUTES,
        errors=errors,
    )
