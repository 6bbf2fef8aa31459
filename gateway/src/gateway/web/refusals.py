"""The gateway's own refusals, written to the access log by the route's pattern."""

from __future__ import annotations

import falcon
import structlog

from gateway.web.devices import resolve_client_device, resolve_console_device
from gateway.web.request_context import RequestContext, context_of
from portal_contracts.actor import NOBODY, Actor
from portal_contracts.errors import PortalError
from portal_contracts.identity_links.rpc.access import RECORD_REFUSAL, RecordRefusal

log = structlog.get_logger(__name__)

REFUSAL_SECONDS = 1.0


def record_refusal(req: falcon.Request, reason: str) -> None:
    """Write down that this request is refused.

    That it cannot be written is logged; it lets nobody in.

    Args:
        req: the request; its route's pattern is written, never its path.
        reason: a code.
    """
    context = context_of(req)
    route = req.uri_template or ""
    log.info("request_refused", route=route, method=req.method, reason=reason)
    refusal = RecordRefusal(route=route, method=req.method, reason=reason, address=context.address)
    try:
        context.backend.ask(
            RECORD_REFUSAL, refusal, actor=_likely_actor(context), seconds=REFUSAL_SECONDS
        )
    except PortalError as error:
        log.warning("refusal_not_recorded", reason=reason, code=error.code)


def _likely_actor(context: RequestContext) -> Actor:
    """Who a refused request came from, by whatever cookie came with it; else nobody."""
    if context.backend.actor is not NOBODY:
        return context.backend.actor
    if context.console_secret and (
        console := resolve_console_device(context, context.console_secret)
    ):
        return console.actor
    if context.client_secret and (portal := resolve_client_device(context, context.client_secret)):
        return portal.actor
    return NOBODY
