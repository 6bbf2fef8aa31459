"""Where a form is used: how many wait for clients, and which services send it by themselves."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import choosable_practitioners
from gateway.web.request_context import context_of
from portal_contracts.forms.rpc.reviewing import REVIEW_TEMPLATE, ReviewTemplate
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.services import LIST_SERVICES, BookableService, ListServices


class Usage(NamedTuple):
    """Where a form is used.

    Attributes:
        waiting: how many of it wait for a client; None while that cannot be said.
        services: those that send it when they are booked, of whom the actor may look at.
    """

    waiting: int | None
    services: list[BookableService]


def usage_of(req: falcon.Request, template_id: UUID) -> Usage | None:
    """Where a form is used; None for who does not change forms."""
    backend = context_of(req).backend
    if not has_permission(backend.actor, Permission.TEMPLATES_WRITE):
        return None
    review = backend.part(REVIEW_TEMPLATE, ReviewTemplate(template_id=template_id))
    people = [one.id for one in choosable_practitioners(req, None)]
    asked = [ListServices(practitioner_id=one) for one in people] or [ListServices()]
    parts = [backend.part(LIST_SERVICES, one) for one in asked]
    listed = [part.get() for part in parts]
    found = review.get()
    return Usage(
        waiting=found.open_requests if found else None,
        services=[
            service
            for services in listed
            if services
            for service in services.items
            if template_id in service.fields.form_template_ids
        ],
    )
