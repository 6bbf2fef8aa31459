"""From rows to the structs of the contract: deliveries as the mail log shows them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from portal_contracts.notifications.rpc import Delivery, DeliveryState, Recipient


def to_contract(row: Row[Any]) -> Delivery:
    """A delivery as the mail log shows it."""
    return Delivery(
        id=row.id,
        client_id=row.client_id,
        to=Recipient(row.recipient),
        kind=row.kind,
        subject_id=row.subject_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        reason=row.reason,
        sent_to=row.sent_to,
        created_at=row.created_at,
        sent_at=row.sent_at,
        next_attempt_at=row.next_attempt_at,
    )
