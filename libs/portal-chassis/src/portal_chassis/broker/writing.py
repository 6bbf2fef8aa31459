"""Writing to a connection that another thread reads, and that many write to."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import Any

from amqp.method_framing import frame_writer  # type: ignore[attr-defined]
from amqp.transport import TCPTransport


class Writer:
    """Writes to a connection's socket, one message at a time, for as many threads as there are.

    Nothing follows a message that could be sent in part only: the broker would take
    it for the rest of that. py-amqp writes what it has to say by calling it.
    """

    def __init__(self, connection: Any, transport: Any) -> None:
        plain = isinstance(transport, TCPTransport)
        self.socket = transport.sock if plain else _LockedTlsSocket(transport.sock)
        self._connection = connection
        self._lock = threading.Lock()
        self._theirs = frame_writer(connection, self)

    def __call__(self, *frame: Any) -> None:
        """A frame of py-amqp's own: its type, channel, method, arguments and content."""
        self._theirs(*frame)

    def write(self, octets: Any) -> None:
        """Send octets that may use their buffer again afterwards.

        Raises:
            OSError: the connection is lost.
        """
        with self._lock:
            try:
                self.socket.sendall(octets)
            except BaseException:
                self.hang_up()
                raise

    def send(self, octets: bytes) -> None:
        """Send whole frames; they count as a sign of life.

        Raises:
            OSError: the connection is lost.
        """
        self.write(octets)
        self._connection.bytes_sent += 1

    def hang_up(self) -> None:
        """Let whoever reads find the connection lost."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class _LockedTlsSocket:
    """A TLS socket that one thread reads and others write; Python's own must be used by one.

    Waiting for something to read keeps nobody from writing.
    """

    def __init__(self, tls: Any) -> None:
        self._tls = tls
        self._lock = threading.Lock()

    def recv(self, octets: int) -> bytes:
        """What is there, within the socket's timeout.

        Raises:
            OSError: the connection is lost; nothing came.
        """
        if self._tls.fileno() < 0:
            raise ConnectionResetError
        if not (self._tls.pending() or _is_readable(self._tls, self._tls.gettimeout())):
            raise TimeoutError
        with self._lock:
            received: bytes = self._tls.recv(octets)
        return received

    def sendall(self, octets: Any) -> None:
        """Send all of it."""
        left = memoryview(octets)
        while left:
            with self._lock:
                left = left[self._tls.send(left) :]

    def shutdown(self, how: int) -> None:
        """End both directions, and stay encrypted.

        Python's own forgets the encryption first: what another thread sends in this moment would
        go out to be read by anybody, and what is still there come in as it is.
        """
        socket.SocketType.shutdown(self._tls, how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tls, name)


def _is_readable(sock: Any, seconds: float | None) -> bool:
    """Whether something comes, or the end, within `seconds`; None waits for it."""
    # Its own `select` knows no descriptor above 1023. eventlet's does, and has no `poll`. Neither
    # keeps a descriptor of its own, as a selector does.
    if not hasattr(select, "poll"):
        return bool(select.select([sock], [], [], seconds)[0])
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(None if seconds is None else seconds * 1000))
