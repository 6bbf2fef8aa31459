"""What support may look at: ids, times and states."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from forms.domain.requests import FormRequest
from forms.operations.require_request import require_request
from forms.storage import answers, request_lists, requests
from forms.storage.request_lists import RequestFilter
from portal_chassis.database.transactions import Transaction


@dataclass(frozen=True)
class InspectedRequest:
    """A request, and at which revision its answers are; None without any."""

    request: FormRequest
    revision: int | None


def list_requests(tx: Transaction, which: RequestFilter, *, limit: int = 50) -> list[FormRequest]:
    """Form requests, the latest sent first."""
    return request_lists.listed(tx, which, limit=limit)


def inspect_request(tx: Transaction, request_id: UUID) -> InspectedRequest:
    """One request of any practice.

    Raises:
        NotFound: ``form_not_found``.
    """
    request = require_request(requests.find(tx, request_id))
    return InspectedRequest(request=request, revision=answers.revision_of(tx, request_id))
