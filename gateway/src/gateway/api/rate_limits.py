"""How much more a bearer may ask, as headers of each answer.

``RateLimit-Policy`` and ``RateLimit`` are those of draft-ietf-httpapi-ratelimit-headers, from
its eighth version on: structured fields (RFC 9651), a list of named policies.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import falcon

from gateway.api.bearers import is_bearer
from gateway.web.request_context import context_of

POLICY_HEADER: Final = "RateLimit-Policy"
LIMIT_HEADER: Final = "RateLimit"
POLICY: Final = '"bearer"'


class RateLimits:
    """Middleware that tells a program what it has left."""

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        """Set the headers where the request was counted for a bearer."""
        bearer = context_of(req).bearer
        if bearer is not None and bearer.allowance is not None:
            allowance = bearer.allowance
            resp.set_header(POLICY_HEADER, f"{POLICY};q={allowance.limit};w={allowance.seconds}")
            resp.set_header(
                LIMIT_HEADER, f"{POLICY};r={allowance.left};t={allowance.more_in_seconds}"
            )
        elif bearer is None and _is_beyond(req, resp):
            resp.set_header(LIMIT_HEADER, f"{POLICY};r=0;t={resp.get_header('Retry-After')}")


def _is_beyond(req: falcon.Request, resp: falcon.Response) -> bool:
    """Whether it is refused because its bearer has asked as often as it may."""
    authorization = req.get_header("Authorization") or ""
    return (
        resp.status_code == HTTPStatus.TOO_MANY_REQUESTS
        and is_bearer(authorization)
        and resp.get_header("Retry-After") is not None
    )
