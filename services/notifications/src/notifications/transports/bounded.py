"""An SMTP client whose every read and write ends at one deadline.

smtplib's time-out begins anew with each byte that arrives, so a server that
drips could hold an attempt for longer than the lease on its delivery, and
another sender would send the same mail beside it.
"""

from __future__ import annotations

import errno
import io
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from notifications.domain.mail_networks import Network, is_forbidden, is_this_machine


class Deadline:
    """An end that all steps of one attempt share.

    Args:
        seconds: from now.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self, at_most: float) -> float:
        """Seconds left, capped at `at_most`.

        Raises:
            TimeoutError: none are left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            message = "the attempt's deadline has passed"
            raise TimeoutError(message)
        return min(left, at_most)


class ForbiddenAddressError(OSError):
    """The mail server is where it may not be."""


@dataclass(frozen=True)
class Reach:
    """Where a mail server may be.

    Attributes:
        forbidden: networks that are not connected to.
        only_this_machine: nothing else is, since what is said could be read on the way.
    """

    forbidden: tuple[Network, ...] = ()
    only_this_machine: bool = False

    def addresses_of(self, host: str, port: int) -> list[str]:
        """The addresses behind `host` that may be connected to, in their order.

        They are connected to as they were judged: a name that means something else a moment
        later leads nowhere else.

        Raises:
            ForbiddenAddressError: there are addresses, and none may be.
            OSError: there is none.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        allowed = [one for one in addresses if self._allows(one)]
        if not allowed:
            raise ForbiddenAddressError(errno.EACCES, "the mail server is in a forbidden network")
        return allowed

    def _allows(self, address: str) -> bool:
        if self.only_this_machine and not is_this_machine(address):
            return False
        return not is_forbidden(address, self.forbidden)


ANYWHERE = Reach()
"""Whoever runs the portal knows where the mail server is."""


class BoundedSmtp(smtplib.SMTP):
    """`smtplib.SMTP` under a deadline; TLS from the first byte where a context is given.

    Args:
        deadline: of everything that is said; may be replaced by a later one.
        answer_seconds: for one answer within it.
        own_name: what we call ourselves in EHLO.
        reach: where the server may be.
        tls_from_start: protects the connection before anything is said (RFC 8314).
    """

    def __init__(
        self,
        *,
        deadline: Deadline,
        answer_seconds: float,
        own_name: str,
        reach: Reach = ANYWHERE,
        tls_from_start: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(local_hostname=own_name, timeout=answer_seconds)
        self.deadline = deadline
        self._answer_seconds = answer_seconds
        self._reach = reach
        self._tls_from_start = tls_from_start

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> Any:
        """Connect and read the greeting; `host` is what a certificate is checked against."""
        self._host = host
        return super().connect(host, port, source_address)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = self._connected(host, port)
        if self._tls_from_start is None:
            return plain
        try:
            return self._tls_from_start.wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise

    def _connected(self, host: str, port: int) -> socket.socket:
        if self._reach == ANYWHERE:
            return socket.create_connection((host, port), self._remaining())
        *others, last = self._reach.addresses_of(host, port)
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, port), self._remaining())
        return socket.create_connection((last, port), self._remaining())

    def send(self, s: Any) -> None:
        """Send `s` within what is left."""
        if self.sock:
            try:
                self.sock.settimeout(self._remaining())
            except TimeoutError as error:
                # In smtplib's own words, so that what it does after a refusal hides nothing.
                self.close()
                raise smtplib.SMTPServerDisconnected(str(error)) from error
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer within what is left."""
        if self.file is None and self.sock:
            self.file = io.BufferedReader(_BoundedReader(self.sock, self._remaining))
        return super().getreply()

    def _remaining(self) -> float:
        return self.deadline.remaining(self._answer_seconds)


class _BoundedReader(io.RawIOBase):
    """Reads from a socket, each time within what is left."""

    def __init__(self, sock: socket.socket, remaining: Callable[[], float]) -> None:
        self._sock = sock
        self._remaining = remaining

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there, at most a bufferful."""
        self._sock.settimeout(self._remaining())
        return self._sock.recv_into(buffer)
