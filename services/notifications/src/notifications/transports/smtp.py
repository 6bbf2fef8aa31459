"""SMTP: a letter handed in over a connection, and an outcome that tells what to do next."""

from __future__ import annotations

import math
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field

from notifications.domain.letters import Letter
from notifications.domain.outcome import ACCEPTED, Outcome, permanent, temporary, unreachable
from notifications.domain.reasons import Reason
from notifications.transports.bounded import (
    AddressNotTakenError,
    BoundedSmtp,
    Envelope,
    leave,
)
from notifications.transports.head import HeadInvalid
from notifications.transports.kept_connections import KeptConnections
from notifications.transports.message import as_message, needs_utf8
from portal_chassis.outside.reach import ANYWHERE, Deadline, ForbiddenAddressError, Reach
from portal_contracts.notifications.mail_server import MailSecurity

CHECK_SECONDS = 8.0
NO_CODE = 0
READY = 220
PERMANENT_FROM = 500
_ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class SmtpServer:
    """Where mails are handed in, and how.

    Attributes:
        host: its name.
        port: its port.
        security: none, STARTTLS (RFC 3207), or TLS from the first byte (RFC 8314).
        user: to sign in with; empty for no sign-in.
        password: to sign in with.
        timeout_seconds: for each answer.
        own_name: what we call ourselves in EHLO.
        attempt_seconds: for all answers of one letter together, whatever the server does.
        reach: where it may be.
    """

    host: str
    port: int
    security: MailSecurity
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 10.0
    own_name: str = "localhost"
    attempt_seconds: float = 15.0
    reach: Reach = ANYWHERE


class SmtpTransport:
    """Hands letters to a mail server.

    A letter is ``accepted`` only once the server has taken the data with a
    2xx. A connection lost after that and before our commit makes the same
    letter go out again, under the same Message-ID.

    Args:
        server: where, and how.
        kept: connections that are kept from one letter to the next; None: none is.
    """

    def __init__(self, server: SmtpServer, kept: KeptConnections | None = None) -> None:
        self._server = server
        self._kept = kept

    def send(self, letter: Letter, *, within: float | None = None) -> Outcome:
        """Hand one letter in, within so many seconds if that is less than usual.

        Never raises for what a server or a network does. With `within` it goes over a
        connection of its own, which shows that the settings are right.
        """
        try:
            message = as_message(letter)
        except HeadInvalid:
            return permanent(Reason.MAIL_MALFORMED)
        deadline = Deadline(min(self._server.attempt_seconds, within or math.inf))
        envelope = _envelope(letter, message)
        kept = self._kept if within is None else None
        connection = None if kept is None else self._begun_on_one_of(kept, envelope, deadline)
        begun = connection is not None
        if connection is None:
            opened = self._opened(deadline)
            if isinstance(opened, Outcome):
                return opened
            connection = opened
        outcome = _hand_in(connection, envelope, message, begun=begun)
        if kept is not None and outcome == ACCEPTED:
            kept.keep(self._server, connection)
        else:
            leave(connection)
        return outcome

    def _begun_on_one_of(
        self, kept: KeptConnections, envelope: Envelope, deadline: Deadline
    ) -> BoundedSmtp | None:
        """One that was kept and takes this envelope's sender; None where none does.

        That is its sign of life, for which nothing of the letter needs to be said: what the
        server took before has left nothing behind (RFC 5321, section 4.1.1.4). A server that
        takes no more on this connection may on another.
        """
        while (connection := kept.take(self._server)) is not None:
            connection.deadline = deadline
            with suppress(OSError, smtplib.SMTPException):
                connection.begin(envelope)
                return connection
            connection.close()
        return None

    def _opened(self, deadline: Deadline) -> BoundedSmtp | Outcome:
        """A new connection, greeted and signed in, or why there is none."""
        connection = self._connection(deadline)
        try:
            self._greet(connection)
        except (OSError, smtplib.SMTPException) as error:
            connection.close()
            return _why_away(error, unreachable(Reason.MAIL_SERVER_UNREACHABLE))
        try:
            self._sign_in(connection)
        except (OSError, smtplib.SMTPException) as error:
            connection.close()
            return _why_away(error, unreachable(Reason.MAIL_SERVER_TIMEOUT))
        return connection

    def answers(self) -> bool:
        """Whether the server greets us as the settings want, without signing in.

        A password that no longer fits must not be tried every few seconds, or
        the server locks the account.
        """
        connection = self._connection(Deadline(CHECK_SECONDS))
        try:
            self._greet(connection)
        except (OSError, smtplib.SMTPException):
            connection.close()
            return False
        leave(connection)
        return True

    def _connection(self, deadline: Deadline) -> BoundedSmtp:
        server = self._server
        return BoundedSmtp(
            deadline=deadline,
            answer_seconds=server.timeout_seconds,
            own_name=server.own_name,
            reach=server.reach,
            tls_from_start=ssl.create_default_context()
            if server.security is MailSecurity.TLS
            else None,
        )

    def _greet(self, connection: BoundedSmtp) -> None:
        server = self._server
        code, words = connection.connect(server.host, server.port)
        if code != READY:
            raise smtplib.SMTPConnectError(code, words)
        connection.ehlo_or_helo_if_needed()
        if server.security is MailSecurity.STARTTLS:
            connection.starttls(context=_trusting())
            connection.ehlo()

    def _sign_in(self, connection: BoundedSmtp) -> None:
        server = self._server
        if not server.user:
            return
        try:
            connection.login(server.user, server.password)
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
            raise
        except (smtplib.SMTPException, UnicodeEncodeError):
            # The server knows none of our ways, or the password cannot be said in ASCII.
            raise smtplib.SMTPAuthenticationError(NO_CODE, "no way to sign in") from None


