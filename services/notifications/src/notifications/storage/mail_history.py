"""What a recipient was told about an appointment by the mails before this one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import all_, any_, bindparam, exists, literal, or_, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY

from notifications.domain.delivery import Delivery
from notifications.storage.tables import chassis, delivery
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.notifications.rpc import OPEN_STATES, Recipient


@dataclass(frozen=True)
class LastTold:
    """The time of an appointment that a mail told, and what kind of mail that was."""

    kind: str
    starts_at: datetime


@dataclass(frozen=True)
class Heard:
    """What a recipient knows of the subject of a mail, as the log has it.

    Attributes:
        earlier_in_hand: a sender has an earlier mail to them about it in hand.
        made_previous_change: the practitioner this mail is to made the change before this one.
            A practitioner is mailed each change that somebody else makes; where no mail was
            planned for the change before, or only one of a kind for own changes that was not
            sent, it was the practitioner's own.
        last: what the last other mail told that told of a start; None when none did.
    """

    earlier_in_hand: bool
    made_previous_change: bool
    last: LastTold | None


def heard(
    tx: Transaction,
    mail: Delivery,
    *,
    kinds: Collection[str],
    own_changes: Collection[str],
    now: datetime,
) -> Heard:
    """What the recipient of `mail` knows of its subject, by one statement.

    `kinds` of mails tell of a start, and `own_changes` are those that a practitioner gets of
    changes of their own.
    """
    named = {
        **_recipient_and_subject(mail),
        "now": now,
        "kinds": list(kinds),
        "own": list(own_changes),
        "before": None if mail.planned_sequence is None else mail.planned_sequence - 1,
    }
    row = run(tx, _HEARD, named).mappings().all()[0]
    to_practitioner = mail.recipient == Recipient.PRACTITIONER and bool(mail.planned_sequence)
    return Heard(
        row["earlier_in_hand"],
        to_practitioner and not row["planned_before"],
        None if row["kind"] is None else LastTold(row["kind"], row["told_starts_at"]),
    )


def last_told(tx: Transaction, mail: Delivery, *, kinds: Collection[str]) -> LastTold | None:
    """What the last other mail of these `kinds` told this recipient; None when none did."""
    row = run(tx, _LAST_TOLD, {**_recipient_and_subject(mail), "kinds": list(kinds)}).first()
    return None if row is None else LastTold(row.kind, row.told_starts_at)


def may_have_been_told(tx: Transaction, subject_id: UUID, recipient: Recipient) -> bool:
    """Whether a mail about the subject was planned for this recipient, or may yet be.

    It may while its first event, of which everybody else is told, has not arrived.
    """
    query = select(delivery.c.recipient).where(delivery.c.subject_id == subject_id).distinct()
    recipients = set(tx.execute(query).scalars())
    return not recipients or recipient in recipients


def bring_up_to_date(
    tx: Transaction, subject_id: UUID, recipient: Recipient, *, sequence: int
) -> int:
    """Have the mails of changes that this recipient is still to get count for a newer one, too.

    Returns:
        How many; they are told as of `sequence` instead of being overtaken by it.
    """
    result = tx.execute(
        update(delivery)
        .where(
            delivery.c.subject_id == subject_id,
            delivery.c.recipient == recipient,
            delivery.c.planned_sequence < sequence,
            delivery.c.state.in_(OPEN_STATES),
        )
        .values(planned_sequence=sequence)
    )
    return result.rowcount


def note_told_start(
    tx: Transaction, mail: Delivery, starts_at: datetime | None, *, holder: str, until: datetime
) -> bool:
    """Note what the mail tells that is about to be handed in, or that it tells nothing.

    Returns:
        False where the delivery is no longer open, or this holder's lease on it does not
        last beyond `until`; nothing is noted then.
    """
    named = {"told": starts_at, "delivery_id": mail.id, "holder": holder, "until": until}
    return run(tx, _NOTE_TOLD_START, named).first() is not None


def note_with_key(
    tx: Transaction, mail: Delivery, starts_at: datetime | None, *, holder: str, until: datetime
) -> bytes | None:
    """The same by one statement, and the wrapped data key of the client, for the copy.

    Returns:
        None as `note_told_start` answers False, and where there is no key; nothing is noted
        then.
    """
    named = {"told": starts_at, "delivery_id": mail.id, "holder": holder, "until": until}
    wrapped: bytes | None = run(tx, _NOTE_WITH_KEY, named).scalar_one_or_none()
    return wrapped


def _recipient_and_subject(mail: Delivery) -> dict[str, Any]:
    return {"subject_id": mail.subject_id, "recipient": mail.recipient, "delivery_id": mail.id}


_DELIVERY_ID = bindparam("delivery_id", type_=delivery.c.id.type)
_TO_THE_SAME = (
    delivery.c.subject_id == bindparam("subject_id", type_=delivery.c.subject_id.type),
    delivery.c.recipient == bindparam("recipient", type_=delivery.c.recipient.type),
)

# These statements are put together once: that takes longer than running them.
_LAST_TOLD = (
    select(delivery.c.kind, delivery.c.told_starts_at)
    .where(
        *_TO_THE_SAME,
        delivery.c.id != _DELIVERY_ID,
        delivery.c.kind == any_(bindparam("kinds", type_=ARRAY(delivery.c.kind.type))),
        delivery.c.told_starts_at.is_not(None),
    )
    .order_by(delivery.c.id.desc())
    .limit(1)
)
_EARLIER_IN_HAND = exists().where(
    *_TO_THE_SAME,
    delivery.c.id < _DELIVERY_ID,
    delivery.c.state.in_(OPEN_STATES),
    delivery.c.claimed_until > bindparam("now", type_=delivery.c.claimed_until.type),
)
_PLANNED_BEFORE = exists().where(
    *_TO_THE_SAME,
    delivery.c.planned_sequence == bindparam("before", type_=delivery.c.planned_sequence.type),
    or_(
        delivery.c.kind != all_(bindparam("own", type_=ARRAY(delivery.c.kind.type))),
        delivery.c.told_starts_at.is_not(None),
    ),
)
_asked, _last = select(literal(1)).subquery("asked"), _LAST_TOLD.subquery("last")
_HEARD = select(
    _EARLIER_IN_HAND.label("earlier_in_hand"),
    _PLANNED_BEFORE.label("planned_before"),
    _last.c.kind,
    _last.c.told_starts_at,
).select_from(_asked.outerjoin(_last, true()))
_HELD = (
    delivery.c.id == _DELIVERY_ID,
    delivery.c.claimed_by == bindparam("holder", type_=delivery.c.claimed_by.type),
    delivery.c.claimed_until > bindparam("until", type_=delivery.c.claimed_until.type),
    delivery.c.state.in_(OPEN_STATES),
)
_TOLD = bindparam("told", type_=delivery.c.told_starts_at.type)
_NOTE_TOLD_START = (
    update(delivery).where(*_HELD).values(told_starts_at=_TOLD).returning(delivery.c.id)
)
_KEY = chassis.data_key
_NOTE_WITH_KEY = (
    update(delivery)
    .where(*_HELD, _KEY.c.owner_id == delivery.c.client_id)
    .values(told_starts_at=_TOLD)
    .returning(_KEY.c.wrapped)
)
