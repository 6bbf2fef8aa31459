"""The HTTP status of a refusal, and when asking again makes sense."""

from __future__ import annotations

from http import HTTPStatus

import falcon

from gateway.words.problems import usual_status
from portal_contracts.errors import PortalError, Unavailable

RETRY_AFTER_SECONDS = 5


def status_of(error: PortalError) -> HTTPStatus:
    """The HTTP status of a refusal; too many tries are 429 whoever says so."""
    return usual_status(error.code, type(error))


def set_retry_after(resp: falcon.Response, error: PortalError) -> None:
    """Say when to ask again, where asking again makes sense."""
    seconds = error.retry_after_seconds
    if seconds is None and isinstance(error, Unavailable):
        seconds = RETRY_AFTER_SECONDS
    if seconds is not None:
        resp.set_header("Retry-After", str(max(1, seconds)))
