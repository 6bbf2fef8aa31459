"""From stored deliveries to the structs of the contract: deliveries as the mail log shows them."""

from __future__ import annotations

from datetime import datetime

from notifications.domain.delivery import Delivery, why_not_sent
from portal_contracts.notifications import rpc as contract


def to_contract(delivery: Delivery, now: datetime) -> contract.Delivery:
    """A delivery as the mail log shows it at `now` (aware UTC)."""
    return contract.Delivery(
        id=delivery.id,
        client_id=delivery.about,
        to=delivery.recipient,
        kind=delivery.kind,
        subject_id=delivery.subject_id,
        state=delivery.state,
        attempts=delivery.attempts,
        reason=why_not_sent(delivery, now) or "",
        sent_to=delivery.sent_to,
        created_at=delivery.created_at,
        sent_at=delivery.sent_at,
        next_attempt_at=delivery.next_attempt_at,
    )
