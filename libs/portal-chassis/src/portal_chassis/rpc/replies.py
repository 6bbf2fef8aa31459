"""Calls on their way: one connection and one thread for the whole process.

Replies come by RabbitMQ's direct reply-to: to the very channel that the request
went out on, through no queue. The in-memory broker has none of that, so there
they come by a queue.
"""

from __future__ import annotations

import contextlib
import threading
import uuid
from typing import Any

import structlog
from amqp.spec import Basic
from kombu import Consumer, Queue

from portal_chassis.broker.connection import (
    channel_to_read,
    disconnect,
    is_memory,
    user_of,
)
from portal_chassis.broker.shared_connection import (
    CONNECTION_LOST,
    connect_shared,
    drain,
    hang_up,
    send,
)
from portal_chassis.logging import origin
from portal_contracts.errors import Unavailable

log = structlog.get_logger(__name__)

DIRECT = "amq.rabbitmq.reply-to"
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
CLOSE_SECONDS = 1.0


class Awaited:
    """A reply that one thread waits for. The first outcome stands.

    Attributes:
        sent_over: the channel that the request went out on.
    """

    __slots__ = ("_arrived", "_body", "_error", "_settled", "sent_over")

    def __init__(self) -> None:
        self.sent_over: Any = None
        self._settled = False
        self._body = b""
        self._error: Unavailable | None = None
        self._arrived = threading.Lock()
        self._arrived.acquire()

    def answer(self, body: bytes) -> None:
        """Here it is."""
        if not self._settled:
            self._body = body
            self._settle()

    def fail(self, error: Unavailable) -> None:
        """There will be none."""
        if not self._settled:
            self._error = error
            self._settle()

    def wait(self, seconds: float) -> bytes:
        """The reply's body.

        Raises:
            TimeoutError: there is none after `seconds`.
            Unavailable: it was said that there will be none.
        """
        if not self._settled and not self._arrived.acquire(timeout=max(0.0, seconds)):
            raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._body

    def _settle(self) -> None:
        self._settled = True
        # Two threads may each have seen that it was not settled.
        with contextlib.suppress(RuntimeError):
            self._arrived.release()


class Replies:
    """Sends requests, takes replies (``no_ack``), and hands each to who waits for it.

    It starts when first needed and connects again by itself. What was sent over
    a connection that is lost fails at once: nobody can know whether it arrived.

    Args:
        amqp_uri: the broker.
        name: of the calling process, for the in-memory broker.
    """

    def __init__(self, amqp_uri: str, name: str) -> None:
        self._amqp_uri = amqp_uri
        self._in_memory = is_memory(amqp_uri)
        self._address = f"rpc.reply-{name}-{uuid.uuid4()}" if self._in_memory else DIRECT
        # Read and written by several threads, one operation at a time.
        self._waiting: dict[str, Awaited] = {}
        self._lock = threading.Lock()
        self._channel: Any = None
        self._drained: Any = None
        self._user: str | None = None
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def connected(self) -> bool:
        """Whether replies arrive now."""
        return self.ready(0.0)

    def ready(self, within: float) -> bool:
        """Start if need be; whether replies arrive, `within` seconds."""
        if self._thread is None:
            self._start()
        return self._ready.wait(max(0.0, within)) and not self._closing.is_set()

    def expect(self, correlation_id: str) -> Awaited:
        """What the reply will be, until it is forgotten."""
        awaited = self._waiting[correlation_id] = Awaited()
        return awaited

    def forget(self, correlation_id: str) -> None:
        """Nobody waits for this reply any more; a late one is dropped."""
        self._waiting.pop(correlation_id, None)

    def send(self, body: bytes, awaited: Awaited, **message: Any) -> None:
        """Send a request; one that no queue takes fails as soon as the broker says so.

        Args:
            body: of the request.
            awaited: its reply.
            **message: see `portal_chassis.broker.shared_connection.send`.

        Raises:
            ConnectionError: the connection is lost; a new one is being made.
        """
        channel = self._channel
        # Before it is sent: from now on it fails with its connection.
        awaited.sent_over = channel
        try:
            if channel is None:
                raise ConnectionError
            send(
                channel,
                body,
                mandatory=True,
                reply_to=self._address,
                user_id=self._user,
                **message,
            )
        except CONNECTION_LOST:
            awaited.sent_over = None
            self._give_up(channel)
            raise ConnectionError from None

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._thread is not None:
            if self._ready.is_set():
                self._wake_up()
            self._thread.join(timeout=CLOSE_SECONDS)

    def _wake_up(self) -> None:
        """Let the broker send something, so that the thread sees that it shall end."""
        with contextlib.suppress(*CONNECTION_LOST):
            if self._in_memory:
                send(self._channel, b"", to=self._address)
            else:
                # It is as it was afterwards; the broker answers.
                self._channel.send_method(Basic.Qos, "lBb", (0, 0, False))

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="rpc-replies", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._closing.is_set():
            try:
                self._drain()
            except Exception as error:  # noqa: BLE001 - without this thread every call would fail
                # Who found it lost by sending has said already that replies do not arrive.
                pause = pause if self._drained is None else FIRST_PAUSE_SECONDS
                log.warning(
                    "rpc_replies_disconnected", error=type(error).__name__, where=origin(error, 2)
                )
            finally:
                self._lose()
            self._closing.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _drain(self) -> None:
        connection = connect_shared(self._amqp_uri)
        try:
            channel: Any = channel_to_read(connection)
            if self._in_memory:
                Consumer(
                    channel, [Queue(self._address)], on_message=self._on_reply, no_ack=True
                ).consume()
            else:
                channel.events["basic_return"].add(self._on_return)
                channel.basic_consume(DIRECT, no_ack=True, callback=self._on_reply)
            self._drained = channel
            self._user = user_of(connection)
            self._channel = channel
            self._ready.set()
            drain(connection, self._closing.is_set)
            if self._in_memory:
                channel.queue_delete(self._address)
        finally:
            disconnect(connection)

    def _give_up(self, channel: Any) -> None:
        """Sending over `channel` failed: its thread shall make a new one."""
        with self._lock:
            if channel is None or channel is not self._channel:
                return
            self._ready.clear()
            self._channel = None
        hang_up(channel)

    def _lose(self) -> None:
        with self._lock:
            self._ready.clear()
            self._channel = None
        lost, self._drained = self._drained, None
        for awaited in list(self._waiting.values()):
            if lost is not None and awaited.sent_over is lost:
                awaited.fail(Unavailable("broker_unavailable", "The broker went away."))

    def _on_reply(self, message: Any) -> None:
        awaited = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if awaited is not None:
            body = message.body
            awaited.answer(body.encode() if isinstance(body, str) else bytes(body))

    def _on_return(self, _error: Any, _exchange: str, queue: str, message: Any) -> None:
        awaited = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if awaited is not None:
            service = queue.removeprefix("rpc-")
            awaited.fail(Unavailable("service_unavailable", f"{service} is not there."))
