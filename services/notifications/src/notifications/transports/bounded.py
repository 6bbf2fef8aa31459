"""An SMTP client whose every read and write ends at one deadline.

smtplib's time-out begins anew with each byte that arrives, so a server that
drips could hold an attempt for longer than the lease on its delivery, and
another sender would send the same mail beside it.
"""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from portal_chassis.outside.reach import ANYWHERE, Deadline, Reach

GOODBYE_SECONDS = 2.0
DONE = 250
TAKEN = (250, 251)
"""A recipient is the server's, or another's to whom it sends on (RFC 5321, section 4.3.2)."""


class AddressNotTakenError(smtplib.SMTPException):
    """The server takes no address that is not ASCII."""


@dataclass(frozen=True)
class Envelope:
    """Between whom a message goes.

    Attributes:
        sender: the address to which a failure is told.
        recipient: the only one.
        octets: how long the message is (RFC 1870).
        needs_utf8: one of the addresses is not ASCII (RFC 6531).
    """

    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    octets: int
    needs_utf8: bool


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
        return self._reach.connect(host, port, self.deadline, self._answer_seconds)

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

    def begin(self, envelope: Envelope) -> None:
        """Name the sender; nothing of a message is said.

        Raises:
            AddressNotTakenError: see there; nothing was said.
            smtplib.SMTPException, OSError: as `smtplib.SMTP.sendmail` does.
        """
        if envelope.needs_utf8 and not self.has_extn("smtputf8"):
            raise AddressNotTakenError
        options = [f"SIZE={envelope.octets}"] if self.has_extn("size") else []
        options += ["SMTPUTF8"] if envelope.needs_utf8 else []
        code, words = self.mail(envelope.sender, options)
        if code != DONE:
            raise smtplib.SMTPSenderRefused(code, words, envelope.sender)

    def finish(self, envelope: Envelope, message: bytes) -> None:
        """Name the recipient, and hand the message in; after it the connection is as it was new.

        Raises:
            smtplib.SMTPException, OSError: as `smtplib.SMTP.sendmail` does.
        """
        code, words = self.rcpt(envelope.recipient)
        if code not in TAKEN:
            raise smtplib.SMTPRecipientsRefused({envelope.recipient: (code, words)})
        code, words = self.data(message)
        if code != DONE:
            raise smtplib.SMTPDataError(code, words)

    def _remaining(self) -> float:
        return self.deadline.remaining(self._answer_seconds)


def leave(connection: BoundedSmtp) -> None:
    """Say goodbye, with little patience: a letter is the server's, whatever comes of it."""
    connection.deadline = Deadline(GOODBYE_SECONDS)
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()


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
