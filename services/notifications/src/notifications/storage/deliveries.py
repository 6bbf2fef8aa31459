"""Queries on deliveries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, exists, func, select, update

from notifications.domain.delivery import Delivery, Step
from notifications.storage.tables import delivery
from portal_chassis.database.lease import mark
from portal_chassis.database.transactions import Transaction
from portal_contracts.notifications.rpc import OPEN_STATES, DeliveryState, Recipient

SENT = DeliveryState.SENT
_IN_MAIL_LOG = delivery.c.client_id.is_not(None)


def practices_that_wait(
    tx: Transaction, *, reasons: Collection[str], now: datetime
) -> Sequence[UUID]:
    """The practices of which deliveries wait for a later attempt for one of `reasons`."""
    query = select(delivery.c.practice_id).where(*_waiting(reasons, now)).distinct()
    return tx.execute(query.order_by(delivery.c.practice_id)).scalars().all()


def make_practice_due(
    tx: Transaction, practice_id: UUID, *, reasons: Collection[str], now: datetime
) -> int:
    """Make what of a practice waits for one of `reasons` due now; how many."""
    waiting = (
        select(delivery.c.id)
        .where(delivery.c.practice_id == practice_id, *_waiting(reasons, now))
        .with_for_update(skip_locked=True)
    )
    result = tx.execute(
        update(delivery).where(delivery.c.id.in_(waiting)).values(next_attempt_at=now)
    )
    return result.rowcount


def make_client_due(tx: Transaction, client_id: UUID, *, reason: str, now: datetime) -> int:
    """Make what waits for one of a client's circumstances, `reason`, due now; how many."""
    result = tx.execute(
        update(delivery)
        .where(
            delivery.c.client_id == client_id,
            delivery.c.state == DeliveryState.WAITING,
            delivery.c.reason == reason,
            delivery.c.next_attempt_at > now,
        )
        .values(next_attempt_at=now)
    )
    return result.rowcount


def count_by_state(tx: Transaction) -> dict[str, int]:
    """How many deliveries are in each state that there is."""
    query = select(delivery.c.state, func.count().label("deliveries")).group_by(delivery.c.state)
    return {row.state: row.deliveries for row in tx.execute(query)}


def oldest_due_at(tx: Transaction, *, now: datetime) -> datetime | None:
    """Since when the delivery has been due that waits longest; None when none is due."""
    query = select(func.min(delivery.c.next_attempt_at)).where(
        delivery.c.sent_at.is_(None), delivery.c.next_attempt_at <= now
    )
    found: datetime | None = tx.execute(query).scalar_one()
    return found


def write_step(tx: Transaction, delivery_id: UUID, step: Step, *, holder: str, **more: Any) -> bool:
    """Write how a claimed delivery goes on; False when the lease was lost."""
    return mark(tx, delivery, delivery_id, holder=holder, **values_of(step), **more)


def set_step(tx: Transaction, delivery_id: UUID, step: Step) -> None:
    """Write how a delivery goes on, whoever holds it: an operator's word ends a lease."""
    tx.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id)
        .values(claimed_by=None, claimed_until=None, **values_of(step))
    )


def close_of_client(tx: Transaction, client_id: UUID, step: Step) -> int:
    """End every open delivery about a client, whoever holds it; how many."""
    result = tx.execute(
        update(delivery)
        .where(delivery.c.client_id == client_id, delivery.c.state.in_(OPEN_STATES))
        .values(claimed_by=None, claimed_until=None, **values_of(step))
    )
    return result.rowcount


def find(tx: Transaction, delivery_id: UUID, *, practice_id: UUID | None) -> Delivery | None:
    """A delivery: in the mail log of this practice, or any where `practice_id` is None.

    None is for admin scripts: mails about accounts are in no mail log.
    """
    query = select(delivery).where(delivery.c.id == delivery_id)
    if practice_id is not None:
        query = query.where(delivery.c.practice_id == practice_id, _IN_MAIL_LOG)
    row = tx.execute(query).mappings().first()
    return None if row is None else delivery_of(row)


