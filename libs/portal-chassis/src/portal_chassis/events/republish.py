"""Publishing again what the outbox holds: after the broker or another database lost it.

An event goes out again as it was, under its id; each inbox knows the ids it
has taken and takes no event twice. It knows them for `INBOX_KEPT` after they
were handled, so nothing older than `REPEATABLE` goes out again: that is
`INBOX_KEPT` counted from the moment the event happened, which is never after
it was handled, less a day for clocks that differ.

Only the outbox is touched: the relay publishes what is marked as unsent, in
the order in which it happened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, MetaData, and_, func, select, update

from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.events.inbox import INBOX_KEPT
from portal_chassis.tables import chassis_tables

BATCH = 500
REPEATABLE = INBOX_KEPT - timedelta(days=1)

_outbox = chassis_tables(MetaData()).outbox


@dataclass(frozen=True)
class Span:
    """Which events go out again: those that were sent from `since` on, and before `until`.

    Attributes:
        since: aware UTC.
        until: aware UTC.
        oldest: what happened before stays as it is: the inboxes may have forgotten it.
    """

    since: datetime
    until: datetime
    oldest: datetime


class TooOld(ValueError):
    """The span begins before what the inboxes remember for sure.

    Attributes:
        oldest: the first instant from which on they do.
    """

    def __init__(self, oldest: datetime) -> None:
        super().__init__(f"older than {oldest:%Y-%m-%d}")
        self.oldest = oldest


def span(since: datetime, until: datetime | None, now: datetime) -> Span:
    """What was sent between two instants; `until` None: up to now.

    Raises:
        TooOld: `since` is before what the inboxes remember.
    """
    oldest = now - REPEATABLE
    if since < oldest:
        raise TooOld(oldest)
    return Span(since, min(until or now, now), oldest)


def count(tx: Transaction, which: Span) -> tuple[int, int]:
    """How many events go out again, and how many of the span stay because they are too old."""
    sent = _sent_in(which)
    young = _outbox.c.occurred_at >= which.oldest
    again, left = tx.execute(
        select(func.count().filter(young), func.count().filter(~young)).where(sent)
    ).one()
    return int(again), int(left)


def republish(
    database: Database, which: Span, *, now: datetime, told: Callable[[int], None]
) -> int:
    """Mark the events of the span as unsent, oldest first, in batches.

    Each event is marked once, also when the relay sends it again meanwhile. A
    repetition after a crash marks again what went out; the inboxes know it.

    Args:
        database: of the service that published them.
        which: see `span`.
        now: from when on they are due.
        told: how many each batch marked.

    Returns:
        How many events go out again.
    """
    wanted = and_(_sent_in(which), _outbox.c.occurred_at >= which.oldest)
    marked, last = 0, None
    while True:
        after = wanted if last is None else and_(wanted, _outbox.c.id > last)
        batch = select(_outbox.c.id).where(after).order_by(_outbox.c.id).limit(BATCH)
        with database.transaction() as tx:
            ids = list(tx.execute(batch).scalars())
            if not ids:
                return marked
            tx.execute(
                update(_outbox)
                .where(_outbox.c.id.in_(ids), _outbox.c.sent_at.is_not(None))
                .values(sent_at=None, next_attempt_at=now, attempts=0, last_error=None)
            )
        marked, last = marked + len(ids), ids[-1]
        told(len(ids))


def instant_text(instant: datetime) -> str:
    """An instant as ``--since`` takes it, cut to the minute."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def _sent_in(which: Span) -> ColumnElement[bool]:
    return and_(_outbox.c.sent_at >= which.since, _outbox.c.sent_at < which.until)
