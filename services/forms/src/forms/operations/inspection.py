"""What support may look at: ids, times and states."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from forms.domain.requests import FormRequest
from forms.storage import requests
from portal_chassis.database import Transaction


def list_requests(
    tx: Transaction,
    *,
    practice_id: UUID | None = None,
    client_id: UUID | None = None,
    limit: int = 50,
) -> Sequence[FormRequest]:
    """Form requests of every state, the latest sent first; of one practice or client if asked."""
    return requests.listed(tx, practice_id=practice_id, client_id=client_id, limit=limit)
