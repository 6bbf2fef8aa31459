"""The queues of a service: one connection, shared by all its entry points.

nameko's own consumer stays connecting for up to half a minute after the
broker's return, cannot be stopped while the broker is away, and gives up its
connection before the workers have acknowledged what they do. So the chassis
has its own, on the same extension points.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from greenlet import GreenletExit
from kombu import Queue
from nameko.extensions import SharedExtension

from portal_chassis.broker.connection import (
    channel_to_read,
    disconnect,
    is_memory,
)
from portal_chassis.broker.shared_connection import (
    CONNECTION_LOST,
    answer,
    connect_shared,
    drain,
)
from portal_chassis.broker.wire import CONTENT_TYPE
from portal_chassis.logging import origin

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0

Handler = Callable[[bytes, Any], None]
"""Takes a message's body and the message; settles it in the end."""


@dataclass(frozen=True)
class _Source:
    queue: Queue
    handler: Handler
    prefetch: int
    at_once: bool


class Consumers(SharedExtension):
    """Takes messages from every queue that the service's entry points `add`.

    * A message in a foreign format is rejected to the dead-letter exchange
      (or dropped where its queue has none); its body is never logged.
    * After `cancel` no message is taken any more; those that were taken can
      still be settled, because the connection is kept until `stop`.
    * A lost connection is opened again; what was not settled comes again.
    """

    def __init__(self) -> None:
        self._sources: list[_Source] = []
        self._active: list[tuple[Any, str]] = []
        self._cancelled = threading.Event()
        self._connected = threading.Event()
        self._begun = threading.Event()
        self._loop: Any = None
        super().__init__()

    @property
    def connected(self) -> bool:
        """Whether messages of every queue reach this process now."""
        return self._connected.is_set()

    @property
    def _uri(self) -> str:
        return str(self.container.config["AMQP_URI"])

    def setup(self) -> None:
        """Let readiness know."""
        self.container.config["runtime"].consumers.append(lambda: self.connected)

    def add(self, queue: Queue, handler: Handler, *, prefetch: int, at_once: bool = False) -> None:
        """Consume from `queue`; call it in an entry point's `setup`.

        Args:
            queue: what to take from.
            handler: what to do with a message.
            prefetch: how many messages may be under way.
            at_once: the handler waits for nothing but a free worker, so while there is one it
                needs no greenthread of its own.
        """
        self._sources.append(_Source(queue, handler, prefetch, at_once))

    def start(self) -> None:
        """Begin; returns when every queue is consumed from, or when it is stopped before that."""
        self._loop = self.container.spawn_managed_thread(self._run, identifier="consumers")
        self._begun.wait()

    def cancel(self) -> None:
        """Take no message any more. An entry point's `stop`; harmless to repeat."""
        if self._cancelled.is_set():
            return
        self._cancelled.set()
        self._begun.set()
        # The loop reads this connection: the broker's answer must not be waited for here.
        options: dict[str, Any] = {} if is_memory(self._uri) else {"nowait": True}
        for channel, tag in self._active:
            _attempt(partial(channel.basic_cancel, tag, **options))

    def stop(self) -> None:
        """Close the connection; nameko calls it when no worker runs any more."""
        self.cancel()
        if self._loop is not None:
            self._loop.kill()
            with contextlib.suppress(GreenletExit):
                self._loop.wait()

    def ack(self, message: Any) -> None:
        """Settle a message: done."""
        _attempt(message.ack)

    def reject(self, message: Any) -> None:
        """Settle a message: to the dead letters, if its queue has some."""
        _attempt(partial(message.reject, requeue=False))

    def requeue(self, message: Any) -> None:
        """Give a message back, for another process."""
        _attempt(partial(message.reject, requeue=True))

    def _has_free_worker(self) -> bool:
        return self.container._worker_pool.free() > 0  # noqa: SLF001 - nameko does not tell

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._cancelled.is_set():
            try:
                self._consume()
            except Exception as error:  # noqa: BLE001 - whatever broke it, a fresh connection may work
                pause = FIRST_PAUSE_SECONDS if self.connected else pause
                log.warning(
                    "broker_unreachable", error=type(error).__name__, where=origin(error, 2)
                )
            finally:
                self._connected.clear()
            self._cancelled.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _consume(self) -> None:
        self._active = []
        connection = connect_shared(self._uri)
        try:
            for source in self._sources:
                self._begin(source, channel_to_read(connection))
            self._connected.set()
            self._begun.set()
            drain(connection, ended=lambda: False)
        finally:
            disconnect(connection)

    def _begin(self, source: _Source, channel: Any) -> None:
        queue = source.queue(channel)
        self._find(queue)
        channel.basic_qos(0, source.prefetch, False)
        tag = source.queue.name
        queue.consume(consumer_tag=tag, callback=partial(self._receive, source))
        self._active.append((channel, tag))

    def _find(self, queue: Queue) -> None:
        """See that the queue is there. It was declared before, by somebody who may."""
        queue.queue_declare(passive=True)

    def _receive(self, source: _Source, message: Any) -> None:
        if self._cancelled.is_set():
            self.requeue(message)
        elif message.content_type != CONTENT_TYPE:
            log.error("message_undecodable", message_id=message.properties.get("message_id"))
            self.reject(message)
        else:
            body = message.body.encode() if isinstance(message.body, str) else bytes(message.body)
            if source.at_once and self._has_free_worker():
                source.handler(body, message)
            else:
                self.container.spawn_managed_thread(
                    partial(source.handler, body, message), identifier="message"
                )


class CallConsumers(Consumers):
    """The same for calls, over a connection of their own.

    Replies go out on it too (`answer`). When the broker is short of memory it stops
    reading from connections that publish: events can still be settled then.
    """

    def _find(self, queue: Queue) -> None:
        """Declare the service's own queue, which expires, and have its calls lead there."""
        queue.queue_declare()
        queue.queue_bind()

    def answer(self, message: Any, reply: bytes) -> None:
        """Reply to a call, then settle it: a crash in between runs the call again.

        So does a connection that is lost.
        """
        try:
            answer(message, reply)
        except CONNECTION_LOST:
            log.warning("reply_lost")


def _attempt(settle: Callable[[], Any]) -> None:
    """Settle a message, unless its connection has ended: then the broker gives it out again."""
    with contextlib.suppress(*CONNECTION_LOST):
        settle()
