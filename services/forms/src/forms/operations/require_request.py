"""The one refusal for a form that does not exist and for one that is somebody else's."""

from __future__ import annotations

from uuid import UUID

from forms.domain.requests import FormRequest
from forms.domain.responses import KeptResponse
from portal_contracts.errors import Conflict, NotFound


def require_request(request: FormRequest | None) -> FormRequest:
    """The request that was looked for.

    Raises:
        NotFound: ``form_not_found``.
    """
    if request is None:
        raise form_not_found()
    return request


def require_response(kept: list[KeptResponse], submission_id: UUID | None) -> KeptResponse:
    """The response that is asked for; the latest where none is named.

    Raises:
        Conflict: ``not_submitted``: there is none yet.
        NotFound: ``form_not_found``: it is of another form.
    """
    if not kept:
        raise Conflict("not_submitted", "The client has not sent it.")
    if submission_id is None:
        return kept[-1]
    found = next((one for one in kept if one.id == submission_id), None)
    if found is None:
        raise form_not_found()
    return found


def form_not_found() -> NotFound:
    """There is none, or none this actor may know of."""
    return NotFound("form_not_found", "There is no such form.")
