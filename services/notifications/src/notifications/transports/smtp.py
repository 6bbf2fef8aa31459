"""SMTP: one connection a letter, and an outcome that tells what to do next."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.policy import SMTP, SMTPUTF8

from notifications.config import Security
from notifications.domain.letters import Letter
from notifications.domain.outcome import ACCEPTED, Outcome, permanent, temporary, unreachable
from notifications.domain.reasons import Reason
from notifications.transports.message import as_message, needs_utf8

TEMPORARY_FROM = 400
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
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 10.0
    own_name: str = "localhost"


class SmtpTransport:
    """Hands letters to a mail server.

    A letter is ``accepted`` only once the server has taken the data with a
    2xx. A connection lost after that and before our commit makes the same
    letter go out again, under the same Message-ID.
    """

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, letter: Letter) -> Outcome:
        """Hand one letter in. Never raises for what a server or a network does."""
        try:
            connection = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            return unreachable(Reason.MAIL_SERVER_SIGN_IN_FAILED, _status(error))
        except (ssl.SSLError, smtplib.SMTPNotSupportedError):
            return unreachable(Reason.MAIL_SERVER_INSECURE)
        except (OSError, smtplib.SMTPException) as error:
            return unreachable(_why_lost(error), _status(error))
        try:
            return self._hand_in(connection, letter)
        finally:
            # The letter is the server's by now; a broken goodbye changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context()
        if server.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host,
                server.port,
                local_hostname=server.own_name,
                timeout=server.timeout_seconds,
                context=context,
            )
        else:
            connection = smtplib.SMTP(
                server.host,
                server.port,
                local_hostname=server.own_name,
                timeout=server.timeout_seconds,
            )
        try:
            connection.ehlo_or_helo_if_needed()
            if server.security is Security.STARTTLS:
                connection.starttls(context=context)
                connection.ehlo()
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _hand_in(self, connection: smtplib.SMTP, letter: Letter) -> Outcome:
        if needs_utf8(letter) and not connection.has_extn("smtputf8"):
            return permanent(Reason.ADDRESS_NEEDS_UTF8)
        options = ["SMTPUTF8"] if needs_utf8(letter) else []
        body = as_message(letter).as_bytes(policy=SMTPUTF8 if needs_utf8(letter) else SMTP)
        try:
            connection.sendmail(
                letter.sender.address, [letter.recipient.address], body, mail_options=options
            )
        except (OSError, smtplib.SMTPException) as error:
            return _outcome_of(error)
        return ACCEPTED


def _outcome_of(error: OSError | smtplib.SMTPException) -> Outcome:
    """What a failed handing-in means; `smtplib`'s errors are `OSError`s too."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return _refused(code, words, Reason.ADDRESS_REFUSED)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return temporary(Reason.SENDER_REFUSED, _status(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return _refused(error.smtp_code, _bytes(error.smtp_error), Reason.MAIL_SERVER_REFUSED)
    return temporary(_why_lost(error))


def _why_lost(error: BaseException) -> Reason:
    """Why a connection was lost; `smtplib` hides a time-out behind "unexpectedly closed"."""
    timed_out = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    return Reason.MAIL_SERVER_TIMEOUT if timed_out else Reason.MAIL_SERVER_UNREACHABLE


def _refused(code: int, words: bytes, reason: Reason) -> Outcome:
    status = f"{code} {_enhanced(words)}".strip()
    if TEMPORARY_FROM <= code < PERMANENT_FROM:
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
