"""The gateway's own refusals, written to the access log by the route's pattern."""

from __future__ import annotations

import falcon
import structlog

from gateway.web.request_context import context_of
from portal_contracts.errors import PortalError
from portal_contracts.identity_links.rpc.access import RECORD_REFUSAL, RecordRefusal

log = structlog.get_logger(__name__)

REFUSAL_SECONDS = 1.0


def record_refusal(req: falcon.Request, reason: str) -> None:
    """Write down that this request is refused.

    It is put down to whoever was let in before it was refused. What is refused at the door
    is nobody's, whatever cookie came along: another page can send a browser's cookies, and
    would fill their owner's log. That it cannot be written is logged; it lets nobody in.

    Args:
        req: the request; its route's pattern is written, never its path.
        reason: a code.
    """
    context = context_of(req)
    route = req.uri_template or ""
    log.info("request_refused", route=route, method=req.method, reason=reason)
    refusal = RecordRefusal(route=route, method=req.method, reason=reason, address=context.address)
    try:
        context.backend.ask(RECORD_REFUSAL, refusal, seconds=REFUSAL_SECONDS)
    except PortalError as error:
        log.warning("refusal_not_recorded", reason=reason, code=error.code)
