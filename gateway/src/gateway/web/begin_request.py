"""What begins and ends each request: its id, its context, its line in the log, its metric."""

from __future__ import annotations

import re
import time
from typing import Any, Final
from uuid import UUID

import falcon
import structlog

from gateway.web.addresses import client_address
from gateway.web.backend import Backend
from gateway.web.cookies import Cookie
from gateway.web.request_context import RequestContext
from gateway.web.resource import Wiring
from gateway.web.theme import theme_of
from gateway.words.language import language_from_header
from portal_chassis import metrics, tracing
from portal_chassis.ids import new_id

log = structlog.get_logger(__name__)

REQUEST_ID_HEADER: Final = "X-Request-Id"
TRACE_HEADER: Final = "traceparent"
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
# Never a path: that of a portal link holds its token.
UNKNOWN_ROUTE: Final = "(unknown)"

REQUESTS = metrics.histogram(
    "portal_gateway_request_seconds", "Requests answered.", ["route", "method", "status"]
)


class BeginRequest:
    """Middleware that makes the context of each request, and logs and counts its answer.

    Args:
        wiring: the collaborators.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Make the context; nothing is asked or refused yet."""
        settings, jar = self._wiring.settings, self._wiring.jar
        req.context.started = time.monotonic()
        request_id = self._request_id(req)
        address = client_address(req, settings.trusted_proxies)
        req.context.request = RequestContext(
            request_id=request_id,
            now=self._wiring.clock.now(),
            address=address,
            backend=Backend(
                self._wiring.rpc,
                request_id=request_id,
                address=address,
                request_seconds=settings.request_seconds,
                rpc_seconds=settings.rpc_seconds,
                fan_out_seconds=settings.fan_out_seconds,
            ),
            language=language_from_header(req.get_header("Accept-Language")),
            accept_language=req.get_header("Accept-Language") or "",
            theme=theme_of(jar.read(req, Cookie.THEME)),
            client_secret=jar.read_secret(req, Cookie.CLIENT_DEVICE),
            console_secret=jar.read_secret(req, Cookie.CONSOLE_DEVICE),
            csrf_secret=jar.read_secret(req, Cookie.CSRF),
            shown=_id_in(jar.read(req, Cookie.SHOWN)),
        )
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        tracing.begin(self._given_trace(req))

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: Any, req_succeeded: bool
    ) -> None:
        """Log and count the answer, by the route's pattern; keep whose things were chosen."""
        shows = req.context.request.shows
        if shows is not None and shows != req.context.request.shown:
            self._wiring.jar.set(resp, Cookie.SHOWN, str(shows))
        resp.set_header(REQUEST_ID_HEADER, req.context.request.request_id)
        seconds = time.monotonic() - req.context.started
        route = req.uri_template or UNKNOWN_ROUTE
        method = req.method if req.method in falcon.HTTP_METHODS else "other"
        REQUESTS.labels(route, method, str(resp.status_code)).observe(seconds)
        log.info(
            "request",
            route=route,
            method=method,
            status=resp.status_code,
            milliseconds=round(seconds * 1000),
        )

    def _given_trace(self, req: falcon.Request) -> str:
        """The proxy's trace where a proxy is trusted, else nothing."""
        return (req.get_header(TRACE_HEADER) or "") if self._wiring.settings.trusted_proxies else ""

    def _request_id(self, req: falcon.Request) -> str:
        """The proxy's id where a proxy is trusted, else one of our own."""
        given = req.get_header(REQUEST_ID_HEADER) or ""
        if self._wiring.settings.trusted_proxies and _REQUEST_ID.fullmatch(given):
            return given
        return str(new_id())


def _id_in(value: str | None) -> UUID | None:
    try:
        return UUID(value or "")
    except ValueError:
        return None
