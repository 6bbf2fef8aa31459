"""Events reach a real service process over RabbitMQ, each handled once."""

import struct
import time
import zlib

import kombu
import msgspec
import pytest
from amqp import Message
from sqlalchemy import text, update
from toy import contract
from toy.contract import Say
from toy.tables import chassis, log

from portal_contracts.errors import Unavailable
from tests.kit.waiting import eventually

QUEUE = "notifications.on_portal_link_shared"
inbox = chassis.inbox


@pytest.fixture(autouse=True)
def handler_works(request):
    yield
    if "toy" in request.fixturenames:
        request.getfixturevalue("toy").turn("fail", 0)


def handled(toy, event):
    """How often the handler's work for an event has been committed."""
    return [row.event_id for row in toy.rows(log)].count(event.id)


def inbox_row(toy, event):
    """Its row; a `LookupError` while there is none."""
    return {row.event_id: row for row in toy.rows(inbox)}[event.id]


def test_an_event_is_handled_once_however_often_it_arrives(toy, look_into, shared_event):
    broker = look_into(toy.amqp_uri)
    event, last = shared_event(), shared_event()
    for one in (event, event, event, last):
        broker.share(one)
    eventually(lambda: handled(toy, last))
    eventually(lambda: broker.depth(QUEUE) == 0)
    assert handled(toy, event) == 1
    row = inbox_row(toy, event)
    assert (row.attempts, row.dead, row.last_error) == (1, False, None)
    assert row.handled_at is not None
    assert row.aggregate_id == event.aggregate.id


def test_a_failing_handler_leaves_its_row_and_is_tried_again(toy, look_into, shared_event):
    broker = look_into(toy.amqp_uri)
    event = shared_event()
    toy.turn("fail", 1)
    broker.share(event)
    row = eventually(lambda: inbox_row(toy, event))
    assert (row.attempts, row.handled_at, row.dead) == (1, None, False)
    assert row.last_error == "RuntimeError"
    assert (row.next_attempt_at - row.received_at).total_seconds() == 5
    assert handled(toy, event) == 0
    assert broker.depth(QUEUE) == 0
    assert "Anna Example" not in toy.service.log_text()
    toy.turn("fail", 0)
    with toy.database.transaction() as tx:
        tx.execute(
            update(inbox).where(inbox.c.id == row.id).values(next_attempt_at=row.received_at)
        )
    eventually(lambda: inbox_row(toy, event).handled_at)
    assert handled(toy, event) == 1
    assert inbox_row(toy, event).attempts == 2


def test_a_retry_runs_in_a_worker_like_the_first_try(toy, look_into, shared_event, practitioner):
    def workers():
        seen = toy.rpc.call(contract.WORKERS, Say(word=""), actor=practitioner).finished
        return seen.count("on_portal_link_shared: made, set up, done")

    before = workers()
    event = shared_event()
    toy.turn("fail", 1)
    look_into(toy.amqp_uri).share(event)
    row = eventually(lambda: inbox_row(toy, event))
    toy.turn("fail", 0)
    with toy.database.transaction() as tx:
        tx.execute(
            update(inbox).where(inbox.c.id == row.id).values(next_attempt_at=row.received_at)
        )
    eventually(lambda: handled(toy, event))
    assert eventually(lambda: workers() == before + 2)


def without(event, *path):
    decoded = msgspec.json.decode(msgspec.json.encode(event))
    place = decoded
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return msgspec.json.encode(decoded)


def changed(event, **values):
    return msgspec.json.encode(msgspec.json.decode(msgspec.json.encode(event)) | values)


