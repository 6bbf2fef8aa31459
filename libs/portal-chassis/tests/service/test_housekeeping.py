"""What is tidied up, and what is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from toy.tables import chassis

from portal_chassis.database.transactions import IDEMPOTENCY_KEPT
from portal_chassis.events.inbox import INBOX_KEPT
from portal_chassis.events.relay import SENT_KEPT
from portal_chassis.ids import new_id
from portal_chassis.process.housekeeping import count_backlog, prune

SECOND = timedelta(seconds=1)


@pytest.fixture
def outbox_row(database, now):
    def make(sent_at=None):
        with database.transaction() as tx:
            row = {"id": new_id(), "type": "t", "body": b"", "occurred_at": now}
            tx.execute(insert(chassis.outbox).values(next_attempt_at=now, sent_at=sent_at, **row))

    return make


@pytest.fixture
def inbox_row(database, now):
    def make(handled_at=None, *, dead=False):
        with database.transaction() as tx:
            ids = {name: new_id() for name in ("id", "event_id", "aggregate_id")}
            row = {"consumer": "c", "type": "t", "aggregate_seq": 1, "body": b""}
            tx.execute(
                insert(chassis.inbox).values(
                    received_at=now - INBOX_KEPT * 2, handled_at=handled_at, dead=dead, **ids, **row
                )
            )

    return make


def test_what_is_past_its_time_goes_and_the_rest_stays(database, rows, now, outbox_row, inbox_row):
    outbox_row(now - SENT_KEPT - SECOND)
    outbox_row(now - SENT_KEPT)
    outbox_row()
    inbox_row(now - INBOX_KEPT - SECOND)
    inbox_row(now - INBOX_KEPT)
    inbox_row(dead=True)
    inbox_row()
    with database.transaction() as tx:
        for number, age in enumerate((IDEMPOTENCY_KEPT + SECOND, IDEMPOTENCY_KEPT)):
            tx.execute(
                insert(chassis.idempotency).values(
                    scope=f"{number}", arguments_hash="h", created_at=now - age
                )
            )
    assert prune(database, now) == {"outbox": 1, "inbox": 1, "idempotency": 1}
    assert len(rows.rows(chassis.outbox)) == 2
    assert len(rows.rows(chassis.inbox)) == 3
    assert len(rows.rows(chassis.idempotency)) == 1
    assert prune(database, now) == {"outbox": 0, "inbox": 0, "idempotency": 0}


def test_many_rows_go_in_batches(database, now, outbox_row, monkeypatch):
    monkeypatch.setattr("portal_chassis.process.housekeeping.PRUNE_BATCH", 3)
    for _ in range(7):
        outbox_row(now - SENT_KEPT - SECOND)
    assert prune(database, now)["outbox"] == 7


def test_a_repeated_event_is_recognised_longer_than_it_can_be_repeated():
    assert INBOX_KEPT > SENT_KEPT


def test_the_backlog_is_counted(database, now, outbox_row, inbox_row):
    for _ in range(3):
        outbox_row()
    outbox_row(now)
    inbox_row(dead=True)
    inbox_row(now)
    inbox_row()
    with database.transaction() as tx:
        found = count_backlog(tx, now + 5 * SECOND)
    assert (found.unsent, found.waiting, found.dead) == (3, 1, 1)
    assert found.oldest_seconds == 5


def test_pruning_uses_its_indexes(database, now):
    with database.transaction() as tx:
        tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for table, condition in (
            (chassis.outbox, chassis.outbox.c.sent_at < now),
            (chassis.inbox, chassis.inbox.c.handled_at < now),
            (chassis.idempotency, chassis.idempotency.c.created_at < now),
        ):
            query = select(table).where(condition)
            plan = tx.exec_driver_sql(
                "EXPLAIN " + str(query.compile(compile_kwargs={"literal_binds": True}))
            ).all()
            assert "Index" in str(plan)
