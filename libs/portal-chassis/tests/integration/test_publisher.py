"""Publishing to RabbitMQ over good and bad networks."""

import threading
import time
from contextlib import suppress

import pytest

from portal_chassis.broker.publisher import (
    PERSISTENT,
    PUBLISH_SECONDS,
    TRANSIENT,
    BrokerAway,
    Outgoing,
    Publisher,
    Unroutable,
)
from portal_chassis.embedded.ports import free_port

QUEUE = "dead-letters"
SOON = PUBLISH_SECONDS / 2
"""Before anybody would give up who waited for it, also on a machine that is busy besides."""


@pytest.fixture
def publisher(wire):
    publisher = Publisher(wire.amqp_uri)
    yield publisher
    publisher.close()


def publish(publisher, body=b"{}", routing_key=QUEUE, **options):
    publisher.publish(
        body, **{"exchange": "", "delivery_mode": TRANSIENT, "routing_key": routing_key} | options
    )


def test_a_message_arrives_as_it_was_sent(publisher, broker):
    publish(
        publisher,
        b'{"a": 1}',
        delivery_mode=PERSISTENT,
        message_id="m",
        correlation_id="c",
        headers={"method": "x"},
        expiration=30.5,
    )
    message = broker.take(QUEUE)
    assert message.content_type == "application/vnd.latchkey+json"
    assert message.headers["method"] == "x"
    assert message.properties["delivery_mode"] == 2
    assert message.properties["message_id"] == "m"
    assert message.properties["expiration"] == "30500"


def test_what_no_queue_takes_is_unroutable_and_harms_nothing(publisher, broker, wire):
    for _ in range(3):
        with pytest.raises(Unroutable):
            publish(publisher, routing_key="nowhere")
        publish(publisher)
    with pytest.raises(Unroutable):
        publish(publisher, exchange="nowhere")
    publish(publisher)
    assert broker.depth(QUEUE) == 4
    assert wire.connections() <= 2


def test_a_connection_that_ended_unnoticed_is_replaced(publisher, broker, wire):
    publish(publisher)
    wire.cut()
    publish(publisher)
    assert broker.depth(QUEUE) == 2


def test_a_broker_that_is_away_is_told_at_once(publisher, wire):
    publish(publisher)
    wire.cut(for_good=True)
    began = time.monotonic()
    with pytest.raises(BrokerAway):
        publish(publisher)
    assert time.monotonic() - began < SOON
    wire.mend()
    publish(publisher)


@pytest.mark.parametrize("warm", [True, False], ids=["kept connection", "new connection"])
def test_a_network_that_swallows_everything_costs_no_more_than_was_allowed(publisher, wire, warm):
    if warm:
        publish(publisher)
    wire.freeze()
    began = time.monotonic()
    with pytest.raises(BrokerAway):
        publish(publisher, within=0.5)
    assert time.monotonic() - began < SOON
    wire.thaw()
    publish(publisher)


def test_waiting_for_a_busy_publisher_ends_in_time(publisher, wire):
    publish(publisher)
    wire.freeze()

    def occupy():
        with suppress(BrokerAway):
            publish(publisher, within=10)

    slow = threading.Thread(target=occupy)
    slow.start()
    with pytest.raises(BrokerAway):
        publish(publisher, within=0.2)
    assert slow.is_alive()
    wire.thaw()
    slow.join()


def test_twenty_threads_share_one_connection(publisher, broker, wire):
    threads = [
        threading.Thread(target=publish, args=(publisher, b"%d" % number)) for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wire.connections() == 1
    assert {one.body for one in broker.take_all(QUEUE)} == {b"%d" % n for n in range(20)}


def test_a_thread_killed_while_it_waits_leaves_no_confirmation_to_the_next(publisher, wire, broker):
    """The confirmation of a message must never be taken for that of the next one."""
    publish(publisher)

    class Killed(BaseException):
        pass

    channel = publisher._producer.channel
    original = channel.wait

    def killed(*_arguments, **_options):
        raise Killed

    channel.wait = killed
    with pytest.raises(Killed):
        publish(publisher)
    channel.wait = original
    assert publisher._producer is None
    with pytest.raises(Unroutable):
        publish(publisher, routing_key="nowhere")


def several(*routing_keys, exchange=""):
    return [
        Outgoing(b"{}", exchange, key, f"message-{number}")
        for number, key in enumerate(routing_keys)
    ]


def test_several_messages_are_confirmed_together(publisher, broker, wire):
    publish(publisher)
    for _ in range(2):
        sent = publisher.publish_together(several(*[QUEUE] * 20))
        assert sent == {f"message-{number}" for number in range(20)}
    publish(publisher)
    assert broker.depth(QUEUE) == 42
    assert wire.connections() == 1


def test_of_several_messages_those_that_no_queue_took_are_not_confirmed(publisher, broker):
    assert publisher.publish_together(several(QUEUE, "nowhere", QUEUE)) == {
        "message-0",
        "message-2",
    }
    assert broker.depth(QUEUE) == 2
    assert publisher.publish_together(several(QUEUE, QUEUE, exchange="nowhere")) == set()
    publish(publisher)


def test_several_messages_to_a_broker_that_is_away_are_told_in_time(publisher, wire, broker):
    publisher.publish_together(several(QUEUE, QUEUE))
    wire.cut()
    assert len(publisher.publish_together(several(QUEUE, QUEUE))) == 2
    wire.freeze()
    began = time.monotonic()
    with pytest.raises(BrokerAway):
        publisher.publish_together(several(QUEUE, QUEUE), within=0.5)
    assert time.monotonic() - began < SOON
    wire.thaw()
    with pytest.raises(Unroutable):
        publish(publisher, routing_key="nowhere")


def test_closing_does_not_wait_for_a_silent_broker(wire):
    publisher = Publisher(wire.amqp_uri)
    publish(publisher)
    wire.freeze()
    began = time.monotonic()
    publisher.close()
    assert time.monotonic() - began < SOON


def test_the_next_address_is_tried_when_one_does_not_answer(amqp_uri, broker):
    nobody = f"amqp://guest:guest@127.0.0.1:{free_port()}//"
    publisher = Publisher(f"{nobody};{nobody};{amqp_uri}")
    for _ in range(2):
        publish(publisher)
        publisher.close()
    assert broker.depth(QUEUE) == 2


def test_when_no_address_answers_it_is_told_at_once():
    nobody = f"amqp://guest:guest@127.0.0.1:{free_port()}//"
    began = time.monotonic()
    with pytest.raises(BrokerAway):
        publish(Publisher(f"{nobody};{nobody}"))
    assert time.monotonic() - began < SOON


def test_a_wrong_password_is_a_broker_that_is_away(amqp_uri):
    with pytest.raises(BrokerAway):
        publish(Publisher(amqp_uri.replace("latchkey:", "latchkey:not")))
