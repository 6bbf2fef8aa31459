"""The form of a service: what it is shown with, and what its rules amount to."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.first_steps import guide_of
from gateway.console.schedule import service_fields
from gateway.console.schedule.service_presets import PRESETS
from gateway.console.schedule.stranded import STRANDS
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted
from portal_contracts.errors import Invalid, PortalError
from portal_contracts.forms.rpc.templates import LIST_TEMPLATES, ListTemplates
from portal_contracts.identity_links.rpc.clients import LIST_CLIENTS, ListClients
from portal_contracts.scheduling.rpc.services import (
    SERVICE_RANGES,
    BookableService,
    ServiceColour,
    ServiceFields,
)

MOST_CLIENTS = 100


class ServiceRulesPage(Resource):
    """``/console/services/rules``: what the rules of a form amount to, while it is filled in."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The sentence alone; nothing is saved."""
        rules = _rules(context_of(req).form)
        self.show(req, resp, "console/service_form.html", block="rules", rules=rules)


def show_again(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    error: PortalError,
    **values: Any,
) -> None:
    """The form with everything that was typed, and what is wrong with it."""
    set_retry_after(resp, error)
    # A place within a field, like ``chosen_client_ids.2``, is the field's.
    errors = {service_fields.field_of(name): code for name, code in error.fields.items()}
    if errors.get("title") == "required":
        errors["title"] = "name_missing"
    show_form(
        resource,
        req,
        resp,
        fields=service_fields.typed(context_of(req).form),
        status=status_of(error),
        error=None if errors or error.code == STRANDS else error.code,
        errors=errors,
        rules=_rules(context_of(req).form),
        **values,
    )


def show_form(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    *,
    fields: dict[str, str],
    service: BookableService | None = None,
    version: int | None = None,
    **values: Any,
) -> None:
    """The form with these entries; `values` are what else the template takes."""
    chosen = fields[service_fields.CHOSEN_CLIENTS].split()
    errors = values.get("errors", {})
    resource.show(
        req,
        resp,
        "console/service_form.html",
        **(
            {"status": HTTPStatus.OK, "error": None, "errors": {}, "person": None, "preset": ""}
            | {"stranded": None, "rules": _rules(Submitted(list(fields.items())))}
            | values
            | {
                "device": practitioner_of(req),
                "fields": fields,
                "service": service,
                "version": version,
                "order": service_fields.ORDER,
                "week": service_fields.WEEK,
                "colours": tuple(ServiceColour),
                "presets": PRESETS,
                "unfolded": service_fields.has_rules(fields)
                or not errors.keys() <= service_fields.ALWAYS_SHOWN,
                "units": service_fields.UNITS,
                "least_increment": SERVICE_RANGES["increment_minutes"][0],
                "chosen": chosen,
                "guide": guide_of(req, "service"),
                "templates": _template_options(req, fields[service_fields.FORMS_BEFORE].split()),
                "clients": _client_options(req, chosen),
            }
        ),
    )


def _rules(form: Submitted) -> ServiceFields | None:
    """What the sentence about the rules is made of; None while something cannot be read."""
    try:
        return service_fields.parse(form)
    except Invalid:
        return None


def _template_options(req: falcon.Request, chosen: list[str]) -> list[tuple[str, str]] | None:
    """Ids and titles of what can be sent, and of what is chosen; None when they cannot be had."""
    listed = context_of(req).backend.part(LIST_TEMPLATES, ListTemplates()).get()
    if listed is None:
        return None
    return [
        (str(one.id), one.title)
        for one in listed.items
        if one.published is not None or str(one.id) in chosen
    ]


def _client_options(req: falcon.Request, chosen: list[str]) -> list[tuple[str, str]] | None:
    """Ids and names to choose from, the chosen ones first; None when they cannot be had."""
    backend = context_of(req).backend
    listed = backend.part(LIST_CLIENTS, ListClients(limit=MOST_CLIENTS)).get()
    if listed is None:
        return None
    known = {str(client.id): client.name for client in listed.items}
    not_listed = [UUID(each) for each in chosen if each not in known and _is_id(each)]
    known |= names_of_clients(backend, not_listed)
    first = [(each, known[each]) for each in chosen if each in known]
    return first + [(each, name) for each, name in known.items() if each not in chosen]


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
