"""What a recipient was told about an appointment by the mails before this one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select, update

from notifications.domain.delivery import Delivery
from notifications.storage.tables import delivery
from portal_chassis.database.transactions import Transaction
from portal_contracts.notifications.rpc import OPEN_STATES, Recipient


@dataclass(frozen=True)
class LastTold:
    """The time of an appointment that a mail told, and what kind of mail that was."""

    kind: str
    starts_at: datetime


def earlier_is_handed_in(tx: Transaction, mail: Delivery, *, now: datetime) -> bool:
    """Whether a sender has an earlier mail to this recipient about the same thing in hand."""
    return (
        tx.execute(_EARLIER_IN_HAND, {**_recipient_and_subject(mail), "now": now}).first()
        is not None
    )


def last_told(tx: Transaction, mail: Delivery, *, kinds: Collection[str]) -> LastTold | None:
    """What the last other mail of these `kinds` told this recipient; None when none did."""
    row = tx.execute(_LAST_TOLD, {**_recipient_and_subject(mail), "kinds": list(kinds)}).first()
    return None if row is None else LastTold(row.kind, row.told_starts_at)


def made_previous_change(tx: Transaction, mail: Delivery, *, own_changes: Collection[str]) -> bool:
    """Whether the practitioner this mail is to made the change before this one.

    A practitioner is mailed each change that somebody else makes; where no mail was planned
    for the change before, or only one of the kinds `own_changes` that was not sent, it was
    the practitioner's own.
    """
    if mail.recipient != Recipient.PRACTITIONER or not mail.planned_sequence:
        return False
    query = select(delivery.c.id).where(
        delivery.c.subject_id == mail.subject_id,
        delivery.c.recipient == mail.recipient,
        delivery.c.planned_sequence == mail.planned_sequence - 1,
        or_(delivery.c.kind.not_in(own_changes), delivery.c.told_starts_at.is_not(None)),
    )
    return tx.execute(query.limit(1)).first() is None


def may_have_been_told(tx: Transaction, subject_id: UUID, recipient: Recipient) -> bool:
    """Whether a mail about the subject was planned for this recipient, or may yet be.

    It may while its first event, of which everybody else is told, has not arrived.
    """
    query = select(delivery.c.recipient).where(delivery.c.subject_id == subject_id).distinct()
    recipients = set(tx.execute(query).scalars())
    return not recipients or recipient in recipients


def note_told_start(
    tx: Transaction, mail: Delivery, starts_at: datetime | None, *, holder: str, until: datetime
) -> bool:
    """Note what the mail tells that is about to be handed in, or that it tells nothing.

    Returns:
        False where the delivery is no longer open, or this holder's lease on it does not
        last beyond `until`; nothing is noted then.
    """
    named = {"told": starts_at, "delivery_id": mail.id, "holder": holder, "until": until}
    return tx.execute(_NOTE_TOLD_START, named).first() is not None


def _recipient_and_subject(mail: Delivery) -> dict[str, Any]:
    return {"subject_id": mail.subject_id, "recipient": mail.recipient, "delivery_id": mail.id}


_DELIVERY_ID = bindparam("delivery_id", type_=delivery.c.id.type)
_TO_THE_SAME = (
    delivery.c.subject_id == bindparam("subject_id", type_=delivery.c.subject_id.type),
    delivery.c.recipient == bindparam("recipient", type_=delivery.c.recipient.type),
)

# These statements are put together once: that takes longer than running them.
_EARLIER_IN_HAND = (
    select(delivery.c.id)
    .where(
        *_TO_THE_SAME,
        delivery.c.id < _DELIVERY_ID,
        delivery.c.state.in_(OPEN_STATES),
        delivery.c.claimed_until > bindparam("now", type_=delivery.c.claimed_until.type),
    )
    .limit(1)
)
_LAST_TOLD = (
    select(delivery.c.kind, delivery.c.told_starts_at)
    .where(
        *_TO_THE_SAME,
        delivery.c.id != _DELIVERY_ID,
        delivery.c.kind.in_(bindparam("kinds", type_=delivery.c.kind.type, expanding=True)),
        delivery.c.told_starts_at.is_not(None),
    )
    .order_by(delivery.c.id.desc())
    .limit(1)
)
_NOTE_TOLD_START = (
    update(delivery)
    .where(
        delivery.c.id == _DELIVERY_ID,
        delivery.c.claimed_by == bindparam("holder", type_=delivery.c.claimed_by.type),
        delivery.c.claimed_until > bindparam("until", type_=delivery.c.claimed_until.type),
        delivery.c.state.in_(OPEN_STATES),
    )
    .values(told_starts_at=bindparam("told", type_=delivery.c.told_starts_at.type))
    .returning(delivery.c.id)
)
