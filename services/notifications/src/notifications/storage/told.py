"""What a recipient was told about an appointment by the mails before this one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from notifications.domain.delivery import OPEN_STATES
from notifications.domain.kinds import APPOINTMENTS, CANCELLED
from notifications.storage.tables import delivery
from portal_chassis.database import Transaction
from portal_contracts.notifications.rpc import Recipient


def earlier_is_handed_in(tx: Transaction, row: Row[Any], *, now: datetime) -> bool:
    """Whether a sender has an earlier mail to this recipient about the same thing in hand."""
    query = select(delivery.c.id).where(
        delivery.c.subject_id == row.subject_id,
        delivery.c.recipient == row.recipient,
        delivery.c.id < row.id,
        delivery.c.state.in_(OPEN_STATES),
        delivery.c.claimed_until > now,
    )
    return tx.execute(query.limit(1)).first() is not None


def last_start(tx: Transaction, row: Row[Any]) -> datetime | None:
    """When the recipient believes the appointment is, by other mails than this one.

    None when no mail has told her of it, or the last one that it is cancelled.
    """
    query = (
        select(delivery.c.kind, delivery.c.told_starts_at)
        .where(
            delivery.c.subject_id == row.subject_id,
            delivery.c.recipient == row.recipient,
            delivery.c.id != row.id,
            delivery.c.kind.in_(APPOINTMENTS),
            delivery.c.told_starts_at.is_not(None),
        )
        .order_by(delivery.c.id.desc())
        .limit(1)
    )
    last = tx.execute(query).first()
    if last is None or last.kind in CANCELLED:
        return None
    told: datetime = last.told_starts_at
    return told


def acted_last(tx: Transaction, row: Row[Any]) -> bool:
    """Whether the practitioner this mail is to made the change before it herself.

    Of each change that somebody else makes a mail to her is planned; where the
    one before has none, it was hers.
    """
    if row.recipient != Recipient.PRACTITIONER or not row.planned_sequence:
        return False
    query = select(delivery.c.id).where(
        delivery.c.subject_id == row.subject_id,
        delivery.c.recipient == row.recipient,
        delivery.c.planned_sequence == row.planned_sequence - 1,
    )
    return tx.execute(query.limit(1)).first() is None


def note_start(tx: Transaction, row: Row[Any], starts_at: datetime | None) -> None:
    """Note what the mail tells that is about to be handed in, or that it tells nothing."""
    tx.execute(update(delivery).where(delivery.c.id == row.id).values(told_starts_at=starts_at))
