"""Forms that are open or not reviewed go over to another practitioner; who sent them stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from forms.storage import requests
from portal_chassis.database.transactions import Transaction
from portal_contracts.identity_links.events import HandOverStarted


def hand_over_forms(
    tx: Transaction, practice_id: UUID, data: HandOverStarted, *, now: datetime
) -> int:
    """Have another practitioner look after the forms of a hand-over; how many."""
    return requests.hand_over(
        tx,
        data.from_practitioner_id,
        data.to_practitioner_id,
        practice_id=practice_id,
        client_ids=data.client_ids,
        now=now,
    )
