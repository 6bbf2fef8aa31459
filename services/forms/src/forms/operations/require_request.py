"""The one refusal for a form that does not exist and for one that is somebody else's."""

from __future__ import annotations

from forms.domain.requests import FormRequest
from portal_contracts.errors import NotFound


def require_request(request: FormRequest | None) -> FormRequest:
    """The request that was looked for.

    Raises:
        NotFound: ``form_not_found``.
    """
    if request is None:
        raise form_not_found()
    return request


def form_not_found() -> NotFound:
    """There is none, or none this actor may know of."""
    return NotFound("form_not_found", "There is no such form.")