DEEP = b"[" * 1000 + b"]" * 1000


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _event: b"{not json", id="bad JSON"),
        pytest.param(lambda _event: b"", id="empty"),
        pytest.param(lambda _event: b"\xff\x00\xfe", id="no UTF-8"),
        pytest.param(lambda event: without(event, "data", "link_id"), id="missing field"),
        pytest.param(lambda event: without(event, "aggregate"), id="missing part"),
        pytest.param(lambda event: changed(event, data={"link_id": 7}), id="wrong type"),
        pytest.param(lambda event: changed(event, type="forms.form.sent.v1"), id="another event"),
        pytest.param(lambda event: changed(event, occurred_at="2026-01-01T00:00"), id="no zone"),
        pytest.param(lambda event: changed(event, data="x" * 1_000_000), id="1 MB"),
        pytest.param(lambda _event: DEEP, id="1000 levels deep"),
        pytest.param(
            lambda event: changed(
                event, aggregate={"type": "x", "id": str(event.id), "seq": 2**70}
            ),
            id="what no table can hold",
        ),
    ],
)
def test_poison_goes_to_the_dead_letters(toy, look_into, shared_event, spoil):
    broker = look_into(toy.amqp_uri)
    body = spoil(shared_event())
    broker.publish(
        body,
        exchange="identity_links.events",
        routing_key="identity_links.portal_link.shared.v1",
        process="identity_links",
        message_id="poison",
    )
    letter = eventually(lambda: broker.take("dead-letters"))
    assert letter.body == body
    good = shared_event()
    broker.share(good)
    eventually(lambda: handled(toy, good))


@pytest.mark.parametrize(
    ("encode", "properties"),
    [
        pytest.param(lambda _: rb"\ud800", {"content_encoding": "unicode_escape"}, id="half"),
        pytest.param(
            lambda event: event.decode().encode("utf-7"), {"content_encoding": "utf-7"}, id="codec"
        ),
        pytest.param(zlib.compress, {"headers": {"compression": "zlib"}}, id="packed"),
    ],
)
def test_octets_are_taken_as_they_are_whatever_their_sender_says_of_them(
    toy, look_into, shared_event, practitioner, encode, properties
):
    broker = look_into(toy.amqp_uri)
    body = encode(msgspec.json.encode(shared_event()) + "ä".encode())
    broker.publish(body, routing_key=QUEUE, process="identity_links", **properties)
    assert eventually(lambda: broker.take("dead-letters"))
    said = {"method": "echo", "deadline_ms": int((time.time() + 5) * 1000)}
    headers = said | properties.get("headers", {})
    broker.publish(
        body,
        routing_key="rpc-notifications",
        reply_to="dead-letters",
        **properties | {"headers": headers},
    )
    assert b"malformed_arguments" in eventually(lambda: broker.take("dead-letters")).body
    good = shared_event()
    broker.share(good)
    eventually(lambda: handled(toy, good))
    assert toy.rpc.call(contract.ECHO, Say(word="x"), actor=practitioner)
    assert "broker_unreachable" not in toy.service.log_text()


class LateMessage(Message):
    """With a header that names an instant after the year 9999."""

    def _serialize_properties(self):
        table = b"\x04lateT" + struct.pack(">Q", 10**13)
        return struct.pack(">HI", 1 << 13, len(table)) + table


def test_a_header_that_cannot_be_read_stops_no_service(toy, look_into, shared_event, practitioner):
    broker = look_into(toy.amqp_uri)
    with kombu.Connection(toy.amqp_uri) as connection:
        for queue in (QUEUE, "rpc-notifications"):
            connection.channel().basic_publish(LateMessage(b"{}"), "", queue)
    good = shared_event()
    broker.share(good)
    eventually(lambda: handled(toy, good))
    assert toy.rpc.call(contract.ECHO, Say(word="x"), actor=practitioner)
    assert "broker_unreachable" not in toy.service.log_text()
    with kombu.Connection(toy.amqp_uri) as connection:
        assert connection.channel().queue_purge("dead-letters") == 1


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-python-serialize", "text/plain", None]
)
def test_foreign_formats_go_to_the_dead_letters(toy, look_into, shared_event, content_type):
    broker = look_into(toy.amqp_uri)
    broker.publish(
        '{"__type__": "datetime", "__value__": "Anna Example"}',
        routing_key=QUEUE,
        content_type=content_type or "application/data",
    )
    assert eventually(lambda: broker.take("dead-letters"))
    good = shared_event()
    broker.share(good)
    eventually(lambda: handled(toy, good))
    assert "Anna Example" not in toy.service.log_text()


