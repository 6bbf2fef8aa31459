"""kombu's in-memory broker as the standalone portal uses it."""

import statistics
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from kombu import Consumer, Exchange, Queue

from portal_chassis.broker import connection as broker_module
from portal_chassis.broker import topology
from portal_chassis.broker.connection import connect, disconnect, is_memory
from portal_chassis.broker.publisher import PERSISTENT, TRANSIENT, Publisher
from tests.kit.waiting import eventually

QUEUE = Queue("q", Exchange(""), routing_key="q")


def test_its_address_is_known():
    assert is_memory("memory://")
    assert is_memory("memory://localhost")
    assert not is_memory("amqp://localhost")


@contextmanager
def consuming(uri, *, prefetch=0, on_message):
    """A thread that consumes from `QUEUE`; yields how often it looked for a message."""
    connection = connect(uri)
    channel = connection.channel()
    ended = threading.Event()
    looks = []

    def drain():
        with Consumer(channel, [QUEUE], on_message=on_message, prefetch_count=prefetch or None):
            while not ended.is_set():
                looks.append(time.monotonic())
                with suppress(TimeoutError):
                    connection.drain_events(timeout=0.5)

    thread = threading.Thread(target=drain)
    thread.start()
    yield looks
    ended.set()
    thread.join()
    disconnect(connection)


def test_a_message_is_delivered_at_once_with_its_properties(memory_broker):
    got, took = [], []
    with consuming(memory_broker, on_message=lambda one: got.append((time.monotonic(), one))):
        publisher = Publisher(memory_broker)
        for number in range(20):
            began = time.monotonic()
            publisher.publish(
                b"%d" % number,
                exchange="",
                routing_key="q",
                delivery_mode=TRANSIENT,
                correlation_id="c",
                headers={"method": "m"},
            )
            eventually(lambda count=number: len(got) > count, every=0.001)
            took.append(got[-1][0] - began)
        publisher.close()
    # A consumer that only looked at intervals would need half a second on average.
    assert statistics.median(took) < 0.3
    message = got[-1][1]
    assert bytes(message.body) == b"19"
    assert message.content_type == message.properties["content_type"]
    assert message.content_type == "application/vnd.latchkey+json"
    assert message.properties["correlation_id"] == "c"
    assert message.headers["method"] == "m"


def test_an_acknowledgement_makes_room_for_the_next_at_once(memory_broker):
    got = []
    with consuming(memory_broker, prefetch=1, on_message=got.append):
        publisher = Publisher(memory_broker)
        for _ in range(10):
            publisher.publish(b"x", exchange="", routing_key="q", delivery_mode=TRANSIENT)
        began = time.monotonic()
        for number in range(10):
            eventually(lambda count=number: len(got) == count + 1, every=0.001)
            got[number].ack()
        assert time.monotonic() - began < 4
    assert len(got) == 10


def test_an_idle_consumer_hardly_looks(memory_broker, monkeypatch):
    waits = []
    wait = broker_module._changes.wait_beyond

    def wait_beyond(seen, seconds):
        waits.append(seconds)
        wait(seen, seconds)

    monkeypatch.setattr(broker_module._changes, "wait_beyond", wait_beyond)
    with consuming(memory_broker, on_message=lambda _one: None) as looks:
        eventually(lambda: len(looks) >= 3)
    assert len(waits) <= len(looks) + 1


def test_events_reach_every_bound_queue(memory_broker):
    names = topology.declare(memory_broker)
    assert topology.declare(memory_broker) == names
    publisher = Publisher(memory_broker)
    publisher.publish(
        b"{}",
        exchange="identity_links.events",
        routing_key="identity_links.portal_link.shared.v1",
        delivery_mode=PERSISTENT,
    )
    with connect(memory_broker) as connection:
        channel = connection.channel()
        message = channel.basic_get("notifications.on_portal_link_shared", no_ack=True)
        assert bytes(message.body) == b"{}"
        assert channel.basic_get("identity_links.on_access_recorded", no_ack=True) is None


@pytest.mark.parametrize("exchange", ["", "identity_links.events", "nowhere"])
def test_what_no_queue_takes_vanishes_without_an_error(memory_broker, exchange):
    Publisher(memory_broker).publish(
        b"{}", exchange=exchange, routing_key="nobody.asked", delivery_mode=TRANSIENT
    )
