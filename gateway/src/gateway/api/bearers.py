"""Who asks the API: a bearer in the Authorization header, and nothing else.

A bearer has a prefix that no cookie has and is looked up by a call of its
own, so that neither opens the other's door.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

import falcon
import structlog

from gateway.api.refusal import ApiRefusal
from gateway.web.refusals import record_refusal
from gateway.web.request_context import RequestContext, context_of
from gateway.web.routing import Owner, Route
from gateway.web.tokens import API_TOKEN_PREFIX, sha256
from portal_contracts.actor import NOBODY, ActorKind
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.api_tokens import RESOLVE_BEARER, ResolveBearer
from portal_contracts.permissions import has_permission

PORTAL_BEARER_PREFIX: Final = "lk_portal_"
CHALLENGE: Final = 'Bearer realm="Latchkey"'

_HEADER = re.compile(
    rf"(?i:bearer) +((?:{API_TOKEN_PREFIX}|{PORTAL_BEARER_PREFIX})[A-Za-z0-9_-]{{43}})"
)
_ACTOR_KINDS = {Owner.CLIENT: ActorKind.CLIENT, Owner.PRACTITIONER: ActorKind.PRACTITIONER}


def is_bearer(authorization: str) -> bool:
    """Whether the header holds what can be a bearer, for identity-links to look up and count."""
    return _HEADER.fullmatch(authorization) is not None


def admit(req: falcon.Request, route: Route) -> None:
    """Let a request to the API in by its bearer.

    What cookies came along is forgotten first: a browser sends them without
    being asked, and they mean nothing here.

    Raises:
        ApiRefusal: 401 without a bearer that is known, 403 for one of the wrong
            kind or without the scope.
        Forbidden: ``too_many_requests``.
        Unavailable: it cannot be known now who asks.
    """
    context = context_of(req)
    context.client_secret = context.console_secret = context.csrf_secret = None
    if route.owner is Owner.NOBODY:
        return
    _resolve_bearer(req, context)
    if context.backend.actor.kind is not _ACTOR_KINDS[route.owner]:
        record_refusal(req, "wrong_bearer")
        raise ApiRefusal(
            "wrong_bearer",
            f"This needs the bearer of a {route.owner}.",
            status=HTTPStatus.FORBIDDEN,
            headers={"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope"'},
        )
    permission = route.permission_for(req.method)
    if permission is not None and not has_permission(context.backend.actor, permission):
        record_refusal(req, "scope_missing")
        raise ApiRefusal(
            "scope_missing",
            f"This needs the scope {permission}.",
            status=HTTPStatus.FORBIDDEN,
            headers={
                "WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{permission}"'
            },
        )


def _resolve_bearer(req: falcon.Request, context: RequestContext) -> None:
    header = req.get_header("Authorization")
    if header is None:
        record_refusal(req, "bearer_missing")
        raise ApiRefusal(
            "bearer_missing",
            "Send a bearer in the Authorization header.",
            status=HTTPStatus.UNAUTHORIZED,
            headers={"WWW-Authenticate": CHALLENGE},
        )
    match = _HEADER.fullmatch(header)
    if match is None:
        record_refusal(req, "bearer_malformed")
        raise _bearer_ended()
    arguments = ResolveBearer(bearer_hash=sha256(match[1]), address=context.address)
    try:
        # It was counted by identity-links, if it is none.
        bearer = context.backend.ask(RESOLVE_BEARER, arguments, actor=NOBODY)
    except NotFound:
        raise _bearer_ended() from None
    context.bearer = bearer
    context.bearer_secret = match[1]
    context.backend.actor = bearer.actor
    if bearer.actor.token_id is not None:
        structlog.contextvars.bind_contextvars(by_token=str(bearer.actor.token_id))


def _bearer_ended() -> ApiRefusal:
    return ApiRefusal(
        "bearer_ended",
        "The bearer is unknown, or has ended.",
        status=HTTPStatus.UNAUTHORIZED,
        headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'},
    )