def test_while_the_database_is_away_events_wait_unacknowledged(
    toy, look_into, shared_event, database_gate, practitioner
):
    broker = look_into(toy.amqp_uri)
    events = [shared_event() for _ in range(8)]
    database_gate.close(toy)
    for event in events:
        broker.share(event)
    waiting = eventually(
        lambda: [
            line
            for line in toy.service.log_lines()
            if line["event"] == "event_waits_for_the_database"
        ]
    )
    assert waiting[0]["consumer"] == QUEUE
    # Events that wait keep no worker from answering.
    assert toy.rpc.call(contract.ECHO, Say(word="w"), actor=practitioner).word == "w"
    with pytest.raises(Unavailable) as failure:
        toy.rpc.call(contract.ADD, Say(word="w"), actor=practitioner, idempotency_key="key")
    assert failure.value.code == "internal_error"
    assert toy.service.process.poll() is None
    assert broker.depth("dead-letters") == 0
    database_gate.open(toy)
    eventually(lambda: all(handled(toy, event) for event in events), within=15)
    assert [handled(toy, event) for event in events] == [1] * 8
    eventually(lambda: broker.depth(QUEUE) == 0)


def test_a_connection_lost_inside_the_handler_is_no_failed_attempt(
    toy, look_into, shared_event, postgres_server
):
    event = shared_event()
    blocked = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND application_name LIKE 'notifications %'"
    )
    # The handler waits for this lock, inside its transaction.
    with toy.database.transaction() as tx, postgres_server.connect() as connection:
        tx.execute(text("LOCK TABLE knob IN ACCESS EXCLUSIVE MODE"))
        look_into(toy.amqp_uri).share(event)
        eventually(lambda: connection.execute(blocked).fetchall())
    eventually(lambda: handled(toy, event))
    assert inbox_row(toy, event).attempts == 1


def test_stopping_while_the_database_is_away_loses_nothing(
    start_toy, broker, shared_event, database_gate
):
    toy = start_toy()
    event = shared_event()
    database_gate.close(toy)
    broker.share(event)
    eventually(lambda: "event_waits_for_the_database" in toy.service.log_text())
    assert toy.service.stop() == 0
    assert broker.depth(QUEUE) == 1


def test_a_process_whose_database_stays_away_ends_to_be_restarted(
    start_toy, broker, shared_event, database_gate
):
    toy = start_toy(TOY_GIVE_UP_SECONDS="0.5")
    event = shared_event()
    database_gate.close(toy)
    broker.share(event)
    assert toy.service.process.wait(15) == 1
    (died,) = [line for line in toy.service.log_lines() if line["event"] == "service_died"]
    assert died["error"] == "DatabaseAway"
    assert "Traceback" not in toy.service.log_text()
    eventually(lambda: broker.depth(QUEUE) == 1)


def test_a_database_that_is_restarted_in_mid_stream_loses_nothing(
    toy, look_into, shared_event, postgres_server, practitioner
):
    broker = look_into(toy.amqp_uri)
    events = [shared_event() for _ in range(20)]
    add = {"actor": practitioner, "idempotency_key": "restarted"}
    for event in events[:10]:
        broker.share(event)
    postgres_server.stop(even_if_used=True)
    for event in events[10:]:
        broker.share(event)
    with pytest.raises(Unavailable):
        toy.rpc.call(contract.ADD, Say(word="restarted"), **add)
    postgres_server.start()
    eventually(lambda: all(handled(toy, event) for event in events), within=15)
    assert [handled(toy, event) for event in events] == [1] * 20
    assert toy.rpc.call(contract.ADD, Say(word="restarted"), **add)
    assert toy.things().count("restarted") == 1
    assert toy.service.process.poll() is None
