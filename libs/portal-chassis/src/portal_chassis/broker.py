"""Connections to the broker, RabbitMQ or kombu's in-memory one."""

from __future__ import annotations

import threading
import time
from queue import Empty
from typing import Any

from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES, memory, virtual

HEARTBEAT_SECONDS = 20
CONNECT_TIMEOUT_SECONDS = 3
_MEMORY_LOOK_SECONDS = 0.05
"""How often a consumer of the in-memory broker looks by itself: an acknowledgement that
makes room for the next message wakes nobody."""


class _Arrivals:
    """Counts messages put into the in-memory broker, and wakes who waits for one."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.count = 0

    def add(self) -> None:
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait_beyond(self, seen: int, seconds: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self.count != seen, timeout=seconds)


_arrivals = _Arrivals()


class _MemoryMessage(virtual.Message):
    """A message whose properties name its content type, as a real broker's do."""

    def __init__(self, payload: Any, channel: Any = None, **options: Any) -> None:
        super().__init__(payload, channel=channel, **options)
        self.properties["content_type"] = self.content_type


class MemoryChannel(memory.Channel):
    """kombu's in-memory channel; putting a message wakes the consumers of this process."""

    Message = _MemoryMessage

    def _put(self, queue: str, message: Any, **options: Any) -> None:
        super()._put(queue, message, **options)
        _arrivals.add()


class MemoryTransport(memory.Transport):
    """kombu's in-memory transport, without its polling: it would cost a laptop's battery."""

    Channel = MemoryChannel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Deliver the next message, or raise `socket.timeout` after `timeout` seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            seen = _arrivals.count
            try:
                self.cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left = _MEMORY_LOOK_SECONDS if until is None else until - time.monotonic()
                if left <= 0:
                    raise TimeoutError from None
                _arrivals.wait_beyond(seen, min(left, _MEMORY_LOOK_SECONDS))
            else:
                return


TRANSPORT_ALIASES["memory"] = "portal_chassis.broker:MemoryTransport"


def is_memory(amqp_uri: str) -> bool:
    """Whether `amqp_uri` names the in-memory broker of this process."""
    return amqp_uri.startswith("memory:")


def transport_options(amqp_uri: str, *, confirms: bool = False) -> dict[str, Any]:
    """What to tell kombu's transport about this broker."""
    return {"confirm_publish": True} if confirms and not is_memory(amqp_uri) else {}


def connect(amqp_uri: str, *, confirms: bool = False, heartbeat: int = 0) -> Connection:
    """A connection that is opened when first used.

    Args:
        amqp_uri: several addresses separated by ``;`` fail over.
        confirms: publishing waits for the broker's confirmation.
        heartbeat: seconds; only for a connection that somebody drains.
    """
    return Connection(
        # kombu warns of a missing host name, which the in-memory broker has not.
        "memory://localhost" if is_memory(amqp_uri) else amqp_uri,
        heartbeat=heartbeat,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        transport_options=transport_options(amqp_uri, confirms=confirms),
    )


def recoverable_errors(connection: Connection) -> tuple[type[BaseException], ...]:
    """The errors after which a fresh connection may work."""
    return (
        *connection.recoverable_connection_errors,
        *connection.recoverable_channel_errors,
        OSError,
    )
