"""Leases: each row is one worker's for a while."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import insert, select, true, update
from toy.tables import thing

from portal_chassis.database.lease import claim, mark
from portal_chassis.ids import new_id

LEASE = 60


@pytest.fixture
def things(database, now):
    """Ten rows, due one after the other, in an order that is not that of their ids."""
    with database.transaction() as tx:
        for number in (7, 3, 9, 1, 5, 0, 8, 2, 6, 4):
            due_at = now - timedelta(minutes=10 - number)
            tx.execute(insert(thing).values(id=new_id(), word=f"{number}", due_at=due_at))


def take(tx, now, *, holder="me", limit=100, due=None):
    return claim(
        tx,
        thing,
        due=(thing.c.due_at <= now) & thing.c.done_at.is_(None) if due is None else due,
        order_by=thing.c.due_at,
        limit=limit,
        holder=holder,
        seconds=LEASE,
        now=now,
    )


def words(rows):
    return "".join(row["word"] for row in rows)


def test_due_rows_are_claimed_in_order_and_up_to_the_limit(database, things, now):
    with database.transaction() as tx:
        assert words(take(tx, now, limit=4)) == "0123"
        assert words(take(tx, now, limit=4)) == "4567"
        claimed = take(tx, now, limit=4)
    assert words(claimed) == "89"
    assert {(row["claimed_by"], row["claimed_until"]) for row in claimed} == {
        ("me", now + timedelta(seconds=LEASE))
    }


def test_what_is_not_due_is_left_alone(database, things, now):
    with database.transaction() as tx:
        assert words(take(tx, now - timedelta(minutes=6))) == "01234"
        assert words(take(tx, now, due=true() & (thing.c.word == "9"))) == "9"


def test_a_live_lease_is_respected_and_an_expired_one_is_not(database, things, now):
    with database.transaction() as tx:
        take(tx, now, holder="first", limit=3)
    with database.transaction() as tx:
        shortly_before = now + timedelta(seconds=LEASE - 1)
        assert words(take(tx, shortly_before, holder="second", limit=3)) == "345"
    with database.transaction() as tx:
        end = now + timedelta(seconds=LEASE)
        assert words(take(tx, end, holder="third", limit=3)) == "012"


def test_a_rolled_back_claim_leaves_the_rows_free(database, things, now):
    with suppress(InterruptedError), database.transaction() as tx:
        take(tx, now)
        raise InterruptedError
    with database.transaction() as tx:
        assert len(take(tx, now)) == 10


def test_marking_writes_and_gives_the_lease_back(database, things, now):
    with database.transaction() as tx:
        row = take(tx, now, limit=1)[0]
        assert mark(tx, thing, row["id"], holder="me", done_at=now)
    with database.transaction() as tx:
        found = tx.execute(select(thing).where(thing.c.id == row["id"])).one()
        assert (found.done_at, found.claimed_by, found.claimed_until) == (now, None, None)
        assert "0" not in words(take(tx, now))


def test_a_lost_lease_marks_nothing(database, things, now):
    with database.transaction() as tx:
        row = take(tx, now, holder="slow", limit=1)[0]
    later = now + timedelta(seconds=LEASE + 1)
    with database.transaction() as tx:
        assert take(tx, later, holder="quick", limit=1)[0]["id"] == row["id"]
    with database.transaction() as tx:
        assert not mark(tx, thing, row["id"], holder="slow", done_at=later)
        found = tx.execute(select(thing).where(thing.c.id == row["id"])).one()
    assert (found.done_at, found.claimed_by) == (None, "quick")


def test_a_row_that_somebody_has_locked_is_passed_over(database, things, now):
    with database.transaction() as first:
        assert words(take(first, now, holder="first", limit=2)) == "01"
        with database.transaction() as second:
            assert words(take(second, now, holder="second", limit=2)) == "23"
            first.execute(select(thing).where(thing.c.word == "4").with_for_update())
            assert words(take(second, now, holder="second", limit=2)) == "56"


def test_four_workers_share_the_work_without_overlap(database, now):
    with database.transaction() as tx:
        tx.execute(
            insert(thing),
            [{"id": new_id(), "word": f"{number}", "due_at": now} for number in range(200)],
        )
    done = []

    def work(holder):
        while True:
            with database.transaction() as tx:
                claimed = take(tx, now, holder=holder, limit=7)
            if not claimed:
                return
            done.extend(row["id"] for row in claimed)
            with database.transaction() as tx:
                for row in claimed:
                    assert mark(tx, thing, row["id"], holder=holder, done_at=now)

    threads = [threading.Thread(target=work, args=(f"{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as tx:
        tx.execute(update(thing).values(claimed_by=None))
        assert take(tx, now) == []
    assert len(done) == len(set(done)) == 200


def test_a_lease_that_ended_before_the_work_is_counted_when_it_is_taken_over(database, things, now):
    def counted():
        return REGISTRY.get_sample_value("portal_leases_taken_over_total", {"table": "thing"}) or 0

    before = counted()
    with database.transaction() as tx:
        first = take(tx, now, limit=2)
        mark(tx, thing, first[0]["id"], holder="me")
    later = now + timedelta(seconds=LEASE)
    with database.transaction() as tx:
        assert len(take(tx, later, holder="other")) == 10
    assert counted() - before == 1
