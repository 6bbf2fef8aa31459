"""How many pages one device and one address may ask for, so that nobody takes them from others.

What a page is made of (styles, scripts, colours) does not count, nor what costs nothing,
nor what the API counts by bearer. What is beyond the limit is refused by the gate before
anything is asked of a service; a form is read first, so that what was typed can be shown again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import falcon

from gateway.config import GatewaySettings
from gateway.web.addresses import counted_network
from gateway.web.allowance import Allowance
from gateway.web.request_context import RequestContext, context_of
from gateway.web.routing import API_PREFIX, FILES
from gateway.web.security import TOKEN_PATHS
from portal_contracts.errors import Forbidden

UNCOUNTED: Final = (*FILES, "/health/live", "/metrics")


def too_many_pages(seconds: int) -> Forbidden:
    """The refusal of a page, to be asked for again in so many seconds."""
    return Forbidden(
        "too_many_requests", "Too many pages in a short time.", retry_after_seconds=seconds
    )


class PageLimits:
    """Middleware that counts pages.

    Args:
        settings: with the limits.
        open_to_all: the addresses below the API's that need no bearer, so nobody counts them.
        is_bearer: whether an Authorization header holds what can be a bearer, which is counted
            where it is looked up.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        open_to_all: frozenset[str],
        is_bearer: Callable[[str], bool],
    ) -> None:
        self._is_bearer = is_bearer
        self._open_to_all = open_to_all
        self._by_address = Allowance(settings.pages_per_address)
        self._by_device = Allowance(settings.pages_per_device)
        self._unknown_links = Allowance(settings.unknown_links_per_address)

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Count it. Beyond the limit the gate refuses it, which knows whose page it is."""
        if self._counts(req.path, req.get_header("Authorization")):
            context = context_of(req)
            context.break_seconds = self._wait(req.path, context, time.monotonic())

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        """Count what was no link: whoever tries many is guessing."""
        network = counted_network(context_of(req).address)
        if (
            req.path.startswith(TOKEN_PATHS)
            and resp.status_code == HTTPStatus.NOT_FOUND
            and network
        ):
            self._unknown_links.use(network, time.monotonic())

    def _counts(self, path: str, authorization: str | None = None) -> bool:
        if path.startswith(API_PREFIX):
            return path in self._open_to_all or not self._is_bearer(authorization or "")
        return not path.startswith(UNCOUNTED)

    def _wait(self, path: str, context: RequestContext, now: float) -> int:
        network = counted_network(context.address)
        device = context.console_secret or context.client_secret
        seconds = 0
        if network and path.startswith(TOKEN_PATHS):
            seconds = self._unknown_links.wait(network, now)
        if network and not seconds:
            seconds = self._by_address.use(network, now)
        if device and not seconds:
            # Not the secret itself: it has no place in a memory that outlives its request.
            seconds = self._by_device.use(hash(device), now)
        return seconds
