"""What operators measure of mails: how many stand where, and how long the oldest has been due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from notifications.storage import deliveries
from portal_chassis import metrics
from portal_chassis.database.transactions import Transaction
from portal_chassis.metrics import Measured
from portal_contracts.notifications.rpc import DeliveryState

DELIVERIES = metrics.scraped_gauge(
    "portal_deliveries", "Mails in the log, by the state they are in.", ["state"]
)
OLDEST_DUE = metrics.scraped_gauge(
    "portal_deliveries_oldest_due_seconds",
    "How long the mail has been due that waits longest for its next attempt; 0 without one.",
)
MAIL_ATTEMPTS = metrics.counter(
    "portal_mail_attempts_total",
    "Mails handed in to the mail server, by what it said.",
    ["outcome", "reason"],
)
MAILS_IN_HAND = metrics.gauge(
    "portal_mails_in_hand", "Clients and accounts whose mails this process writes or hands in."
)


def gauges(tx: Transaction, now: datetime) -> Iterator[Measured]:
    """Count the deliveries; every state, also those that none is in."""
    counted = deliveries.count_by_state(tx)
    for state in DeliveryState:
        yield Measured(DELIVERIES, (str(state),), counted.get(state, 0))
    oldest = deliveries.oldest_due_at(tx, now=now)
    yield Measured(OLDEST_DUE, (), (now - oldest).total_seconds() if oldest else 0.0)
