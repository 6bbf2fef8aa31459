"""The relay: publishes outbox rows, right after their commit, until they are confirmed.

Each replica runs one; rows are claimed by lease, those of its own process as they are written
(`handover.py`). Events are persistent,
mandatory and confirmed, with ``message_id`` = the event's id. An unroutable
event backs off, blocks no other and is counted. Sent rows are pruned after
`SENT_KEPT`; inbox rows outlive them, so that a repeated event is recognised.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import MetaData, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from portal_chassis import metrics
from portal_chassis.broker.connection import is_memory
from portal_chassis.broker.publisher import (
    BrokerAway,
    Outgoing,
    Publisher,
    Unroutable,
)
from portal_chassis.database.lease import NEED_NOT_LAST, NOW, claim, mark
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Database
from portal_chassis.events import acknowledgements
from portal_chassis.events.handover import LEASE_SECONDS, Unsent, begin_by
from portal_chassis.tables import chassis_tables
from portal_contracts.catalogue import EVENTS, event_exchange

log = structlog.get_logger(__name__)

BATCH = 100
LONGEST_PAUSE_SECONDS = 300
MEMORY_CONFIRM_SECONDS = 3

SENT = "sent"
UNROUTABLE = "unroutable"
NOT_TAKEN = "not_taken"
BROKER_AWAY = "broker_away"
NOT_BEGUN = "not_begun"
SENT_KEPT = timedelta(days=30)

_outbox = chassis_tables(MetaData()).outbox
_SENT = (
    update(_outbox)
    .where(
        _outbox.c.id == func.any(bindparam("sent", type_=ARRAY(_outbox.c.id.type))),
        _outbox.c.claimed_by == bindparam("holder", type_=_outbox.c.claimed_by.type),
    )
    .values(
        sent_at=bindparam("at", type_=_outbox.c.sent_at.type),
        attempts=_outbox.c.attempts + 1,
        last_error=None,
        claimed_by=None,
        claimed_until=None,
    )
    .returning(NEED_NOT_LAST)
)
_DUE = _outbox.c.sent_at.is_(None) & (_outbox.c.next_attempt_at <= NOW)


class Relay:
    """Publishes the outbox of one service.

    Attributes:
        held_up: the last batch held a row that could not be sent.
    """

    def __init__(self, service: str, database: Database, amqp_uri: str, holder: str) -> None:
        self._service = service
        self._database = database
        self._holder = holder
        self._memory = is_memory(amqp_uri)
        self._publisher = Publisher(amqp_uri)
        self.held_up = False

    def close(self) -> None:
        """Close the connection to the broker."""
        self._publisher.close()

    def publish_due(self, now: datetime) -> int:
        """Claim what is due, publish it, mark it.

        Returns:
            How many were sent; 0 when nothing was due or the broker is away.
        """
        return self.publish_claimed(self._claim(now), now)

    def publish_claimed(self, unsent: Sequence[Unsent], now: datetime) -> int:
        """Publish what is claimed already, mark it.

        Returns:
            How many were sent.
        """
        outcomes = self._publish(unsent) if unsent else {}
        sent = sum(outcome == SENT for outcome in outcomes.values())
        self.held_up = sent < len(unsent)
        if unsent:
            self._mark(unsent, outcomes, now)
        return sent

    def unsent(self) -> int:
        """How many rows wait."""
        with self._database.transaction() as tx:
            query = select(func.count()).select_from(_outbox).where(_outbox.c.sent_at.is_(None))
            return int(tx.execute(query).scalar_one())

    def _claim(self, now: datetime) -> list[Unsent]:
        with self._database.autocommit() as tx:
            rows = claim(
                tx,
                _outbox,
                due=_DUE,
                order_by=_outbox.c.id,
                limit=BATCH,
                holder=self._holder,
                seconds=LEASE_SECONDS,
                now=now,
            )
        named = ("id", "type", "body", "attempts")
        until = begin_by()
        return [Unsent(**{name: row[name] for name in named}, begin_by=until) for row in rows]

    def _publish(self, unsent: Sequence[Unsent]) -> dict[UUID, str]:
        if not self._memory:
            return self._publish_all(unsent)
        with acknowledgements.expecting(event.id for event in unsent):
            outcomes = self._publish_all(unsent)
            until = time.monotonic() + MEMORY_CONFIRM_SECONDS
            for event in unsent:
                if outcomes[event.id] == SENT and not _taken(event, until):
                    outcomes[event.id] = NOT_TAKEN
        return outcomes

    def _publish_all(self, unsent: Sequence[Unsent]) -> dict[UUID, str]:
        """All at once first; what is not confirmed then by itself, which says why."""
        outcomes = {one.id: NOT_BEGUN for one in unsent if time.monotonic() > one.begin_by}
        rest = [one for one in unsent if one.id not in outcomes]
        if len(rest) > 1 and not self._memory:
            try:
                sent = self._publisher.publish_together([self._outgoing(one) for one in rest])
            except BrokerAway:
                return outcomes | {one.id: BROKER_AWAY for one in rest}
            outcomes |= {one.id: SENT for one in rest if str(one.id) in sent}
            rest = [one for one in rest if one.id not in outcomes]
        return outcomes | self._publish_each(rest)

    def _publish_each(self, unsent: Sequence[Unsent]) -> dict[UUID, str]:
        outcomes: dict[UUID, str] = {}
        away = False
        for event in unsent:
            if away or time.monotonic() > event.begin_by:
                outcomes[event.id] = BROKER_AWAY if away else NOT_BEGUN
                continue
            try:
                self._publisher.publish_outgoing(self._outgoing(event))
            except Unroutable:
                outcomes[event.id] = UNROUTABLE
                log.error("event_unroutable", event_type=event.type, event_id=str(event.id))
            except BrokerAway:
                outcomes[event.id], away = BROKER_AWAY, True
            else:
                outcomes[event.id] = SENT
        return outcomes

    def _outgoing(self, event: Unsent) -> Outgoing:
        return Outgoing(
            event.body, event_exchange(self._service), event.type, message_id=str(event.id)
        )

    def _mark(self, unsent: Sequence[Unsent], outcomes: dict[UUID, str], now: datetime) -> None:
        sent = [event_id for event_id, outcome in outcomes.items() if outcome == SENT]
        # Each statement for itself; what a crash of the database takes back is published again,
        # and known by its id.
        with self._database.autocommit() as tx:
            if sent:
                run(tx, _SENT, {"sent": sent, "holder": self._holder, "at": now})
            for event in unsent:
                if outcomes[event.id] != SENT:
                    values = _after_failure(event, outcomes[event.id], now)
                    mark(tx, _outbox, event.id, holder=self._holder, **values)
        metrics.OUTBOX_PUBLISHED.labels(self._service, "sent").inc(len(sent))
        metrics.OUTBOX_PUBLISHED.labels(self._service, "failed").inc(len(unsent) - len(sent))


def _taken(event: Unsent, until: float) -> bool:
    """Whether each subscriber of the event has it in its inbox, in time."""
    known = EVENTS.get(event.type)
    subscribers = known.SUBSCRIBERS if known else ()
    return acknowledgements.wait_for(event.id, subscribers, until - time.monotonic())


def _after_failure(event: Unsent, outcome: str, now: datetime) -> dict[str, Any]:
    if outcome == NOT_BEGUN:
        return {}
    if outcome == BROKER_AWAY:
        # Not the event's fault: it goes out when the broker is back.
        return {"last_error": outcome, "next_attempt_at": now + timedelta(seconds=1)}
    pause = min(2 ** min(event.attempts + 1, 10), LONGEST_PAUSE_SECONDS)
    return {
        "attempts": event.attempts + 1,
        "last_error": outcome,
        "next_attempt_at": now + timedelta(seconds=pause),
    }
