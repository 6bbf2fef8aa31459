"""Which deliveries are next, claimed by lease: those of one cause together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import all_, and_, bindparam, func
from sqlalchemy.dialects.postgresql import ARRAY

from notifications.domain.delivery import Delivery
from notifications.storage.deliveries import delivery_of
from notifications.storage.tables import delivery
from portal_chassis.database.lease import NOW, claim
from portal_chassis.database.transactions import Transaction
from portal_contracts.notifications.rpc import OPEN_STATES

_IDS = ARRAY(delivery.c.id.type)
_ABOUT = func.coalesce(delivery.c.client_id, delivery.c.subject_id)
_DUE = and_(
    delivery.c.state.in_(OPEN_STATES),
    delivery.c.sent_at.is_(None),
    delivery.c.next_attempt_at <= NOW,
    all_(bindparam("in_hand", type_=_IDS)) != _ABOUT,
    delivery.c.practice_id != all_(bindparam("full", type_=_IDS)),
)
MOST_TOGETHER = 4
"""Mails of one cause that are claimed together."""


@dataclass(frozen=True)
class Claimed:
    """Mails of one cause that are a sender's for a while.

    Attributes:
        deliveries: in the order in which they are sent; none where nothing was due.
        more_due: whether others were due besides.
    """

    deliveries: tuple[Delivery, ...]
    more_due: bool


def claim_due(
    tx: Transaction,
    *,
    holder: str,
    seconds: float,
    now: datetime,
    in_hand: Collection[UUID] = (),
    full: Collection[UUID] = (),
) -> Claimed:
    """Claim the delivery that is longest due, and with it what is due for the same cause.

    Args:
        tx: see `lease.claim`.
        holder: unique to this process.
        seconds: length of the lease.
        now: aware UTC.
        in_hand: the clients whose mails are passed over, and the subjects of mails without one.
        full: the practices whose mails are passed over.
    """
    rows = claim(
        tx,
        delivery,
        due=_DUE,
        order_by=delivery.c.next_attempt_at,
        together=delivery.c.cause_id,
        limit=MOST_TOGETHER,
        holder=holder,
        seconds=seconds,
        now=now,
        in_hand=list(in_hand),
        full=list(full),
    )
    return Claimed(tuple(delivery_of(row) for row in rows), bool(rows and rows[0]["more_due"]))
