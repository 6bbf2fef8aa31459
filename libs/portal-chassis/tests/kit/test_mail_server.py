"""The recording mail server."""

import smtplib
from email.message import EmailMessage

import pytest


def send(server, subject="Hello", timeout=20):
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "practice@example.org"
    message["To"] = "anna@example.org"
    message.set_content("A line with an umlaut: ä\n")
    with smtplib.SMTP(server.host, server.port, timeout=timeout) as client:
        client.send_message(message)


def test_an_accepted_mail_is_recorded_with_its_envelope(mail_server):
    send(mail_server)
    [mail] = mail_server.wait_for("anna@example.org")
    assert mail.sender == "practice@example.org"
    assert mail.message["Subject"] == "Hello"
    assert "ä" in mail.text


def test_it_refuses_after_the_data(mail_server):
    mail_server.fail_with(451, "try later")
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(mail_server)
    assert caught.value.smtp_code == 451
    assert mail_server.messages == []


def test_it_refuses_a_recipient(mail_server):
    mail_server.fail_with(550, "no such user", at="recipient")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mail_server)


def test_it_hangs_until_it_recovers(mail_server):
    mail_server.hang()
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(mail_server, timeout=0.3)
    mail_server.recover()
    send(mail_server, "After")
    assert "After" in [mail.message["Subject"] for mail in mail_server.messages]


def test_a_dropped_connection_leaves_the_mail_recorded(mail_server):
    mail_server.drop_after_data()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mail_server)
    assert len(mail_server.messages) == 1


def test_stopped_it_refuses_connections_and_comes_back_on_the_same_port(mail_server):
    send(mail_server)
    mail_server.stop()
    with pytest.raises(OSError, match="refused"):
        send(mail_server)
    mail_server.start()
    send(mail_server)
    assert len(mail_server.messages) == 2