@dataclass(frozen=True)
class Which:
    """Which deliveries are asked for; None for all.

    Attributes:
        practice_id: whose mail log; None only for admin scripts, which see the mails about
            accounts too.
        client_id: about whom.
        state: in which state.
        only_open: only those that are still on their way.
        not_sent_again: only those after which none of the same kind about the same thing was made.
        shown: makes of the column of the client the condition that whoever asks sees the client.
    """

    practice_id: UUID | None = None
    client_id: UUID | None = None
    state: str | None = None
    only_open: bool = False
    not_sent_again: bool = False
    shown: Callable[[ColumnElement[UUID]], ColumnElement[bool]] | None = None


def listed(tx: Transaction, which: Which, *, after: UUID | None, limit: int) -> list[Delivery]:
    """Deliveries after one of them, the newest first; of open ones the one that waits longest.

    Ids are UUIDv7, so their order is that of time.
    """
    column = delivery.c.id
    query = select(delivery).limit(limit)
    query = query.order_by(column if which.only_open else column.desc())
    for name in ("practice_id", "client_id", "state"):
        if (value := getattr(which, name)) is not None:
            query = query.where(delivery.c[name] == value)
    if which.practice_id is not None:
        query = query.where(_IN_MAIL_LOG)
    if which.only_open:
        query = query.where(delivery.c.state.in_(OPEN_STATES))
    if which.not_sent_again:
        query = query.where(~_sent_again())
    if which.shown is not None:
        query = query.where(which.shown(delivery.c.client_id))
    if after is not None:
        query = query.where(column > after if which.only_open else column < after)
    return [delivery_of(row) for row in tx.execute(query).mappings()]


def _sent_again() -> ColumnElement[bool]:
    """That the same mail to the same recipient was made once more after this one."""
    later = delivery.alias()
    same = ("practice_id", "client_id", "kind", "recipient")
    return exists().where(
        later.c.subject_id == delivery.c.subject_id,
        later.c.id > delivery.c.id,
        *(later.c[name] == delivery.c[name] for name in same),
    )


def forget_copies(tx: Transaction, *, sent_before: datetime) -> int:
    """Drop the copies of mails sent before an instant; their rows stay in the log."""
    result = tx.execute(
        update(delivery)
        .where(delivery.c.sent_at < sent_before, delivery.c.text_sealed.is_not(None))
        .values(subject_sealed=None, text_sealed=None)
    )
    return result.rowcount


def delivery_of(row: RowMapping) -> Delivery:
    """A row of the table as what it stands for."""
    return Delivery(
        id=row["id"],
        practice_id=row["practice_id"],
        client_id=row["client_id"],
        kind=row["kind"],
        subject_id=row["subject_id"],
        request_id=row["request_id"],
        traceparent=row["traceparent"],
        state=DeliveryState(row["state"]),
        reason=row["reason"],
        attempts=row["attempts"],
        sent_to=row["sent_to"],
        subject_sealed=row["subject_sealed"],
        text_sealed=row["text_sealed"],
        created_at=row["created_at"],
        next_attempt_at=row["next_attempt_at"],
        give_up_at=row["give_up_at"],
        sent_at=row["sent_at"],
        recipient=Recipient(row["recipient"]),
        practitioner_id=row["practitioner_id"],
        planned_sequence=row["planned_sequence"],
        planned_starts_at=row["planned_starts_at"],
    )


def _waiting(reasons: Collection[str], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        delivery.c.state.in_(OPEN_STATES),
        delivery.c.reason.in_(reasons),
        delivery.c.next_attempt_at > now,
    )


def values_of(step: Step) -> dict[str, Any]:
    """What is written of a step."""
    return {
        "state": step.state,
        "reason": step.reason or "",
        "next_attempt_at": step.next_attempt_at,
        "give_up_at": step.give_up_at,
    }
