"""`notifications-admin`: what support does with deliveries and mail settings."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from notifications.admin import app
from notifications.domain.mail_servers import OwnMailServer
from notifications.domain.outcome import permanent
from notifications.domain.reasons import Reason
from notifications.operations.sending import send_due
from notifications.storage import mail_servers
from notifications.storage.tables import delivery
from portal_chassis.clock import Clock
from portal_chassis.ids import new_id
from portal_contracts.notifications.mail_server import MailSecurity, MailServerFields


@pytest.fixture
def run(database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NOTIFICATIONS_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("NOTIFICATIONS_OWNER_DATABASE_URL", database.owner_url)

    def invoke(*arguments: str):
        return CliRunner().invoke(app, list(arguments))

    return invoke


def state(database, delivery_id) -> str:
    with database.transaction() as tx:
        query = select(delivery.c.state).where(delivery.c.id == delivery_id)
        return tx.execute(query).scalar_one()


def test_lists_without_addresses(run, plan, make_sender) -> None:
    delivery_id = plan()
    send_due(make_sender())
    result = run("delivery", "list", "--json")
    [line] = json.loads(result.output)
    assert line["id"] == str(delivery_id)
    assert "anna@" not in result.output


def test_shows_each_attempt(run, plan, make_sender, outbound) -> None:
    delivery_id = plan()
    outbound.outcomes = [permanent(Reason.ADDRESS_REFUSED, "550 5.1.1")]
    send_due(make_sender())
    result = run("delivery", "show", str(delivery_id))
    assert "550 5.1.1" in result.output
    [shown] = json.loads(run("delivery", "show", str(delivery_id), "--json").output)
    assert [one["status"] for one in shown["attempts_made"]] == ["550 5.1.1"]


def test_retries_only_with_apply(run, database, plan, make_sender, outbound) -> None:
    delivery_id = plan()
    outbound.outcomes = [permanent(Reason.ADDRESS_REFUSED)]
    send_due(make_sender())
    assert run("delivery", "retry", str(delivery_id)).output.startswith("Would")
    assert state(database, delivery_id) == "failed"
    assert run("delivery", "retry", str(delivery_id), "--apply").exit_code == 0
    assert state(database, delivery_id) == "retrying"


def test_closes_what_is_open_and_nothing_else(run, database, plan, make_sender) -> None:
    delivery_id = plan()
    assert run("delivery", "close", str(delivery_id), "--apply").exit_code == 0
    assert state(database, delivery_id) == "closed"
    assert run("delivery", "close", str(delivery_id), "--apply").exit_code == 1


def test_lists_when_appointments_are_reminded_of(run, calendar, clock, monkeypatch) -> None:
    monkeypatch.setattr(Clock, "now", lambda _: clock.now())
    calendar.book()
    [line] = json.loads(run("reminders", "list", "--json").output)
    assert line["appointment_id"] == str(calendar.id)
    assert line["state"] == "waiting"
    assert datetime.fromisoformat(line["due_at"]) == calendar.starts_at - timedelta(hours=24)
    monkeypatch.setenv("NOTIFICATIONS_REMINDER_HOURS", "0")
    [line] = json.loads(run("reminders", "list", "--json").output)
    assert (line["state"], line["due_at"]) == ("off", None)


def test_lists_kind_and_recipient(run, calendar) -> None:
    calendar.book()
    lines = json.loads(run("delivery", "list", "--json").output)
    assert {(line["kind"], line["to"]) for line in lines} == {
        ("appointment_confirmed", "client"),
        ("booking_received", "practitioner"),
    }


def test_previews_the_mail_with_a_masked_link() -> None:
    result = CliRunner().invoke(app, ["preview", "--language", "de"])
    assert "lk_••••" in result.output
    assert "Guten Tag" in result.output


@pytest.mark.parametrize("template", ["portal_link_requested", "form_alert", "trial"])
def test_previews_every_mail_in_both_forms(template: str) -> None:
    for form in ([], ["--html"]):
        result = CliRunner().invoke(app, ["preview", template, *form])
        assert result.exit_code == 0
        assert "Hello" in result.output


def test_sends_a_trial_mail(mail_server, monkeypatch: pytest.MonkeyPatch) -> None:
    host, port = mail_server.address.split(":")
    monkeypatch.setenv("NOTIFICATIONS_MAIL_TRANSPORT", "smtp")
    monkeypatch.setenv("NOTIFICATIONS_SMTP_HOST", host)
    monkeypatch.setenv("NOTIFICATIONS_SMTP_PORT", port)
    monkeypatch.setenv("NOTIFICATIONS_SMTP_SECURITY", "none")
    result = CliRunner().invoke(app, ["mail-server", "test", "ops@example.org", "--apply"])
    assert result.exit_code == 0, result.output
    assert len(mail_server.wait_for("ops@example.org")) == 1
    mail_server.fail_with(550, at="recipient")
    refused = CliRunner().invoke(app, ["send-test-mail", "ops@example.org", "--apply"])
    assert refused.exit_code == 1
    assert "address_refused" in refused.output


def test_mail_servers_of_practices_are_shown_without_secrets_and_tried(
    run, database, mail_server, monkeypatch: pytest.MonkeyPatch, clock
) -> None:
    monkeypatch.setenv("NOTIFICATIONS_MAIL_TRANSPORT", "practice")
    monkeypatch.setenv("PORTAL_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    assert "No practice has set a mail server" in run("mail-server", "show").output
    practice_id = new_id()
    fields = MailServerFields(
        host=mail_server.host,
        port=mail_server.port,
        security=MailSecurity.NONE,
        sender_address="rivera@practice.example",
    )
    server = OwnMailServer(
        practice_id=practice_id,
        version=1,
        fields=fields,
        password_sealed=None,
        changed_at=clock.now(),
    )
    with database.transaction() as tx:
        mail_servers.write(tx, server)
    [shown] = json.loads(run("mail-server", "show", "--json").output)
    assert shown["server"] == mail_server.address
    assert "say whose" in run("mail-server", "test", "ops@example.org", "--apply").stderr
    of_practice = ("--practice", str(practice_id))
    tried = run("mail-server", "test", "ops@example.org", *of_practice, "--apply")
    assert tried.exit_code == 0, tried.output
    [mail] = mail_server.wait_for("ops@example.org")
    assert mail.sender == "rivera@practice.example"


def test_after_a_restore_what_may_have_been_sent_is_closed_and_listed(run, database, plan) -> None:
    delivery_id, now = plan(), Clock().now()
    due = {"next_attempt_at": now - timedelta(hours=3), "created_at": now - timedelta(hours=3)}
    with database.transaction() as tx:
        tx.execute(update(delivery).values(**due))
    hours = [(now - timedelta(hours=ago)).isoformat() for ago in (4, 2, 1)]
    before = ("restored", "--stopped-at", hours[0], "--restored-at", hours[1])
    assert "No mail waits that may have been sent" in run(*before, "--apply").output
    given = ("restored", "--stopped-at", hours[1], "--restored-at", hours[2])
    assert run(*given).output.startswith("Would: close 1 mail(s)")
    assert state(database, delivery_id) == "waiting"
    [line] = json.loads(run(*given, "--apply", "--json").output)
    assert (line["id"], line["kind"]) == (str(delivery_id), "portal_link")
    assert state(database, delivery_id) == "closed"


def test_instants_of_a_restore_that_cannot_be_are_refused(run, database) -> None:
    now = Clock().now()
    early, late, never = ((now + timedelta(hours=hours)).isoformat() for hours in (-2, -1, 1))
    for stopped, back, said in (
        (never, late, "--stopped-at lies in the future"),
        (late, never, "--restored-at lies in the future"),
        (late, early, "--restored-at is before --stopped-at"),
        ("yesterday", late, "--stopped-at: give an instant with its zone"),
    ):
        result = run("restored", "--stopped-at", stopped, "--restored-at", back, "--apply")
        assert (result.exit_code, said in result.output) == (1, True), result.output
