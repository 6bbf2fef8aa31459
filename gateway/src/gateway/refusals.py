"""The gateway's own refusals, written to the access log by the route's pattern."""

from __future__ import annotations

import falcon
import structlog

from gateway.devices import resolve_client, resolve_practitioner
from gateway.visit import Visit, visit_of
from portal_contracts.actor import NOBODY, Actor
from portal_contracts.errors import PortalError
from portal_contracts.identity_links.rpc import RECORD_REFUSAL, RecordRefusal

log = structlog.get_logger(__name__)

REFUSAL_SECONDS = 1.0


def record_refusal(req: falcon.Request, reason: str) -> None:
    """Write down that this request is refused.

    That it cannot be written is logged; it lets nobody in.

    Args:
        req: the request; its route's pattern is written, never its path.
        reason: a code.
    """
    visit = visit_of(req)
    route = req.uri_template or ""
    log.info("request_refused", route=route, method=req.method, reason=reason)
    refusal = RecordRefusal(route=route, method=req.method, reason=reason, address=visit.address)
    try:
        visit.backend.ask_as(_likely_actor(visit), RECORD_REFUSAL, refusal, seconds=REFUSAL_SECONDS)
    except PortalError as error:
        log.warning("refusal_not_recorded", reason=reason, code=error.code)


def _likely_actor(visit: Visit) -> Actor:
    """Who a refused request came from, by whatever cookie came with it; else nobody."""
    if visit.backend.actor is not NOBODY:
        return visit.backend.actor
    if visit.console_secret and (console := resolve_practitioner(visit, visit.console_secret)):
        return console.actor
    if visit.client_secret and (portal := resolve_client(visit, visit.client_secret)):
        return portal.actor
    return NOBODY
