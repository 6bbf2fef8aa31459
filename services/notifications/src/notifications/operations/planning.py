"""Plan deliveries: an event becomes a row, and the sender does the rest."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from notifications.storage import deliveries
from portal_chassis.database import Transaction
from portal_contracts.envelope import Event
from portal_contracts.identity_links.events import PortalLinkShared

PORTAL_LINK = "portal_link"


def plan_portal_link(
    tx: Transaction, event: Event[PortalLinkShared], *, now: datetime
) -> UUID | None:
    """Plan the mail that brings a portal link.

    Returns:
        The delivery's id; None when the event had led to one before.
    """
    return deliveries.add(
        tx,
        cause_id=event.id,
        practice_id=event.practice_id,
        client_id=event.data.client_id,
        kind=PORTAL_LINK,
        subject_id=event.data.link_id,
        request_id=event.request_id,
        now=now,
    )
