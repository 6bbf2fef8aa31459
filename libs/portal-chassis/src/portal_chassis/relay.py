"""The relay: publishes outbox rows, right after their commit, until they are confirmed.

Each replica runs one; rows are claimed by lease. Events are persistent,
mandatory and confirmed, with ``message_id`` = the event's id. An unroutable
event backs off, blocks no other and is counted. Sent rows are pruned after
`SENT_KEPT`; inbox rows outlive them, so that a repeated event is recognised.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import MetaData, Row, func, select, update

from portal_chassis import acknowledgements, metrics
from portal_chassis.broker import is_memory
from portal_chassis.database import Database
from portal_chassis.lease import claim
from portal_chassis.publisher import PERSISTENT, BrokerAway, Publisher, Unroutable
from portal_chassis.tables import chassis_tables
from portal_contracts.catalogue import EVENTS

log = structlog.get_logger(__name__)

BATCH = 100
LEASE_SECONDS = 30
LONGEST_PAUSE_SECONDS = 300
MEMORY_CONFIRM_SECONDS = 3
SENT_KEPT = timedelta(days=30)

_outbox = chassis_tables(MetaData()).outbox


class Relay:
    """Publishes the outbox of one service."""

    def __init__(self, service: str, database: Database, amqp_uri: str, holder: str) -> None:
        self._service = service
        self._database = database
        self._holder = holder
        self._memory = is_memory(amqp_uri)
        self._publisher = Publisher(amqp_uri)

    def close(self) -> None:
        """Close the connection to the broker."""
        self._publisher.close()

    def publish_due(self, now: datetime) -> int:
        """Claim what is due, publish it, mark it.

        Returns:
            How many were sent; 0 when nothing was due or the broker is away.
        """
        with self._database.transaction() as tx:
            rows = claim(
                tx,
                _outbox,
                due=_outbox.c.sent_at.is_(None) & (_outbox.c.next_attempt_at <= now),
                order_by=_outbox.c.id,
                limit=BATCH,
                holder=self._holder,
                seconds=LEASE_SECONDS,
                now=now,
            )
        if not rows:
            return 0
        sent, failed = self._publish(rows)
        self._mark(rows, sent, failed, now)
        return len(sent)

    def unsent(self) -> int:
        """How many rows wait."""
        with self._database.transaction() as tx:
            query = select(func.count()).select_from(_outbox).where(_outbox.c.sent_at.is_(None))
            return int(tx.execute(query).scalar_one())

    def _publish(self, rows: Sequence[Row[Any]]) -> tuple[list[UUID], dict[UUID, str]]:
        failed: dict[UUID, str] = {}
        published: list[Row[Any]] = []
        if self._memory:
            acknowledgements.expect(row.id for row in rows)
        for row in rows:
            try:
                self._publisher.publish(
                    bytes(row.body),
                    exchange=f"{self._service}.events",
                    routing_key=row.type,
                    delivery_mode=PERSISTENT,
                    message_id=str(row.id),
                )
            except Unroutable:
                failed[row.id] = "unroutable"
                log.error("event_unroutable", event_type=row.type, event_id=str(row.id))
            except BrokerAway:
                failed.update({left.id: "broker_away" for left in rows if left not in published})
                break
            else:
                published.append(row)
        if not self._memory:
            return [row.id for row in published], failed
        sent = [row.id for row in published if self._taken(row)]
        failed.update({row.id: "not_taken" for row in published if row.id not in sent})
        return sent, failed

    @staticmethod
    def _taken(row: Row[Any]) -> bool:
        event = EVENTS.get(row.type)
        subscribers = event.SUBSCRIBERS if event else ()
        return acknowledgements.wait_for(row.id, subscribers, MEMORY_CONFIRM_SECONDS)

    def _mark(
        self,
        rows: Sequence[Row[Any]],
        sent: Sequence[UUID],
        failed: dict[UUID, str],
        now: datetime,
    ) -> None:
        free: dict[str, Any] = {"claimed_by": None, "claimed_until": None}
        mine = _outbox.c.claimed_by == self._holder
        with self._database.transaction() as tx:
            if sent:
                tx.execute(
                    update(_outbox)
                    .where(_outbox.c.id.in_(sent), mine)
                    .values(sent_at=now, attempts=_outbox.c.attempts + 1, last_error=None, **free)
                )
            for row in rows:
                if row.id in failed:
                    # A broker that is away is not the event's fault: it goes out at its return.
                    away = failed[row.id] == "broker_away"
                    pause = 1 if away else min(2 ** (row.attempts + 1), LONGEST_PAUSE_SECONDS)
                    tx.execute(
                        update(_outbox)
                        .where(_outbox.c.id == row.id, mine)
                        .values(
                            attempts=_outbox.c.attempts + (0 if away else 1),
                            last_error=failed[row.id],
                            next_attempt_at=now + timedelta(seconds=pause),
                            **free,
                        )
                    )
        metrics.OUTBOX_PUBLISHED.labels(self._service, "sent").inc(len(sent))
        metrics.OUTBOX_PUBLISHED.labels(self._service, "failed").inc(len(failed))
