"""The inbox: an event is taken once per consumer, in the transaction of its handler.

A handler that fails is rolled back to a savepoint; its row stays, with the
reason's type, and is tried again from the database with growing pauses.
After the last attempt the row is *dead*: counted, shown, and re-run by
``<service>-admin dead-letters retry``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import MetaData, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal_chassis import metrics
from portal_chassis.database.lease import NOW, claim
from portal_chassis.database.transactions import Database, Transaction, describe_error, is_away
from portal_chassis.ids import new_id
from portal_chassis.logging import origin
from portal_chassis.tables import chassis_tables
from portal_contracts.envelope import Event

log = structlog.get_logger(__name__)

Mode = Literal["every", "latest"]
Handler = Callable[[Event[Any], Transaction], None]

MAX_ATTEMPTS = 12
FIRST_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 3600
LEASE_SECONDS = 60
INBOX_KEPT = timedelta(days=35)
"""Longer than sent outbox rows live, so that a repeated event is always recognised."""

_inbox = chassis_tables(MetaData()).inbox
_TAKE = insert(_inbox).on_conflict_do_nothing().returning(_inbox.c.id)
_DUE = (
    _inbox.c.handled_at.is_(None)
    & ~_inbox.c.dead
    & (_inbox.c.next_attempt_at <= NOW)
    & _inbox.c.consumer.in_(bindparam("consumers", expanding=True))
)


class Outcome(StrEnum):
    """What became of an event."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    OUTDATED = "outdated"
    FAILED = "failed"
    DEAD = "dead"


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


def pause_seconds(attempts: int) -> int:
    """How long to wait after failed attempt number `attempts` (from 1)."""
    pause: int = FIRST_PAUSE_SECONDS * 2 ** (attempts - 1)
    return min(pause, LONGEST_PAUSE_SECONDS)


def receive(
    database: Database,
    consumer: str,
    event: Event[Any],
    handler: Handler,
    *,
    mode: Mode,
    now: datetime,
) -> Outcome:
    """Take an event for the first time: insert its row and run the handler, in one transaction.

    Returns:
        ``duplicate`` when the row was there already. A failure is kept in the row, not raised.

    Raises:
        sqlalchemy.exc.OperationalError: the database does not answer; nothing was written.
    """
    with database.transaction() as tx:
        row_id = tx.execute(
            _TAKE,
            {
                "id": new_id(),
                "consumer": consumer,
                "event_id": event.id,
                "type": event.type,
                "aggregate_id": event.aggregate.id,
                "aggregate_seq": event.aggregate.seq,
                "body": msgspec.json.encode(event),
                "received_at": now,
            },
        ).scalar_one_or_none()
        if row_id is None:
            outcome = Outcome.DUPLICATE
        else:
            outcome = _run(tx, row_id, 0, consumer, event, handler, mode=mode, now=now)
    _tell(consumer, event.id, outcome)
    return outcome


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
    _tell(row.consumer, row.event_id, outcome)
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
    _tell(row.consumer, row.event_id, outcome)
    return outcome


def _tell(consumer: str, event_id: UUID, outcome: Outcome) -> None:
    metrics.EVENTS_HANDLED.labels(consumer, outcome).inc()
    if outcome not in (Outcome.FAILED, Outcome.DEAD):
        log.info("event_taken", consumer=consumer, event_id=str(event_id), outcome=str(outcome))


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
    if mode == "latest" and _newer_handled(tx, consumer, event):
        _mark(tx, row_id, handled_at=now)
        return Outcome.OUTDATED
    try:
        with tx.begin_nested():
            handler(event, tx)
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
    dead = attempts >= MAX_ATTEMPTS
    log.error(
        "handler_failed",
        consumer=consumer,
        event_id=str(event_id),
        attempts=attempts,
        dead=dead,
        error=describe_error(error),
        where=origin(error),
    )
    _mark(
        tx,
        row_id,
        attempts=attempts,
        last_error=describe_error(error),
        next_attempt_at=now + timedelta(seconds=pause_seconds(attempts)),
        dead=dead,
    )
    return Outcome.DEAD if dead else Outcome.FAILED


def _newer_handled(tx: Transaction, consumer: str, event: Event[Any]) -> bool:
    # Two events of one aggregate at the same moment: the second waits, and then sees the first.
    one_at_a_time = func.hashtextextended(f"{consumer} {event.aggregate.id}", 0)
    tx.execute(select(func.pg_advisory_xact_lock(one_at_a_time)))
    newer = select(_inbox.c.id).where(
        _inbox.c.consumer == consumer,
        _inbox.c.aggregate_id == event.aggregate.id,
        _inbox.c.aggregate_seq > event.aggregate.seq,
        _inbox.c.handled_at.is_not(None),
    )
    return tx.execute(newer.limit(1)).first() is not None


def _mark(tx: Transaction, row_id: UUID, **values: Any) -> None:
    tx.execute(
        update(_inbox)
        .where(_inbox.c.id == row_id)
        .values(claimed_by=None, claimed_until=None, **values)
    )
