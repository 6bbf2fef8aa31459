"""What is in the inbox and was not handled is tried again, from the database, by lease."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, bindparam, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from portal_chassis.database.lease import NOW, claim
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Database, Transaction, is_away, savepoint
from portal_chassis.events.inbox import (
    Handler,
    Mode,
    Outcome,
    after_failure,
    newer_handled,
    tell,
)
from portal_chassis.tables import chassis_tables
from portal_contracts.envelope import Event

LEASE_SECONDS = 60

_inbox = chassis_tables(MetaData()).inbox
_WAITING = (
    _inbox.c.handled_at.is_(None)
    & ~_inbox.c.dead
    & (_inbox.c.consumer == func.any(bindparam("consumers", type_=ARRAY(_inbox.c.consumer.type))))
)
_DUE = _WAITING & (_inbox.c.next_attempt_at <= NOW)
_FREE = or_(_inbox.c.claimed_until.is_(None), _inbox.c.claimed_until <= NOW)
_CHECK_NOW = text("SET CONSTRAINTS ALL IMMEDIATE")
_NEXT = select(func.min(_inbox.c.next_attempt_at)).where(_WAITING, _FREE)


@dataclass(frozen=True, kw_only=True)
class DueRow:
    """A row of the inbox that is claimed to be tried again.

    Attributes:
        id: the row's own.
        consumer: service and handler that take the event.
        event_id: the event's.
        body: the whole event as JSON.
    """

    id: UUID
    consumer: str
    event_id: UUID
    body: bytes = field(repr=False)


def next_attempt(database: Database, consumers: Sequence[str], *, now: datetime) -> datetime | None:
    """When the next row of `consumers` is to be tried again that nobody has; None where none waits.

    An instant that has passed: it is due.
    """
    with database.autocommit() as tx:
        found = run(tx, _NEXT, {"consumers": list(consumers), NOW.key: now})
    earliest: datetime | None = found.scalar_one()
    return earliest


def due_rows(
    database: Database, consumers: Sequence[str], *, holder: str, now: datetime, limit: int = 20
) -> list[DueRow]:
    """Claim rows of `consumers` whose next attempt is due."""
    with database.autocommit() as tx:
        rows = claim(
            tx,
            _inbox,
            due=_DUE,
            order_by=_inbox.c.next_attempt_at,
            limit=limit,
            holder=holder,
            seconds=LEASE_SECONDS,
            now=now,
            consumers=list(consumers),
        )
    return [
        DueRow(id=row["id"], consumer=row["consumer"], event_id=row["event_id"], body=row["body"])
        for row in rows
    ]


def retry(
    database: Database,
    row: DueRow,
    event: Event[Any],
    handler: Handler,
    *,
    mode: Mode,
    holder: str,
    now: datetime,
) -> Outcome:
    """Run the handler again for a claimed row, if the lease is still held."""
    with database.transaction() as tx:
        attempts = _held_attempts(tx, row, holder)
        if attempts is None:
            return Outcome.DUPLICATE
        outcome = _run(tx, row.id, attempts, row.consumer, event, handler, mode=mode, now=now)
    tell(row.consumer, row.event_id, outcome)
    return outcome


def fail(
    database: Database, row: DueRow, error: Exception, *, holder: str, now: datetime
) -> Outcome:
    """Count a failed attempt of a claimed row whose event could not even be decoded."""
    with database.transaction() as tx:
        attempts = _held_attempts(tx, row, holder)
        if attempts is None:
            return Outcome.DUPLICATE
        outcome = _failed(tx, row.id, attempts + 1, row.consumer, row.event_id, error, now)
    tell(row.consumer, row.event_id, outcome)
    return outcome


def _held_attempts(tx: Transaction, row: DueRow, holder: str) -> int | None:
    """How often a row was tried, while the lease is ours and it is not handled; locks it."""
    query = select(_inbox.c.attempts).where(
        _inbox.c.id == row.id, _inbox.c.claimed_by == holder, _inbox.c.handled_at.is_(None)
    )
    return tx.execute(query.with_for_update()).scalar_one_or_none()


def _run(
    tx: Transaction,
    row_id: UUID,
    attempts: int,
    consumer: str,
    event: Event[Any],
    handler: Handler,
    *,
    mode: Mode,
    now: datetime,
) -> Outcome:
    if mode == "latest" and newer_handled(tx, consumer, event):
        _mark(tx, row_id, handled_at=now)
        return Outcome.OUTDATED
    try:
        with savepoint(tx):
            handler(event, tx)
            # What would be refused only at the commit is this handler's failure too.
            tx.execute(_CHECK_NOW)
    except Exception as error:
        if is_away(error):
            raise
        return _failed(tx, row_id, attempts + 1, consumer, event.id, error, now)
    _mark(tx, row_id, handled_at=now, attempts=attempts + 1, last_error=None)
    return Outcome.HANDLED


def _failed(
    tx: Transaction,
    row_id: UUID,
    attempts: int,
    consumer: str,
    event_id: UUID,
    error: Exception,
    now: datetime,
) -> Outcome:
    after = after_failure(consumer, event_id, attempts, error, now)
    _mark(tx, row_id, **after)
    return Outcome.DEAD if after["dead"] else Outcome.FAILED


def _mark(tx: Transaction, row_id: UUID, **values: Any) -> None:
    tx.execute(
        update(_inbox)
        .where(_inbox.c.id == row_id)
        .values(claimed_by=None, claimed_until=None, **values)
    )
