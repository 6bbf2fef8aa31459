"""Sending a form to a client: which one, by when, and what is mailed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import falcon

from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.words.wall_time import read_date
from portal_contracts.errors import Conflict, Invalid, PortalError, Unavailable
from portal_contracts.forms.rpc.requests import SEND_FORM, SendForm
from portal_contracts.forms.rpc.templates import (
    LIST_TEMPLATES,
    ListTemplates,
    TemplateRow,
    Templates,
)
from portal_contracts.identity_links.rpc.clients import GET_CLIENT, GetClient

FIELDS = {"template": "", "due_on": ""}


class SendFormPage(Resource):
    """``/console/clients/<client_id>/forms/send``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Choose a form; what will be mailed to whom."""
        fields = FIELDS | {"template": read_query(req).text("template")}
        _show(self, req, resp, client_id, fields=fields)

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Send it; a refusal keeps what was chosen.

        Raises:
            NotFound: there is no such client.
        """
        send_to(self, req, resp, client_id)


def send_to(
    resource: Resource, req: falcon.Request, resp: falcon.Response, client_id: UUID
) -> None:
    """Send what the form says to this client; a refusal shows the client's own page to send.

    Raises:
        NotFound: there is no such client.
    """
    context = context_of(req)
    try:
        context.backend.ask(
            SEND_FORM, _command(client_id, context.form), idempotency_key=context.form.key()
        )
    except (Conflict, Invalid, Unavailable) as error:
        set_retry_after(resp, error)
        _show(
            resource,
            req,
            resp,
            client_id,
            fields=context.form.values(FIELDS),
            status=status_of(error),
            error=error,
        )
        return
    flash.leave(resource.wiring.jar, resp, flash.Flash.FORM_SENT)
    see_other(resp, f"/console/clients/{client_id}/forms")


def sendable(templates: Templates | None) -> list[TemplateRow] | None:
    """The templates that can be sent; None where they cannot be listed now."""
    if templates is None:
        return None
    return [row for row in templates.items if row.published and not row.archived]


def _command(client_id: UUID, form: Submitted) -> SendForm:
    """What was chosen.

    Raises:
        Invalid: ``invalid_fields``: no form was chosen, or the day is none; both at once.
    """
    errors = {}
    template_id = None
    try:
        template_id = UUID(form.text("template"))
    except ValueError:
        errors["template"] = "template_missing"
    day = form.text("due_on")
    due_on = read_date(day)
    if day and due_on is None:
        errors["due_on"] = "due_on_invalid"
    if errors or template_id is None:
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors)
    # Who was told that it still waits, and sends it nevertheless, wants it twice.
    again = form.text("again") == str(template_id)
    return SendForm(client_id=client_id, template_id=template_id, due_on=due_on, again=again)


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    client_id: UUID,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    error: PortalError | None = None,
    **values: Any,
) -> None:
    backend = context_of(req).backend
    templates_part = backend.part(LIST_TEMPLATES, ListTemplates())
    client_part = backend.part(GET_CLIENT, GetClient(client_id=client_id, with_remark=False))
    client = client_part.get_unless_refused()
    if client is None:
        # Without the client the page cannot be drawn; the general one offers to try again.
        raise error or Unavailable("service_unavailable", "The client cannot be read now.")
    templates = templates_part.get()
    still_open = error is not None and error.code == "still_open"
    resource.show(
        req,
        resp,
        "console/send_form.html",
        status=status,
        error=error.code if error and not error.fields and not still_open else None,
        still_open=still_open,
        errors=error.fields if error else {},
        device=practitioner_of(req),
        client=client,
        choice=None,
        templates=sendable(templates),
        **values,
    )
