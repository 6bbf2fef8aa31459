"""The inbox: an event is taken once per consumer, in the transaction of its handler.

What a handler that fails has written is rolled back; its row is kept, with the
reason's type, and is tried again from the database with growing pauses (`inbox_retries`).
After the last attempt the row is *dead*: counted, shown, and re-run by
``<service>-admin dead-letters retry``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import MetaData, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from portal_chassis import metrics
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Database, Transaction, describe_error, is_away
from portal_chassis.ids import new_id
from portal_chassis.logging import origin
from portal_chassis.tables import chassis_tables
from portal_chassis.wakeups import wake_up
from portal_contracts.envelope import Event

log = structlog.get_logger(__name__)

Mode = Literal["every", "latest"]
Handler = Callable[[Event[Any], Transaction], None]

MAX_ATTEMPTS = 12
FIRST_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 3600
INBOX_KEPT = timedelta(days=35)
"""Longer than sent outbox rows live, so that a repeated event is always recognised."""

_inbox = chassis_tables(MetaData()).inbox
_ROW = tuple(
    _inbox.c[name]
    for name in (
        "id",
        "consumer",
        "event_id",
        "type",
        "aggregate_id",
        "aggregate_seq",
        "body",
        "received_at",
        "handled_at",
        "attempts",
        "next_attempt_at",
        "last_error",
        "dead",
    )
)
_TAKE = insert(_inbox).values(given(*_ROW)).on_conflict_do_nothing().returning(_inbox.c.id)


class Outcome(StrEnum):
    """What became of an event."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    OUTDATED = "outdated"
    FAILED = "failed"
    DEAD = "dead"
    NO_CONCERN = "no_concern"


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
    """Take an event for the first time: its row and what the handler does, in one transaction.

    The row is written as that of a handled event. Where the handler fails, all of it is rolled
    back, and the row is written as that of a failure, in a transaction of its own: a process
    that dies between the two has not acknowledged the event, and is given it again.

    Returns:
        ``duplicate`` when the row was there already. A failure is kept in the row, not raised.

    Raises:
        sqlalchemy.exc.OperationalError: the database does not answer; nothing was written.
    """
    row = {
        "id": new_id(),
        "consumer": consumer,
        "event_id": event.id,
        "type": event.type,
        "aggregate_id": event.aggregate.id,
        "aggregate_seq": event.aggregate.seq,
        "body": msgspec.json.encode(event),
        "received_at": now,
    }
    ran = False
    try:
        with database.transaction() as tx:
            outcome = _handled_at_once(tx, row, event, handler, mode=mode, now=now)
            ran = True
    except _HandlerFailed as failed:
        outcome = _keep_failure(database, row, failed.reason, now)
    except DBAPIError as error:
        if not ran or is_away(error):
            raise
        # What the handler wrote was refused only when it was committed: a deferred constraint.
        outcome = _keep_failure(database, row, error, now)
    tell(consumer, event.id, outcome)
    return outcome


class _HandlerFailed(Exception):
    """Ends the transaction in which a handler failed, for this reason."""

    def __init__(self, reason: Exception) -> None:
        super().__init__()
        self.reason = reason


def _handled_at_once(
    tx: Transaction,
    row: dict[str, Any],
    event: Event[Any],
    handler: Handler,
    *,
    mode: Mode,
    now: datetime,
) -> Outcome:
    done = {"handled_at": now, "attempts": 1, "next_attempt_at": None, "last_error": None}
    if not run(tx, _TAKE, row | done | {"dead": False}).rowcount:
        return Outcome.DUPLICATE
    if mode == "latest" and newer_handled(tx, row["consumer"], event):
        return Outcome.OUTDATED
    try:
        handler(event, tx)
    except Exception as error:
        if is_away(error):
            raise
        raise _HandlerFailed(error) from error
    return Outcome.HANDLED


def _keep_failure(
    database: Database, row: dict[str, Any], error: Exception, now: datetime
) -> Outcome:
    """Write the row of an event whose handler failed at once; it is tried again later."""
    after = after_failure(row["consumer"], row["event_id"], 1, error, now)
    with database.autocommit() as tx:
        taken = run(tx, _TAKE, row | after | {"handled_at": None}).rowcount
    if not taken:
        return Outcome.DUPLICATE
    wake_up(retries_of(database))
    return Outcome.DEAD if after["dead"] else Outcome.FAILED


def retries_of(database: Database) -> str:
    """The name by which whoever tries again what failed here is woken."""
    return f"inbox {database.engine.url.database}"


def tell(consumer: str, event_id: UUID, outcome: Outcome) -> None:
    """Count and log what became of an event."""
    metrics.EVENTS_HANDLED.labels(consumer, outcome).inc()
    if outcome not in (Outcome.FAILED, Outcome.DEAD):
        log.info("event_taken", consumer=consumer, event_id=str(event_id), outcome=str(outcome))


def after_failure(
    consumer: str, event_id: UUID, attempts: int, error: Exception, now: datetime
) -> dict[str, Any]:
    """What a row holds after failed attempt number `attempts`; the failure is logged."""
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
    return {
        "attempts": attempts,
        "last_error": describe_error(error),
        "next_attempt_at": now + timedelta(seconds=pause_seconds(attempts)),
        "dead": dead,
    }


def newer_handled(tx: Transaction, consumer: str, event: Event[Any]) -> bool:
    """Whether a later event of the same aggregate was handled; others of it wait meanwhile."""
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
