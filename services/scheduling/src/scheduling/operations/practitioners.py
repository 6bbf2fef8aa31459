"""What identity-links tells of practitioners' accounts."""

from __future__ import annotations

from portal_chassis.database.transactions import Transaction
from portal_contracts.envelope import Event
from portal_contracts.identity_links.events import AccountStatus, PractitionerStatusChanged
from scheduling.storage import practitioners


def keep_status(tx: Transaction, event: Event[PractitionerStatusChanged]) -> None:
    """Offer nobody times with a practitioner who left, and again with one who is back.

    A late event changes nothing that a later one told.
    """
    practitioners.keep_status(
        tx,
        event.data.practitioner_id,
        event.practice_id,
        active=event.data.status is AccountStatus.ACTIVE,
        seq=event.aggregate.seq,
    )
