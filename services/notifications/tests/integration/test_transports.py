"""Letters over a real SMTP conversation, and into a folder."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from notifications.domain.addresses import Mailbox, mailbox
from notifications.domain.letters import Letter, Written, message_id
from notifications.domain.outcome import ACCEPTED, OutcomeKind
from notifications.domain.reasons import Reason
from notifications.transports.folder import FolderTransport
from notifications.transports.kept_connections import KeptConnections
from notifications.transports.smtp import SmtpServer, SmtpTransport
from notifications.transports.terminal import TerminalTransport
from portal_chassis.embedded.ports import free_port
from portal_chassis.ids import new_id
from portal_contracts.notifications.mail_server import MailSecurity

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def letter(address: str = "anna@example.org", **changes: Any) -> Letter:
    delivery_id = new_id()
    values: dict[str, Any] = {
        "delivery_id": delivery_id,
        "message_id": message_id(delivery_id, "portal.example.org"),
        "created_at": NOW,
        "dated": NOW,
        "sender": mailbox("Praxis Grünwald, Dr. M.", "portal@example.org"),
        "recipient": mailbox("Änne Müller", address),
        "reply_to": mailbox("Praxis", "hello@example.org"),
        "language": "de",
        "written": Written("Ihr Link – schön", "Grüße\n", "<p>Grüße</p>"),
    }
    return Letter(**(values | changes))


def transport(mail_server, kept: KeptConnections | None = None, **changes: Any) -> SmtpTransport:
    host, port = mail_server.address.split(":")
    values: dict[str, Any] = {
        "host": host,
        "port": int(port),
        "security": MailSecurity.NONE,
        "timeout_seconds": 1.0,
    }
    return SmtpTransport(SmtpServer(**(values | changes)), kept)


@contextmanager
def plain_server(extensions: bytes) -> Iterator[int]:
    """A mail server that greets and says which extensions it has; its port."""

    def serve(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 ready\r\n")
            for line in lines:
                is_hello = line.upper().startswith(b"EHLO")
                connection.sendall(extensions if is_hello else b"221 bye\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(timeout=5)


def test_a_letter_arrives_whole(mail_server) -> None:
    sent = letter()
    assert transport(mail_server).send(sent) == ACCEPTED
    [mail] = mail_server.wait_for("anna@example.org")
    message = mail.message
    assert message["Message-ID"] == sent.message_id
    assert message["Subject"] == "Ihr Link – schön"
    assert message["From"].addresses[0].display_name == "Praxis Grünwald, Dr. M."
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"].addresses[0].addr_spec == "hello@example.org"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert message.get_body(("plain",)).get_content().strip() == "Grüße"


@pytest.mark.parametrize(
    ("code", "at", "kind", "reason"),
    [
        (451, "data", OutcomeKind.TEMPORARY, Reason.MAIL_SERVER_BUSY),
        (450, "recipient", OutcomeKind.TEMPORARY, Reason.MAIL_SERVER_BUSY),
        (550, "recipient", OutcomeKind.PERMANENT, Reason.ADDRESS_REFUSED),
        (554, "data", OutcomeKind.PERMANENT, Reason.MAIL_SERVER_REFUSED),
    ],
)
def test_a_refusal_tells_what_to_do_next(
    mail_server, code: int, at: str, kind: OutcomeKind, reason: Reason
) -> None:
    mail_server.fail_with(code, "4.2.0 anna@example.org is not at home", at=at)
    outcome = transport(mail_server).send(letter())
    assert (outcome.kind, outcome.reason) == (kind, reason)
    assert outcome.status.startswith(str(code))
    assert "anna" not in outcome.status


def test_a_server_that_hangs_is_left_after_the_timeout(mail_server) -> None:
    mail_server.hang()
    outcome = transport(mail_server).send(letter())
    assert outcome.kind in {OutcomeKind.TEMPORARY, OutcomeKind.UNREACHABLE}
    assert outcome.reason is Reason.MAIL_SERVER_TIMEOUT


def test_a_line_dropped_after_the_data_is_not_counted_as_sent(mail_server) -> None:
    mail_server.drop_after_data()
    outcome = transport(mail_server).send(letter())
    assert (outcome.kind, outcome.reason) == (
        OutcomeKind.TEMPORARY,
        Reason.MAIL_SERVER_TIMEOUT,
    )


def test_a_mail_whose_head_would_not_be_right_goes_to_nobody(mail_server, tmp_path) -> None:
    smuggling = letter(recipient=Mailbox("Anna\r\nBcc: all@evil.example", "anna@example.org"))
    folder = FolderTransport(tmp_path / "mail")
    for way in (transport(mail_server), folder):
        outcome = way.send(smuggling)
        assert (outcome.kind, outcome.reason) == (OutcomeKind.PERMANENT, Reason.MAIL_MALFORMED)
    assert mail_server.messages == []
    assert not list(tmp_path.glob("mail/*"))


def test_a_server_that_is_not_there_is_unreachable() -> None:
    server = SmtpServer("127.0.0.1", free_port(), MailSecurity.NONE, timeout_seconds=1.0)
    outcome = SmtpTransport(server).send(letter())
    assert (outcome.kind, outcome.reason) == (
        OutcomeKind.UNREACHABLE,
        Reason.MAIL_SERVER_UNREACHABLE,
    )


def test_a_server_without_tls_is_never_spoken_to_in_the_clear(mail_server) -> None:
    outcome = transport(mail_server, security=MailSecurity.STARTTLS).send(letter())
    assert outcome.reason is Reason.MAIL_SERVER_INSECURE
    assert mail_server.messages == []


def test_an_address_outside_ascii_needs_a_server_that_takes_it() -> None:
    with plain_server(b"250 HELP\r\n") as port:
        server = SmtpServer("127.0.0.1", port, MailSecurity.NONE, timeout_seconds=2.0)
        outcome = SmtpTransport(server).send(letter("änne@example.org"))
    assert outcome.reason is Reason.ADDRESS_NEEDS_UTF8


def test_a_server_that_says_nothing_is_left_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        server = SmtpServer("127.0.0.1", port, MailSecurity.NONE, timeout_seconds=0.3)
        assert SmtpTransport(server).send(letter()).reason is Reason.MAIL_SERVER_UNREACHABLE
        assert not SmtpTransport(server).answers()


def test_a_server_that_drips_is_left_at_the_attempts_deadline() -> None:
    def drip(listening: socket.socket, stop: threading.Event) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.sendall(b"220 ready\r\n")
            while not stop.wait(0.05):
                connection.sendall(b"250-")

    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening, stop), daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        server = SmtpServer(
            "127.0.0.1", port, MailSecurity.NONE, timeout_seconds=0.5, attempt_seconds=1.0
        )
        began = time.monotonic()
        outcome = SmtpTransport(server).send(letter())
        took = time.monotonic() - began
        stop.set()
        thread.join(timeout=5)
    assert outcome.kind is OutcomeKind.UNREACHABLE
    assert took < 10


def test_a_deadline_that_passes_before_the_data_sends_nothing(mail_server) -> None:
    outcome = transport(mail_server, attempt_seconds=0.000001).send(letter())
    assert outcome.kind is OutcomeKind.UNREACHABLE
    assert mail_server.messages == []


def test_says_whether_the_server_is_there(mail_server) -> None:
    assert transport(mail_server).answers()
    assert not transport(mail_server, security=MailSecurity.STARTTLS).answers()
    assert not SmtpTransport(SmtpServer("127.0.0.1", free_port(), MailSecurity.NONE)).answers()


def test_a_folder_holds_one_file_per_delivery(tmp_path: Path) -> None:
    folder = FolderTransport(tmp_path / "mail")
    sent = letter()
    assert folder.send(sent) == ACCEPTED
    assert folder.send(sent) == ACCEPTED
    [file] = list((tmp_path / "mail").iterdir())
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["Message-ID"] == sent.message_id
    assert file.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_trouble_that_may_pass(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file in the way")
    folder = FolderTransport(tmp_path / "mail")
    assert not folder.answers()
    outcome = folder.send(letter())
    assert (outcome.kind, outcome.reason) == (
        OutcomeKind.TEMPORARY,
        Reason.MAIL_FOLDER_UNWRITABLE,
    )


def test_the_console_shows_the_text() -> None:
    out = io.StringIO()
    assert TerminalTransport(out).send(letter()) == ACCEPTED
    assert "Grüße" in out.getvalue()


@pytest.fixture
def kept() -> Iterator[KeptConnections]:
    connections = KeptConnections()
    yield connections
    connections.leave_idle(longer_than=0)


def test_letters_that_follow_each_other_go_over_one_connection(mail_server, kept) -> None:
    for number in range(3):
        # A transport is made for each letter; what it may share is what is kept.
        assert (
            transport(mail_server, kept=kept).send(letter(f"anna{number}@example.org")) == ACCEPTED
        )
    assert mail_server.connections == 1
    assert len(mail_server.messages) == 3


def test_a_kept_connection_that_the_server_has_ended_loses_no_letter(mail_server, kept) -> None:
    assert transport(mail_server, kept=kept).send(letter()) == ACCEPTED
    mail_server.stop()
    mail_server.start()
    assert transport(mail_server, kept=kept).send(letter()) == ACCEPTED
    assert (mail_server.connections, len(mail_server.messages)) == (2, 2)


def test_a_server_that_takes_no_more_on_a_connection_is_given_the_letter_on_another(
    mail_server, kept
) -> None:
    mail_server.take_few(1)
    for number in range(3):
        one = letter(f"anna{number}@example.org")
        assert transport(mail_server, kept=kept).send(one) == ACCEPTED
    assert (mail_server.connections, len(mail_server.messages)) == (3, 3)


def test_a_letter_whose_sender_is_refused_is_tried_later(mail_server) -> None:
    mail_server.take_few(0)
    outcome = transport(mail_server).send(letter())
    assert (outcome.kind, outcome.reason) == (OutcomeKind.TEMPORARY, Reason.SENDER_REFUSED)
    assert mail_server.messages == []


def test_other_settings_of_a_server_have_a_connection_of_their_own(mail_server, kept) -> None:
    assert transport(mail_server, kept=kept).send(letter()) == ACCEPTED
    assert transport(mail_server, kept=kept, own_name="other").send(letter()) == ACCEPTED
    assert mail_server.connections == 2


def test_a_letter_that_was_refused_leaves_no_connection_behind(mail_server, kept) -> None:
    mail_server.fail_with(550, "5.1.1 no such user", at="recipient")
    assert transport(mail_server, kept=kept).send(letter()).kind is OutcomeKind.PERMANENT
    mail_server.recover()
    assert transport(mail_server, kept=kept).send(letter()) == ACCEPTED
    assert mail_server.connections == 2


def test_a_letter_that_tests_the_settings_has_a_connection_of_its_own(mail_server, kept) -> None:
    for _ in range(2):
        assert transport(mail_server, kept=kept).send(letter(), within=5.0) == ACCEPTED
    assert mail_server.connections == 2


def test_what_nobody_needs_is_left(mail_server, kept) -> None:
    assert transport(mail_server, kept=kept).send(letter()) == ACCEPTED
    kept.leave_idle()
    assert transport(mail_server, kept=kept).send(letter()) == ACCEPTED
    kept.leave_idle(longer_than=0)
    assert transport(mail_server, kept=kept).send(letter()) == ACCEPTED
    assert mail_server.connections == 2
