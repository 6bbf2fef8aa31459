"""Where replies to calls arrive: one queue and one thread for the whole process."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from typing import Any
from weakref import WeakValueDictionary

import structlog
from amqp.exceptions import ChannelError
from kombu import Consumer, Queue

from portal_chassis.broker import DRAIN_SECONDS, HEARTBEAT_SECONDS, connect, disconnect
from portal_chassis.logging import origin

log = structlog.get_logger(__name__)

QUEUE_EXPIRES_MS = 60_000
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
CLOSE_SECONDS = 1.0


class Replies:
    """Consumes replies (``no_ack``) and hands each to who waits for its correlation id.

    It starts when first needed and connects again by itself.

    Args:
        amqp_uri: the broker.
        name: of the calling process, part of the queue's name.
    """

    def __init__(self, amqp_uri: str, name: str) -> None:
        self._amqp_uri = amqp_uri
        self._name = name
        self.queue = _new_queue(name)
        # A call whose caller has dropped it is forgotten without being told.
        self._waiting: WeakValueDictionary[str, Future[bytes]] = WeakValueDictionary()
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def connected(self) -> bool:
        """Whether replies arrive now."""
        return self.ready(0.0)

    def ready(self, within: float) -> bool:
        """Start if need be; whether replies arrive, `within` seconds."""
        with self._lock:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="rpc-replies", daemon=True)
                self._thread.start()
        return self._ready.wait(max(0.0, within)) and not self._closing.is_set()

    def expect(self, correlation_id: str) -> Future[bytes]:
        """What the reply's body will be, for as long as somebody holds it."""
        future: Future[bytes] = Future()
        with self._lock:
            self._waiting[correlation_id] = future
        return future

    def forget(self, correlation_id: str) -> None:
        """Nobody waits for this reply any more; a late one is dropped."""
        with self._lock:
            self._waiting.pop(correlation_id, None)

    def close(self, send: Callable[[], None]) -> None:
        """End the thread and delete the queue.

        Args:
            send: sends a message to the queue, so that the thread sees at once that it shall end.
        """
        self._closing.set()
        if self._thread is not None:
            if self._ready.is_set():
                send()
            self._thread.join(timeout=CLOSE_SECONDS)

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._closing.is_set():
            try:
                self._drain()
            except Exception as error:  # noqa: BLE001 - without this thread every call would fail
                pause = FIRST_PAUSE_SECONDS if self._ready.is_set() else pause
                log.warning(
                    "rpc_replies_disconnected", error=type(error).__name__, where=origin(error, 2)
                )
                if isinstance(error, ChannelError):
                    # The queue's own node is gone, and its name with it until the node is back.
                    self.queue = _new_queue(self._name)
            finally:
                self._ready.clear()
            self._closing.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _drain(self) -> None:
        queue = Queue(self.queue, durable=True, queue_arguments={"x-expires": QUEUE_EXPIRES_MS})
        connection = connect(self._amqp_uri, heartbeat=HEARTBEAT_SECONDS)
        try:
            channel = connection.channel()
            with Consumer(channel, [queue], on_message=self._on_reply, no_ack=True):
                self._ready.set()
                while not self._closing.is_set():
                    try:
                        connection.drain_events(timeout=DRAIN_SECONDS)
                    except TimeoutError:
                        connection.heartbeat_check()
            queue(channel).delete()
        finally:
            disconnect(connection)

    def _on_reply(self, message: Any) -> None:
        with self._lock:
            future = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if future is not None:
            body = message.body
            with contextlib.suppress(InvalidStateError):
                future.set_result(body.encode() if isinstance(body, str) else bytes(body))


def _new_queue(name: str) -> str:
    return f"rpc.reply-{name}-{uuid.uuid4()}"
