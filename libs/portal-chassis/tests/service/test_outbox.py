"""An event is a row of the transaction that made the change."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from toy.tables import chassis

from portal_chassis.database.transactions import Database
from portal_chassis.events.outbox import Told, record, record_all
from portal_chassis.ids import new_id
from portal_chassis.wakeups import wait_for_wakeup
from portal_contracts.envelope import Event
from portal_contracts.notifications.events import AccessRecorded

PRACTICE = uuid.UUID(int=1)


@pytest.fixture
def write(practitioner, now):
    def write(tx, aggregate_id):
        return record(
            tx,
            AccessRecorded(act="thing.added", outcome="done"),
            practice_id=PRACTICE,
            aggregate=("thing", aggregate_id),
            actor=practitioner,
            request_id="request-1",
            now=now,
        )

    return write


def test_the_row_holds_the_whole_event(rows, write, practitioner, now):
    aggregate_id = new_id()
    with rows.database.transaction() as tx:
        event_id = write(tx, aggregate_id)
    (row,) = rows.rows(chassis.outbox)
    event = msgspec.json.decode(bytes(row.body), type=Event[AccessRecorded])
    assert (row.id, row.type) == (event_id, AccessRecorded.TYPE)
    assert (event.id, event.type, event.practice_id) == (event_id, row.type, PRACTICE)
    assert (event.aggregate.type, event.aggregate.id, event.aggregate.seq) == (
        "thing",
        aggregate_id,
        1,
    )
    assert (event.actor, event.request_id, event.occurred_at) == (practitioner, "request-1", now)
    assert (row.sent_at, row.attempts, row.next_attempt_at) == (None, 0, now)


def test_what_is_written_at_once_is_numbered_in_its_order_by_thing(rows, write, practitioner, now):
    one, other = new_id(), new_id()
    data = AccessRecorded(act="thing.added", outcome="done")
    with rows.database.transaction() as tx:
        first = write(tx, other)
        ids = record_all(
            tx,
            [Told(data, ("thing", about)) for about in (one, other, one)],
            practice_id=PRACTICE,
            actor=practitioner,
            request_id="request-1",
            now=now,
        )
    stored = rows.rows(chassis.outbox)
    events = [msgspec.json.decode(bytes(row.body), type=Event[AccessRecorded]) for row in stored]
    told = {event.id: (event.aggregate.id, event.aggregate.seq) for event in events}
    assert [told[event_id] for event_id in (first, *ids)] == [
        (other, 1),
        (one, 1),
        (other, 2),
        (one, 2),
    ]


def test_changes_of_one_thing_are_numbered_without_a_gap(rows, write):
    aggregate_id, other = new_id(), new_id()

    def change(_number):
        with rows.database.transaction() as tx:
            write(tx, aggregate_id)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(change, range(40)))
    with rows.database.transaction() as tx:
        write(tx, other)
    events = [
        msgspec.json.decode(bytes(row.body), type=Event[AccessRecorded])
        for row in sorted(rows.rows(chassis.outbox), key=lambda row: row.id)
    ]
    numbers = [one.aggregate.seq for one in events if one.aggregate.id == aggregate_id]
    assert sorted(numbers) == list(range(1, 41))
    assert [one.aggregate.seq for one in events if one.aggregate.id == other] == [1]


@pytest.mark.parametrize("way", ["autocommit", "snapshot"])
def test_nothing_stays_of_an_event_without_a_transaction(rows, write, way):
    with pytest.raises(RuntimeError, match="needs"), getattr(rows.database, way)() as tx:
        write(tx, new_id())
    assert rows.rows(chassis.outbox) == []


def test_a_number_that_was_rolled_back_is_given_again(rows, write):
    aggregate_id = new_id()
    with rows.database.engine.connect() as connection:
        write(connection, aggregate_id)
        connection.rollback()
    with rows.database.transaction() as tx:
        write(tx, aggregate_id)
    (row,) = rows.rows(chassis.outbox)
    assert msgspec.json.decode(bytes(row.body), type=Event[AccessRecorded]).aggregate.seq == 1


def test_the_relay_is_woken_after_the_commit_and_only_then(database: Database, write):
    name = f"relay {database.engine.url.database}"
    wait_for_wakeup(name, 0)
    with database.transaction() as tx:
        write(tx, new_id())
        assert not wait_for_wakeup(name, 0)
    assert wait_for_wakeup(name, 0)
