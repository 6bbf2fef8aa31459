"""What the admin script does: look into deliveries, retry or stop one, try the mail settings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from notifications.config import Settings
from notifications.domain.addresses import mailbox
from notifications.domain.delivery import Step, closed
from notifications.domain.letters import Letter, message_id
from notifications.domain.outcome import Outcome
from notifications.domain.reasons import Reason
from notifications.operations.mail_routes import MailRoute
from notifications.operations.samples import TRIAL, sample
from notifications.storage import deliveries
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.notifications.rpc import OPEN_STATES, DeliveryState

RETRIABLE = (DeliveryState.FAILED, DeliveryState.RETRYING, DeliveryState.WAITING)


def retry_now(tx: Transaction, delivery_id: UUID, *, now: datetime) -> bool:
    """Make a delivery due now, and give it its 24 hours anew; False when it is not retriable."""
    delivery = deliveries.find(tx, delivery_id, practice_id=None)
    if delivery is None or delivery.state not in RETRIABLE:
        return False
    deliveries.set_step(tx, delivery_id, Step(DeliveryState.RETRYING, None, now, None))
    return True


def close(tx: Transaction, delivery_id: UUID) -> bool:
    """Stop a delivery that is still open; False when it is not."""
    delivery = deliveries.find(tx, delivery_id, practice_id=None)
    if delivery is None or delivery.state not in OPEN_STATES:
        return False
    deliveries.set_step(tx, delivery_id, closed(Reason.STOPPED_BY_OPERATOR))
    return True


def send_trial(
    settings: Settings, route: MailRoute, address: str, *, language: str, now: datetime
) -> Outcome:
    """Send the trial mail by a route.

    Raises:
        AddressInvalid: `address` is none.
    """
    delivery_id = new_id()
    letter = Letter(
        delivery_id=delivery_id,
        message_id=message_id(delivery_id, settings.mail_domain),
        created_at=now,
        dated=now,
        sender=mailbox(route.sender_name or "Latchkey", route.sender_address),
        recipient=mailbox("", address),
        reply_to=None,
        language=language,
        written=sample(TRIAL, settings, language=language, now=now),
    )
    return route.transport.send(letter)
