"""Outbox rows go out through RabbitMQ: after the commit, confirmed, by one relay at a time."""

import statistics
import threading
import time
import uuid
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import insert
from toy import contract
from toy.contract import Say
from toy.tables import chassis

from portal_chassis.broker.publisher import Publisher
from portal_chassis.clock import FixedClock
from portal_chassis.events import outbox
from portal_chassis.events.handover import LEASE_SECONDS, close_handover, open_handover
from portal_chassis.events.inbox import Outcome, receive
from portal_chassis.events.relay import Relay
from portal_chassis.ids import new_id
from portal_contracts.envelope import Event
from portal_contracts.notifications.events import AccessRecorded

QUEUE = "identity_links.on_access_recorded"


@pytest.fixture
def record(database, practitioner, now):
    def record(count=1, *, aggregate_id=None, roll_back=False):
        recorded = []
        try:
            with database.transaction() as tx:
                for _ in range(count):
                    event_id = outbox.record(
                        tx,
                        AccessRecorded(act="thing.added", outcome="done"),
                        practice_id=uuid.UUID(int=1),
                        aggregate=("thing", aggregate_id or new_id()),
                        actor=practitioner,
                        request_id="request-1",
                        now=now,
                    )
                    recorded.append(event_id)
                if roll_back:
                    raise InterruptedError
        except InterruptedError:
            pass
        return recorded

    return record


@pytest.fixture
def make_relay(database, amqp_uri):
    relays = []

    def make(holder="me", *, service="notifications"):
        relays.append(Relay(service, database, amqp_uri, holder))
        return relays[-1]

    yield make
    for relay in relays:
        relay.close()


def taken_ids(broker):
    return [message.properties["message_id"] for message in broker.take_all(QUEUE)]


def test_an_event_is_published_persistent_under_its_own_id(
    record, make_relay, broker, rows, now, practitioner
):
    aggregate_id = new_id()
    first, second = record(2, aggregate_id=aggregate_id)
    assert make_relay().publish_due(now) == 2
    messages = broker.take_all(QUEUE)
    assert [one.properties["message_id"] for one in messages] == [str(first), str(second)]
    assert messages[0].properties["delivery_mode"] == 2
    event = msgspec.json.decode(messages[0].body, type=Event[AccessRecorded])
    assert (event.id, event.aggregate.id, event.aggregate.seq) == (first, aggregate_id, 1)
    assert (event.actor, event.occurred_at) == (practitioner, now)
    assert msgspec.json.decode(messages[1].body, type=Event[AccessRecorded]).aggregate.seq == 2
    row = rows.rows(chassis.outbox)[0]
    assert (row.sent_at, row.attempts, row.claimed_by) == (now, 1, None)
    assert make_relay().publish_due(now) == 0


def test_what_was_rolled_back_is_never_published(record, make_relay, broker, rows, now):
    record(3, roll_back=True)
    assert make_relay().publish_due(now) == 0
    assert rows.rows(chassis.outbox) == []
    assert broker.depth(QUEUE) == 0


def test_an_unroutable_event_backs_off_and_blocks_no_other(
    record, make_relay, broker, rows, database, now
):
    nobodys = new_id()
    with database.transaction() as tx:
        tx.execute(
            insert(chassis.outbox).values(
                id=nobodys,
                type="notifications.nobody.asked.v1",
                body=b"{}",
                occurred_at=now,
                next_attempt_at=now,
            )
        )
    (wanted,) = record()
    relay = make_relay()
    pauses = []
    for _ in range(3):
        relay.publish_due(now)
        row = next(one for one in rows.rows(chassis.outbox) if one.id == nobodys)
        pauses.append((row.next_attempt_at - now).total_seconds())
        assert (row.last_error, row.sent_at, row.claimed_by) == ("unroutable", None, None)
        assert relay.publish_due(now) == 0
        now = row.next_attempt_at
    assert pauses == [2, 4, 8]
    assert taken_ids(broker) == [str(wanted)]
    assert relay.unsent() == 1


def test_an_exchange_that_is_not_there_makes_events_unroutable(record, make_relay, rows, now):
    record(2)
    assert make_relay(service="nowhere").publish_due(now) == 0
    assert [row.last_error for row in rows.rows(chassis.outbox)] == ["unroutable"] * 2


def test_a_broker_that_is_away_is_not_the_events_fault(record, database, rows, wire, now):
    relay = Relay("notifications", database, wire.amqp_uri, "me")
    record(3)
    wire.cut(for_good=True)
    assert relay.publish_due(now) == 0
    for row in rows.rows(chassis.outbox):
        assert (row.attempts, row.last_error, row.claimed_by) == (0, "broker_away", None)
        assert row.next_attempt_at == now + timedelta(seconds=1)
    wire.mend()
    assert relay.publish_due(now + timedelta(seconds=1)) == 3
    relay.close()


