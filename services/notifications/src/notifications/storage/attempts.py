"""Queries on attempts: what a sender writes just before a mail leaves, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from notifications.domain.delivery import PastAttempt
from notifications.domain.outcome import ACCEPTED, Outcome
from notifications.storage.tables import delivery, delivery_attempt
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction
from portal_contracts.notifications.rpc import DeliveryState

SENT = DeliveryState.SENT


@dataclass(frozen=True)
class Sent:
    """What is written of a mail that a server took.

    Attributes:
        attempts: how many there were, this one included.
        at: aware UTC.
        to: the address.
        copy: column to sealed text; empty for a mail of which none is kept.
    """

    attempts: int
    at: datetime
    to: str = field(repr=False)
    copy: Mapping[str, bytes] = field(repr=False)


def write_sent(
    tx: Transaction, delivery_id: UUID, sent: Sent, *, attempt_id: UUID, began_at: datetime
) -> bool:
    """Write that a delivery was sent, whatever was meant with it, and end any lease on it.

    The attempt is kept with it, by one statement; the same attempt is kept once.

    Returns:
        False when that was written before; the delivery is not changed then.
    """
    named = {
        "attempt_id": attempt_id,
        "of": delivery_id,
        "began_at": began_at,
        "attempts": sent.attempts,
        "sent_at": sent.at,
        "sent_to": sent.to,
        "subject_sealed": sent.copy.get("subject_sealed"),
        "text_sealed": sent.copy.get("text_sealed"),
    }
    return bool(run(tx, _WRITE_SENT, named).rowcount)


def write_attempt(
    tx: Transaction, delivery_id: UUID, outcome: Outcome, *, attempt_id: UUID, began_at: datetime
) -> None:
    """Keep what came of an attempt; the same attempt is kept once."""
    tx.execute(
        upsert(delivery_attempt)
        .values(
            id=attempt_id,
            delivery_id=delivery_id,
            began_at=began_at,
            outcome=outcome.kind,
            reason=outcome.reason or "",
            status=outcome.status,
        )
        .on_conflict_do_nothing()
    )


def attempts_of(tx: Transaction, delivery_id: UUID) -> list[PastAttempt]:
    """The attempts of a delivery, the first first."""
    query = (
        select(delivery_attempt)
        .where(delivery_attempt.c.delivery_id == delivery_id)
        .order_by(delivery_attempt.c.id)
    )
    return [
        PastAttempt(
            began_at=row.began_at, outcome=row.outcome, reason=row.reason, status=row.status
        )
        for row in tx.execute(query)
    ]


_OF = bindparam("of", type_=delivery.c.id.type)
_KEEP_ACCEPTED = (
    upsert(delivery_attempt)
    .values(
        id=bindparam("attempt_id", type_=delivery_attempt.c.id.type),
        delivery_id=_OF,
        outcome=ACCEPTED.kind,
        reason="",
        status=ACCEPTED.status,
        **given(delivery_attempt.c.began_at),
    )
    .on_conflict_do_nothing()
    .cte("attempt")
)
_WRITE_SENT = (
    update(delivery)
    .where(delivery.c.id == _OF, delivery.c.state != SENT)
    .values(
        state=SENT,
        reason="",
        next_attempt_at=None,
        give_up_at=None,
        claimed_by=None,
        claimed_until=None,
        **given(
            delivery.c.attempts,
            delivery.c.sent_at,
            delivery.c.sent_to,
            delivery.c.subject_sealed,
            delivery.c.text_sealed,
        ),
    )
    .add_cte(_KEEP_ACCEPTED)
)
