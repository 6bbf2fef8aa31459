"""Connections to the broker, RabbitMQ or kombu's in-memory one."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from queue import Empty
from typing import Any

import amqp.method_framing
from amqp import Message
from amqp.exceptions import AMQPError, MessageNacked
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.transport import TRANSPORT_ALIASES, memory, virtual

from portal_chassis.broker.frames import UNREADABLE

HEARTBEAT_SECONDS = 20
DRAIN_SECONDS = HEARTBEAT_SECONDS / 4
"""How long a drained connection waits for a message before it looks after its heartbeat."""

CONNECT_TIMEOUT_SECONDS = 3.0
GUEST = "guest"
"""The user of an address that names none."""

GOODBYE_SECONDS = 1.0

BROKER_ERRORS: tuple[type[BaseException], ...] = (
    AMQPError,
    MessageNacked,
    OperationalError,
    OSError,
)
"""Whatever a connection or a channel may raise; a fresh connection may work."""

_MEMORY_LOOK_SECONDS = 1.0
"""How often a consumer of the in-memory broker looks without being woken; only a repair."""


class _Changes:
    """Counts what may let a consumer of the in-memory broker go on, and wakes who waits."""

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


_changes = _Changes()


class _MemoryMessage(virtual.Message):
    """A message whose properties name its content type, as a real broker's do."""

    def __init__(self, payload: Any, channel: Any = None, **options: Any) -> None:
        super().__init__(payload, channel=channel, **options)
        self.properties["content_type"] = self.content_type


class MemoryChannel(memory.Channel):
    """kombu's in-memory channel; it wakes the consumers of this process.

    A message that is put wakes them, and so does one that is settled: it may
    make room for the next.
    """

    Message = _MemoryMessage

    def _put(self, queue: str, message: Any, **options: Any) -> None:
        super()._put(queue, message, **options)
        _changes.add()

    def basic_ack(self, delivery_tag: Any, multiple: bool = False) -> None:  # noqa: FBT001, FBT002
        """Settle a message."""
        super().basic_ack(delivery_tag, multiple)
        _changes.add()

    def basic_reject(self, delivery_tag: Any, requeue: bool = False) -> None:  # noqa: FBT001, FBT002
        """Give a message back, or drop it."""
        super().basic_reject(delivery_tag, requeue)
        _changes.add()


class MemoryTransport(memory.Transport):
    """kombu's in-memory transport, without its polling: it would cost a laptop's battery."""

    Channel = MemoryChannel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Deliver the next message, or raise `TimeoutError` after `timeout` seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            seen = _changes.count
            try:
                self.cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left = _MEMORY_LOOK_SECONDS if until is None else until - time.monotonic()
                if left <= 0:
                    raise TimeoutError from None
                _changes.wait_beyond(seen, min(left, _MEMORY_LOOK_SECONDS))
            else:
                return


TRANSPORT_ALIASES["memory"] = "portal_chassis.broker.connection:MemoryTransport"


class _ReceivedMessage(Message):
    """py-amqp's, which would lose its connection over a header that it cannot read.

    The broker hands out such a message for ever. Without properties it is in a foreign
    format, and goes where those go.
    """

    def _load_properties(self, class_id: int, buf: bytes, offset: int) -> None:
        try:
            super()._load_properties(class_id, buf, offset)
        except UNREADABLE:
            self.properties = {}


amqp.method_framing.Message = _ReceivedMessage


def is_memory(amqp_uri: str) -> bool:
    """Whether `amqp_uri` names the in-memory broker of this process."""
    return amqp_uri.startswith("memory:")


def connect(
    amqp_uri: str,
    *,
    confirms: bool = False,
    heartbeat: int = 0,
    within: float = CONNECT_TIMEOUT_SECONDS,
    options: Mapping[str, Any] | None = None,
) -> Connection:
    """An open connection.

    Args:
        amqp_uri: several addresses separated by ``;`` are tried one after the other.
        confirms: publishing waits for the broker's confirmation.
        heartbeat: seconds; only for a connection that somebody drains.
        within: seconds for each address.
        options: of py-amqp's connection; none for the in-memory broker.

    Raises:
        BROKER_ERRORS: none of them answers.
    """
    in_memory = is_memory(amqp_uri)
    connection = Connection(
        # kombu warns of a missing host name, which the in-memory broker has not.
        "memory://localhost" if in_memory else amqp_uri,
        heartbeat=heartbeat,
        connect_timeout=within,
        transport_options={} if in_memory else {"confirm_publish": confirms, **(options or {})},
    )
    # kombu's own `connect` would pause for two seconds and try again.
    return connection.ensure_connection(
        max_retries=amqp_uri.count(";"),
        interval_start=0,
        interval_step=0,
        reraise_as_library_errors=False,
    )


def channel_to_read(connection: Connection) -> Any:
    """A channel whose messages come as the octets that were sent, whatever they say of them.

    py-amqp would decode a body with any codec of Python's that its sender names: some take
    minutes for a megabyte, some give text that cannot be encoded again.
    """
    channel: Any = connection.channel()
    channel.auto_decode = False
    return channel


def user_of(connection: Connection) -> str | None:
    """The user that `connection` was opened as; None on the in-memory broker, which has none."""
    if isinstance(connection.transport, MemoryTransport):
        return None
    return connection.userid or GUEST


def disconnect(connection: Connection) -> None:
    """Close `connection`, waiting `GOODBYE_SECONDS` at most for the broker's goodbye."""
    try:
        socket = getattr(connection.connection, "sock", None) if connection.connected else None
        if socket is not None:
            socket.settimeout(GOODBYE_SECONDS)
        connection.release()
    except BROKER_ERRORS:
        connection.collect()
