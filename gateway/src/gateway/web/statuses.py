"""The HTTP status of a refusal, and when asking again makes sense."""

from __future__ import annotations

from http import HTTPStatus

import falcon

from portal_contracts.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PortalError,
    Unavailable,
)

RETRY_AFTER_SECONDS = 5

_STATUSES: dict[type[PortalError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Forbidden: HTTPStatus.FORBIDDEN,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: PortalError) -> HTTPStatus:
    """The HTTP status of a refusal; too many tries are 429 whoever says so."""
    if error.code.startswith("too_many_"):
        return HTTPStatus.TOO_MANY_REQUESTS
    return _STATUSES.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)


def set_retry_after(resp: falcon.Response, error: PortalError) -> None:
    """Say when to ask again, where asking again makes sense."""
    seconds = error.retry_after_seconds
    if seconds is None and isinstance(error, Unavailable):
        seconds = RETRY_AFTER_SECONDS
    if seconds is not None:
        resp.set_header("Retry-After", str(max(1, seconds)))