def _envelope(letter: Letter, message: bytes) -> Envelope:
    between = letter.sender.address, letter.recipient.address
    return Envelope(*between, octets=len(message), needs_utf8=needs_utf8(letter))


def _hand_in(
    connection: BoundedSmtp, envelope: Envelope, message: bytes, *, begun: bool
) -> Outcome:
    """Hand a message in; `begun`: its sender was named already."""
    try:
        if not begun:
            connection.begin(envelope)
        connection.finish(envelope, message)
    except AddressNotTakenError:
        return permanent(Reason.ADDRESS_NEEDS_UTF8)
    except (OSError, smtplib.SMTPException) as error:
        return _outcome_of(error)
    return ACCEPTED


def _trusting() -> ssl.SSLContext:
    """Trusts the system's authorities, or those in the file that ``SSL_CERT_FILE`` names."""
    return ssl.create_default_context()


def _why_away(error: OSError | smtplib.SMTPException, unanswered: Outcome) -> Outcome:
    """Why no letter can be handed in at present; `unanswered` where the server says nothing."""
    if isinstance(error, ForbiddenAddressError):
        return unreachable(Reason.MAIL_SERVER_FORBIDDEN)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return unreachable(Reason.MAIL_SERVER_SIGN_IN_FAILED, _status(error))
    if isinstance(error, (ssl.SSLError, smtplib.SMTPNotSupportedError)):
        return unreachable(Reason.MAIL_SERVER_INSECURE)
    if isinstance(error, smtplib.SMTPResponseException):
        return unreachable(Reason.MAIL_SERVER_BUSY, _status(error))
    return unanswered


def _outcome_of(error: OSError | smtplib.SMTPException) -> Outcome:
    """What a failed handing-in means; `smtplib`'s errors are `OSError`s too.

    An answer that never came, after a line was cut as after a silence, is one
    that came too late: nobody can know whether the letter was taken (RFC 1047).
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return _refused(code, words, Reason.ADDRESS_REFUSED)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return temporary(Reason.SENDER_REFUSED, _status(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return _refused(error.smtp_code, _bytes(error.smtp_error), Reason.MAIL_SERVER_REFUSED)
    return temporary(Reason.MAIL_SERVER_TIMEOUT)


def _refused(code: int, words: bytes, reason: Reason) -> Outcome:
    status = f"{code} {_enhanced(words)}".strip()
    # smtplib says -1 where the answer has no code at all.
    if code < PERMANENT_FROM:
        return temporary(Reason.MAIL_SERVER_BUSY, status)
    return permanent(reason, status)


def _status(error: BaseException) -> str:
    """The server's code without its words, which may quote an address."""
    code = getattr(error, "smtp_code", None)
    return f"{code} {_enhanced(_bytes(getattr(error, 'smtp_error', b'')))}".strip() if code else ""


def _enhanced(words: bytes) -> str:
    """The enhanced status code (RFC 3463) at the start of an answer."""
    found = _ENHANCED.match(words)
    return found[1].decode() if found else ""


def _bytes(words: bytes | str) -> bytes:
    return words.encode(errors="replace") if isinstance(words, str) else words
