"""What each service tidies up by itself: sent events, handled events, stored replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, MetaData, Table, delete, func, select

from portal_chassis.database.transactions import IDEMPOTENCY_KEPT, Database, Transaction
from portal_chassis.events.inbox import INBOX_KEPT
from portal_chassis.events.relay import SENT_KEPT
from portal_chassis.tables import chassis_tables

PRUNE_BATCH = 1_000
_chassis = chassis_tables(MetaData())


def prune(database: Database, now: datetime) -> dict[str, int]:
    """Delete what is past its time; table name to rows deleted."""
    outbox, inbox, idempotency = _chassis.outbox, _chassis.inbox, _chassis.idempotency
    old = {
        outbox: outbox.c.sent_at < now - SENT_KEPT,
        inbox: inbox.c.handled_at < now - INBOX_KEPT,
        idempotency: idempotency.c.created_at < now - IDEMPOTENCY_KEPT,
    }
    return {table.name: _delete_all(database, table, which) for table, which in old.items()}


def _delete_all(database: Database, table: Table, which: ColumnElement[bool]) -> int:
    """Delete in batches, each far below the statement timeout; how many rows."""
    key = table.primary_key.columns[0]
    statement = delete(table).where(key.in_(select(key).where(which).limit(PRUNE_BATCH)))
    deleted = 0
    while True:
        with database.transaction() as tx:
            batch = tx.execute(statement).rowcount
        deleted += batch
        if batch < PRUNE_BATCH:
            return deleted


@dataclass(frozen=True)
class Backlog:
    """What waits in one database.

    Attributes:
        unsent: events in the outbox.
        oldest_seconds: age of the oldest of them; 0 without one.
        waiting: events in the inbox that failed and are tried again.
        dead: events that failed for the last time.
    """

    unsent: int
    oldest_seconds: float
    waiting: int
    dead: int


def count_backlog(tx: Transaction, now: datetime) -> Backlog:
    """Count what waits; each by an index of those that do."""
    outbox, inbox = _chassis.outbox, _chassis.inbox
    unsent, oldest = tx.execute(
        select(func.count(), func.min(outbox.c.occurred_at)).where(outbox.c.sent_at.is_(None))
    ).one()
    waiting = select(func.count()).where(inbox.c.handled_at.is_(None), ~inbox.c.dead)
    dead = select(func.count()).where(inbox.c.dead)
    return Backlog(
        unsent=unsent,
        oldest_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        waiting=tx.execute(waiting).scalar_one(),
        dead=tx.execute(dead).scalar_one(),
    )
