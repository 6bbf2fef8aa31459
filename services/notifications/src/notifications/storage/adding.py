"""Writing deliveries: to be looked for, or claimed by whoever sends them next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, exists, func, update
from sqlalchemy.dialects.postgresql import insert as upsert

from notifications.domain.delivery import Delivery, NewDelivery
from notifications.storage.deliveries import delivery_of
from notifications.storage.tables import delivery
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.notifications.rpc import OPEN_STATES, DeliveryState

_PLANNED_FIELDS = tuple(one.name for one in fields(NewDelivery))
_PLANNED = (*_PLANNED_FIELDS, "id", "created_at", "state", "next_attempt_at")
_ADD = (
    upsert(delivery)
    .values(given(*(delivery.c[name] for name in _PLANNED)))
    .on_conflict_do_nothing(constraint="uq_delivery_cause")
    .returning(delivery.c.id)
)
_HOLDER = bindparam("holder", type_=delivery.c.claimed_by.type)
_UNTIL = bindparam("until", type_=delivery.c.claimed_until.type)
_other = delivery.alias("other")
_OTHERS_DUE = exists().where(
    func.coalesce(_other.c.client_id, _other.c.subject_id)
    == func.coalesce(
        bindparam("client_id", type_=delivery.c.client_id.type),
        bindparam("subject_id", type_=delivery.c.subject_id.type),
    ),
    _other.c.cause_id != bindparam("cause_id", type_=delivery.c.cause_id.type),
    _other.c.state.in_(OPEN_STATES),
    _other.c.sent_at.is_(None),
    _other.c.next_attempt_at <= bindparam("created_at", type_=delivery.c.created_at.type),
)
_ADD_CLAIMED = (
    upsert(delivery)
    .values(
        **given(*(delivery.c[name] for name in _PLANNED)),
        claimed_by=case((_OTHERS_DUE, None), else_=_HOLDER),
        claimed_until=case((_OTHERS_DUE, None), else_=_UNTIL),
    )
    .on_conflict_do_nothing(constraint="uq_delivery_cause")
    .returning(delivery)
)


@dataclass(frozen=True)
class Lease:
    """For whom a delivery is claimed as it is written.

    Attributes:
        holder: unique to this process.
        until: aware UTC.
    """

    holder: str
    until: datetime


@dataclass(frozen=True)
class Added:
    """A delivery that was written.

    Attributes:
        id: its own.
        claimed: all of it, where it was claimed as well.
    """

    id: UUID
    claimed: Delivery | None = None


def add(
    tx: Transaction, planned: NewDelivery, *, due_at: datetime | None = None, now: datetime
) -> UUID | None:
    """Write a delivery that is due at `due_at`, or else now; or that is closed from the beginning.

    Returns:
        Its id; None when this cause already has one of this kind for this recipient.
    """
    row = _row(planned, due_at=due_at or now, now=now)
    found: UUID | None = run(tx, _ADD, row).scalar_one_or_none()
    return found


def add_claimed(
    tx: Transaction, planned: NewDelivery, *, lease: Lease, now: datetime
) -> Added | None:
    """Write a delivery that is due now, and claim it by the same statement.

    Unless a mail of another cause is due already that is about the same: that one goes first.

    Returns:
        None when this cause already has one of this kind for this recipient.
    """
    row = _row(planned, due_at=now, now=now) | {"holder": lease.holder, "until": lease.until}
    for one in run(tx, _ADD_CLAIMED, row).mappings():
        return Added(one["id"], None if one["claimed_by"] is None else delivery_of(one))
    return None


def give_back(tx: Transaction, ids: Collection[UUID], *, holder: str) -> None:
    """Let others claim deliveries that this holder has claimed and has no hand for."""
    tx.execute(
        update(delivery)
        .where(delivery.c.id.in_(ids), delivery.c.claimed_by == holder)
        .values(claimed_by=None, claimed_until=None)
    )


def _row(planned: NewDelivery, *, due_at: datetime, now: datetime) -> dict[str, Any]:
    row = {name: getattr(planned, name) for name in _PLANNED_FIELDS}
    return row | {
        "id": new_id(),
        "created_at": now,
        "state": DeliveryState.CLOSED if planned.reason else DeliveryState.WAITING,
        "next_attempt_at": None if planned.reason else due_at,
    }