def test_two_relays_never_publish_the_same_row(record, make_relay, broker, now):
    recorded = record(120)
    relays = [make_relay("one"), make_relay("two")]

    def publish_all(relay):
        while relay.publish_due(now):
            pass

    threads = [threading.Thread(target=publish_all, args=(relay,)) for relay in relays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for relay in relays:
        relay.publish_due(now)
    assert sorted(taken_ids(broker)) == sorted(str(one) for one in recorded)


def test_a_slow_broker_does_not_carry_a_batch_past_its_lease(
    record, make_relay, broker, rows, now, monkeypatch
):
    record(5)
    relay = make_relay()
    monkeypatch.setattr("portal_chassis.events.handover.BEGIN_SECONDS", -1)
    assert relay.publish_due(now) == 0
    assert {(row.claimed_by, row.attempts) for row in rows.rows(chassis.outbox)} == {(None, 0)}
    monkeypatch.undo()
    assert relay.publish_due(now) == 5


def test_a_relay_killed_before_it_marked_publishes_again_and_the_inbox_knows(
    record, make_relay, broker, rows, database, now, monkeypatch
):
    (event_id,) = record()
    killed = make_relay("killed")
    monkeypatch.setattr(killed, "_mark", lambda *_arguments: None)
    killed.publish_due(now)
    other = make_relay("other")
    assert other.publish_due(now + timedelta(seconds=LEASE_SECONDS - 1)) == 0
    assert other.publish_due(now + timedelta(seconds=LEASE_SECONDS)) == 1
    messages = broker.take_all(QUEUE)
    assert [one.properties["message_id"] for one in messages] == [str(event_id)] * 2
    outcomes = [
        receive(
            database,
            QUEUE,
            msgspec.json.decode(one.body, type=Event[AccessRecorded]),
            lambda _event, _tx: None,
            mode="every",
            now=now,
        )
        for one in messages
    ]
    assert outcomes == [Outcome.HANDLED, Outcome.DUPLICATE]


@pytest.fixture
def handover(database, now):
    yield open_handover(database, "me", FixedClock(now))
    close_handover(database)


def test_what_is_committed_is_handed_to_the_relay_beside_it(
    record, make_relay, broker, rows, now, handover
):
    recorded = record(2)
    record(1, roll_back=True)
    assert {row.claimed_by for row in rows.rows(chassis.outbox)} == {"me"}
    # Nobody else looks for it meanwhile.
    assert make_relay("other").publish_due(now) == 0
    handed = handover.take()
    assert [one.id for one in handed] == recorded
    assert make_relay().publish_claimed(handed, now) == 2
    assert taken_ids(broker) == [str(one) for one in recorded]
    assert {(row.sent_at, row.claimed_by) for row in rows.rows(chassis.outbox)} == {(now, None)}
    assert handover.take() == []


def test_what_was_handed_over_and_not_published_is_found_by_the_next_relay(
    record, make_relay, broker, now, handover
):
    (event_id,) = record()
    other = make_relay("other")
    assert other.publish_due(now + timedelta(seconds=LEASE_SECONDS - 1)) == 0
    assert other.publish_due(now + timedelta(seconds=LEASE_SECONDS)) == 1
    assert taken_ids(broker) == [str(event_id)]


def test_what_was_handed_over_too_long_ago_is_given_back(
    record, make_relay, broker, rows, now, handover, monkeypatch
):
    monkeypatch.setattr("portal_chassis.events.handover.BEGIN_SECONDS", -1)
    record()
    relay = make_relay()
    assert relay.publish_claimed(handover.take(), now) == 0
    assert relay.held_up
    monkeypatch.undo()
    assert [row.claimed_by for row in rows.rows(chassis.outbox)] == [None]
    assert relay.publish_due(now) == 1


def test_of_several_events_at_once_each_has_its_own_fate(record, make_relay, broker, rows, now):
    recorded = record(3)
    relay, publisher = make_relay(), Publisher.publish_together
    wanted = [str(one) for one in recorded]

    def without_one(self, messages, **options):
        sent = publisher(self, messages, **options)
        return sent - {wanted[1]}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Publisher, "publish_together", without_one)
        assert relay.publish_due(now) == 3
    # The one that was not confirmed is published once more, by itself.
    assert sorted(taken_ids(broker)) == sorted([*wanted, wanted[1]])


def test_a_commit_wakes_the_relay(start_toy, broker, practitioner):
    toy = start_toy()
    took = []
    for number in range(7):
        began = time.monotonic()
        toy.rpc.call(
            contract.ADD, Say(word=f"{number}"), actor=practitioner, idempotency_key=f"{number}"
        )
        while broker.take(QUEUE) is None:
            assert time.monotonic() - began < 10
        took.append(time.monotonic() - began)
    # A relay that only looked at intervals would need half of 5 s on average.
    assert statistics.median(took) < 1.5
