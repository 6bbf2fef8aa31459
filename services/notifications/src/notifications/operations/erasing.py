"""A client was erased: the copies of mails do not open any more, and none is sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from notifications.domain.delivery import closed
from notifications.domain.reasons import Reason
from notifications.storage import deliveries
from portal_chassis.database.erasure import erase_data_key
from portal_chassis.database.transactions import Transaction


def erase_client(tx: Transaction, client_id: UUID, erased_at: datetime) -> None:
    """Delete the client's data key and close every mail about the client that waits."""
    erase_data_key(tx, client_id, erased_at)
    deliveries.close_of_client(tx, client_id, closed(Reason.CLIENT_ERASED))
