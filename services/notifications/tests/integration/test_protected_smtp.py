"""Letters over STARTTLS and TLS, signed in, to a real mail server with a certificate."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from notifications.domain.addresses import mailbox
from notifications.domain.letters import Letter, Written, message_id
from notifications.domain.outcome import ACCEPTED, OutcomeKind
from notifications.domain.reasons import Reason
from notifications.transports.smtp import SmtpServer, SmtpTransport
from portal_chassis.embedded.ports import free_port
from portal_chassis.ids import new_id
from portal_contracts.notifications.mail_server import MailSecurity
from tests.kit.certificates import certificate

# aiosmtpd takes TLS from the first byte for none at all, and warns.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
PASSWORD = "open sesame"


class Mailbox:
    """Keeps what it is given, and who had signed in."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.signed_in: list[bool] = []

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.mails.append(bytes(envelope.content or b""))
        self.signed_in.append(bool(session.authenticated))
        return "250 OK"


def accept(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
) -> AuthResult:
    fits = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=fits, handled=False)


@pytest.fixture
def certified(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path, datetime(2020, 1, 1, tzinfo=UTC))


@pytest.fixture
def protected(certified) -> Iterator[Callable[[MailSecurity], tuple[int, Mailbox]]]:
    """Starts a server that demands protection and a sign-in: its port and what it was given."""
    running: list[Controller] = []

    def start(security: MailSecurity) -> tuple[int, Mailbox]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certified)
        given = Mailbox()
        ways = {
            MailSecurity.TLS: {"ssl_context": context, "auth_require_tls": False},
            MailSecurity.STARTTLS: {"tls_context": context, "require_starttls": True},
        }
        controller = Controller(
            given,
            hostname="127.0.0.1",
            port=free_port(),
            authenticator=accept,
            auth_required=True,
            **ways[security],
        )
        controller.start()
        running.append(controller)
        return controller.port, given

    yield start
    for controller in running:
        controller.stop()


def letter() -> Letter:
    delivery_id = new_id()
    return Letter(
        delivery_id=delivery_id,
        message_id=message_id(delivery_id, "portal.example.org"),
        created_at=NOW,
        dated=NOW,
        sender=mailbox("Praxis", "portal@example.org"),
        recipient=mailbox("Anna", "anna@example.org"),
        reply_to=None,
        language="de",
        written=Written("Ihr Link", "Guten Tag\n", "<p>Guten Tag</p>"),
    )


def transport(port: int, security: MailSecurity, password: str = PASSWORD) -> SmtpTransport:
    return SmtpTransport(
        SmtpServer("127.0.0.1", port, security, user="practice", password=password)
    )


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_a_letter_arrives_protected_and_signed_in(
    protected, certified, monkeypatch, security: MailSecurity
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    port, given = protected(security)
    sent = letter()
    assert transport(port, security).answers()
    assert transport(port, security).send(sent) == ACCEPTED
    [mail] = given.mails
    assert sent.message_id.encode() in mail
    assert given.signed_in == [True]


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    protected, security: MailSecurity
) -> None:
    port, given = protected(security)
    outcome = transport(port, security).send(letter())
    assert (outcome.kind, outcome.reason) == (
        OutcomeKind.UNREACHABLE,
        Reason.MAIL_SERVER_INSECURE,
    )
    assert given.mails == []


@pytest.mark.parametrize("password", ["wrong", "pässwort"])
def test_a_refused_sign_in_is_told_from_a_refused_mail(
    protected, certified, monkeypatch, password: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    port, given = protected(MailSecurity.STARTTLS)
    outcome = transport(port, MailSecurity.STARTTLS, password).send(letter())
    assert (outcome.kind, outcome.reason) == (
        OutcomeKind.UNREACHABLE,
        Reason.MAIL_SERVER_SIGN_IN_FAILED,
    )
    assert given.mails == []
    # Seeing whether the server is there never tries the password.
    assert transport(port, MailSecurity.STARTTLS, password).answers()
