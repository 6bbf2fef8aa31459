"""The home of a client's portal: what two services know of the client, asked side by side."""

from __future__ import annotations

from msgspec import Struct

from gateway.api.api_request import ApiRequest
from gateway.api.said_terms import with_terms
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Unavailable
from portal_contracts.forms.rpc.filling import FORMS_TO_DO, FormsToDo
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE, PortalSchedule


class PortalHome(Struct, frozen=True, kw_only=True):
    """A client's nearest appointments and sessions, what waits, and how the practice is reached."""

    practice: PracticeCard
    language: str
    timezone: str
    schedule: PortalSchedule
    forms: FormsToDo


def portal_home(request: ApiRequest, arguments: PortalOf) -> PortalHome:
    """All of it, or Unavailable."""
    context = request.context
    schedule_part = context.backend.part(PORTAL_SCHEDULE, arguments)
    forms_part = context.backend.part(FORMS_TO_DO, arguments)
    schedule, forms = schedule_part.get_unless_refused(), forms_part.get_unless_refused()
    if context.bearer is None or schedule is None or forms is None:
        raise Unavailable("service_unavailable", "A part of the home cannot be read now.")
    return PortalHome(
        practice=context.bearer.practice,
        language=context.bearer.language,
        timezone=context.bearer.timezone,
        schedule=with_terms(request, schedule),
        forms=forms,
    )
