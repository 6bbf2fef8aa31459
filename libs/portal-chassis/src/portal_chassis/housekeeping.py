"""What each service tidies up by itself: sent events, handled events, stored replies."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, MetaData, Table, delete, func, select

from portal_chassis import metrics
from portal_chassis.database import IDEMPOTENCY_KEPT, Database
from portal_chassis.relay import SENT_KEPT
from portal_chassis.tables import chassis_tables

INBOX_KEPT = timedelta(days=35)
"""Longer than sent outbox rows live, so that a repeated event is always recognised."""

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


def count_backlog(service: str, database: Database) -> tuple[int, int]:
    """Unsent events and dead events of `service`, also set as metrics."""
    outbox, inbox = _chassis.outbox, _chassis.inbox
    with database.transaction() as tx:
        unsent = tx.execute(
            select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None))
        ).scalar_one()
        dead = tx.execute(select(func.count()).select_from(inbox).where(inbox.c.dead)).scalar_one()
    metrics.OUTBOX_UNSENT.labels(service).set(unsent)
    metrics.INBOX_DEAD.labels(service).set(dead)
    return unsent, dead
