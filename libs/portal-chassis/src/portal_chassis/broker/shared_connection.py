"""A broker connection that one thread reads and any number of threads send on.

py-amqp's own publish reads its socket too, and so must not be used beside a
thread that reads. Sending without reading is safe: py-amqp writes a message at
once, under a lock of its own.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from amqp.spec import Basic
from amqp.transport import TCPTransport
from kombu import Connection

from portal_chassis.broker.connection import BROKER_ERRORS, DRAIN_SECONDS, MemoryChannel
from portal_chassis.broker.publisher import TRANSIENT
from portal_chassis.broker.wire import CONTENT_TYPE

READ_OCTETS = 65_536
SOCKET_SECONDS = 2.0
"""How long one read waits, and how long sending may take before the connection counts as lost."""

CONNECTION_LOST: tuple[type[BaseException], ...] = (*BROKER_ERRORS, AttributeError)
"""What using a connection raises that has ended, or is being taken apart by another thread."""


def drain(connection: Connection, ended: Callable[[], bool]) -> None:
    """Deliver what arrives on `connection`, and look after its heartbeat, until it has `ended`.

    Raises:
        BROKER_ERRORS: it is lost.
    """
    read: Callable[..., Any] = connection.drain_events
    transport = _transport(connection)
    if transport is not None:
        # py-amqp sets and unsets a timeout for each frame, unless the socket has it already.
        transport.sock.settimeout(SOCKET_SECONDS)
        _read_in_large_pieces(transport)
        read = connection.connection.drain_events
    heartbeat_at = time.monotonic() + DRAIN_SECONDS
    while not ended():
        with contextlib.suppress(TimeoutError):
            read(timeout=SOCKET_SECONDS)
        if time.monotonic() >= heartbeat_at:
            connection.heartbeat_check()
            heartbeat_at = time.monotonic() + DRAIN_SECONDS


def send(
    channel: Any,
    body: bytes,
    *,
    to: str,
    exchange: str = "",
    mandatory: bool = False,
    **properties: Any,
) -> None:
    """Send a transient message to a queue, over a channel whose connection another thread reads.

    Args:
        channel: the channel.
        body: in the chassis' own format.
        to: the queue, or its key at `exchange`.
        exchange: what leads there; empty is the broker's own, which leads to every queue.
        mandatory: the broker gives the message back when there is no such queue.
        **properties: of the message; `headers` among them.

    Raises:
        CONNECTION_LOST: the connection is.
    """
    message = channel.prepare_message(
        body,
        content_type=CONTENT_TYPE,
        content_encoding="utf-8",
        headers=properties.pop("headers", None),
        properties={"delivery_mode": TRANSIENT, **properties},
    )
    if isinstance(channel, MemoryChannel):
        channel.basic_publish(message, exchange=exchange, routing_key=to)
    else:
        channel.send_method(Basic.Publish, "Bssbb", (0, exchange, to, mandatory, False), message)


@contextlib.contextmanager
def sent_as_one(channel: Any) -> Iterator[None]:
    """Send all that is sent on `channel` within the block in one piece, at its end.

    Nothing may yield within the block.

    Raises:
        CONNECTION_LOST: the connection is.
    """
    writer = getattr(_transport(channel), "_write", None)
    if not isinstance(writer, _SocketWriter):
        yield
        return
    writer.hold()
    try:
        yield
    finally:
        writer.release()


class _SocketWriter:
    """Writes what py-amqp sends to its socket, and may hold it back for a moment.

    One message at a time, and nothing after one that could be sent in part only:
    the broker would take what follows for the rest of it.
    """

    def __init__(self, transport: Any) -> None:
        self._socket = transport.sock
        self._lock = threading.Lock()
        self._held: list[bytes] | None = None

    def __call__(self, octets: Any) -> None:
        if self._held is None:
            self._send(octets)
        else:
            # py-amqp uses its buffer again.
            self._held.append(bytes(octets))

    def hold(self) -> None:
        if self._held is None:
            self._held = []

    def release(self) -> None:
        held, self._held = self._held, None
        if held:
            self._send(b"".join(held))

    def _send(self, octets: Any) -> None:
        with self._lock:
            try:
                self._socket.sendall(octets)
            except BaseException:
                _shut(self._socket)
                raise


def hang_up(connection: Connection) -> None:
    """Let the thread that reads `connection` find it lost."""
    _shut(getattr(_transport(connection), "sock", None))


def _shut(its_socket: Any) -> None:
    with contextlib.suppress(OSError, AttributeError):
        its_socket.shutdown(socket.SHUT_RDWR)


class _LockedTlsSocket:
    """A TLS socket that one thread reads and others write; Python's own must be used by one.

    Waiting for something to read keeps nobody from writing.
    """

    def __init__(self, tls: Any) -> None:
        self._tls = tls
        self._lock = threading.Lock()

    def read(self, octets: int) -> bytes:
        """What is there, within the socket's timeout."""
        if not self._tls.pending():
            readable, _, _ = select.select([self._tls], [], [], self._tls.gettimeout())
            if not readable:
                raise TimeoutError
        with self._lock:
            received: bytes = self._tls.read(octets)
        return received

    def write(self, octets: Any) -> int:
        """Send some of it; how much."""
        with self._lock:
            sent: int = self._tls.write(octets)
        return sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tls, name)


def _transport(source: Any) -> Any:
    """The transport of a connection or a channel; None on the in-memory broker, and once closed.

    Not by `Connection.connection`: where the connection is lost, that would make a new one.
    """
    amqp_connection = source._connection if isinstance(source, Connection) else source.connection  # noqa: SLF001
    return getattr(amqp_connection, "transport", None)


def _read_in_large_pieces(transport: Any) -> None:
    """Read as much as there is, instead of each frame in three parts; py-amqp keeps the rest."""
    if isinstance(transport, TCPTransport):
        receive = transport.sock.recv
        transport._quick_recv = lambda _octets: receive(READ_OCTETS)  # noqa: SLF001
        transport._write = _SocketWriter(transport)  # noqa: SLF001
    else:
        transport.sock = _LockedTlsSocket(transport.sock)
        transport._quick_recv = transport.sock.read  # noqa: SLF001
