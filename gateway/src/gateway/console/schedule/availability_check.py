"""What is wrong with hours, in one round: what cannot be read, and what scheduling refuses."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.console.schedule.availability_fields import (
    Hours,
    field_errors,
    parse,
    without_unreadable,
)
from gateway.web.request_context import context_of
from portal_contracts.errors import Invalid, PortalError
from portal_contracts.scheduling.rpc.availability import Availability
from portal_contracts.scheduling.rpc.stranded import LIST_STRANDED, ListStranded


def parse_checked(req: falcon.Request, hours: Hours, practitioner_id: UUID | None) -> Availability:
    """The hours for scheduling, which judges those that can all be read.

    Where some cannot, scheduling is asked what it says of the others, so that nobody mends a form
    twice; while it does not answer, that is said in the next round.

    Args:
        req: the request.
        hours: as they were typed.
        practitioner_id: whose they are; None: the actor's own.

    Raises:
        Invalid: ``invalid_fields``: all that is wrong, by the form's fields.
    """
    try:
        return parse(hours)
    except Invalid as error:
        readable = without_unreadable(hours, error.fields)
        others = _refused(req, readable, practitioner_id)
        raise Invalid(
            error.code, "Some hours are not right.", fields=others | error.fields
        ) from None


def _refused(req: falcon.Request, hours: Hours, practitioner_id: UUID | None) -> dict[str, str]:
    command = ListStranded(availability=parse(hours), practitioner_id=practitioner_id)
    try:
        context_of(req).backend.part(LIST_STRANDED, command).get_unless_refused()
    except PortalError as refused:
        return field_errors(hours, refused.fields)
    return {}
