"""Calls to plain consumers: one by one over one connection, or from many threads."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import Future

from amqp import Message

from bench.floors.plain_consumer import TRANSIENT, connect

DIRECT = "amq.rabbitmq.reply-to"
"""RabbitMQ's reply address of a channel: no queue is declared."""

ANSWER_SECONDS = 10.0


class OneThreadClient:
    """The leanest round trip there is: one thread, one connection, direct replies.

    Args:
        amqp_uri: the broker.
    """

    def __init__(self, amqp_uri: str) -> None:
        self._connection = connect(amqp_uri)
        self._channel = self._connection.channel()
        self._answers: list[bytes] = []
        self._channel.basic_consume(DIRECT, no_ack=True, callback=self._on_answer)

    def call(self, queue: str, body: bytes) -> bytes:
        """Send `body`, wait for the answer."""
        message = Message(body, delivery_mode=TRANSIENT, reply_to=DIRECT, correlation_id="1")
        self._channel.basic_publish(message, "", queue)
        while not self._answers:
            self._connection.drain_events(timeout=ANSWER_SECONDS)
        return self._answers.pop()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _on_answer(self, message: Message) -> None:
        self._answers.append(message.body)


class ManyThreadsClient:
    """The same from many threads: a connection for each, and one that takes all answers.

    Args:
        amqp_uri: the broker.
    """

    def __init__(self, amqp_uri: str) -> None:
        self._amqp_uri = amqp_uri
        self._here = threading.local()
        self._waiting: dict[str, Future[bytes]] = {}
        self._answers = connect(amqp_uri)
        channel = self._answers.channel()
        self._queue = channel.queue_declare("", exclusive=True, auto_delete=True).queue
        channel.basic_consume(self._queue, no_ack=True, callback=self._on_answer)
        threading.Thread(target=self._take_answers, daemon=True).start()

    def submit(self, queue: str, body: bytes) -> Future[bytes]:
        """Send `body`; the answer to come."""
        channel = getattr(self._here, "channel", None)
        if channel is None:
            # The connection lives as long as the channel, which the thread keeps.
            channel = self._here.channel = connect(self._amqp_uri).channel()
        key = uuid.uuid4().hex
        answer = self._waiting[key] = Future()
        message = Message(body, delivery_mode=TRANSIENT, reply_to=self._queue, correlation_id=key)
        channel.basic_publish(message, "", queue)
        return answer

    def _on_answer(self, message: Message) -> None:
        self._waiting.pop(message.properties["correlation_id"]).set_result(message.body)

    def _take_answers(self) -> None:
        while True:
            self._answers.drain_events()
