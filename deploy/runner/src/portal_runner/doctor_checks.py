"""The checks of `portal doctor`, each with the remedy in words."""

from __future__ import annotations

import importlib
import os
import smtplib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from kombu import Connection
from sqlalchemy import MetaData, func, select
from sqlalchemy.exc import SQLAlchemyError

from notifications.config import Security, Transport
from notifications.config import Settings as NotificationsSettings
from portal_chassis import migrations, topology
from portal_chassis.broker import BROKER_ERRORS, connect
from portal_chassis.clock import Clock
from portal_chassis.database import Database, describe_error
from portal_chassis.metrics import tzdata_version
from portal_chassis.settings import ServiceSettings, SettingsError, load_settings
from portal_chassis.tables import chassis_tables
from portal_contracts.catalogue import SERVICES, SUBSCRIPTIONS
from portal_runner.data_folder import KEY_VARIABLES, key_folder
from portal_runner.doctor_target import Target
from portal_runner.health import ask

UNSENT_SECONDS = 30
SMTP_SECONDS = 5

_chassis = chassis_tables(MetaData())


class State(StrEnum):
    """How a thing stands. ``note``: worth knowing, nothing to mend."""

    OK = "ok"
    NOTE = "note"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it stands, and what to do about it."""

    subject: str
    state: State
    says: str
    fix: str = ""

    def document(self) -> dict[str, str]:
        """For ``--json``."""
        return asdict(self)


def ok(subject: str, says: str = "ok") -> Finding:
    """A thing that is as it should be."""
    return Finding(subject, State.OK, says)


def note(subject: str, says: str, fix: str = "") -> Finding:
    """A thing worth knowing."""
    return Finding(subject, State.NOTE, says, fix)


def trouble(subject: str, says: str, fix: str) -> Finding:
    """A thing to mend."""
    return Finding(subject, State.TROUBLE, says, fix)


def check_settings() -> tuple[dict[str, ServiceSettings], list[Finding]]:
    """Every service's settings; those that are right, and what was found."""
    settings: dict[str, ServiceSettings] = {}
    findings: list[Finding] = []
    for name in SERVICES:
        try:
            settings[name] = load_settings(importlib.import_module(f"{name}.config").Settings)
        except SettingsError as error:
            findings += [
                trouble(f"settings of {name}", line, "Correct the variable and start again.")
                for line in str(error).splitlines()
            ]
    if not findings:
        findings.append(ok("settings"))
    return settings, findings


def check_master_key(target: Target, settings: dict[str, ServiceSettings]) -> Finding:
    """Whether the key that opens sealed columns is there."""
    subject = "master key"
    advice = "Restore it from your backup: without it, sealed texts cannot be read."
    if target.folder is not None and not any(os.environ.get(name) for name in KEY_VARIABLES):
        path = key_folder() / f"{target.folder.name}.key"
        if not path.exists():
            return trouble(subject, f"{path} is missing.", advice)
        if path.stat().st_mode & 0o077:
            return trouble(subject, f"Others may read {path}.", f"Run: chmod 600 {path}")
        return ok(subject, str(path))
    for one in settings.values():
        try:
            if one.master_key_bytes() is None:
                return trouble(
                    subject,
                    "No variable names it.",
                    "Set PORTAL_MASTER_KEY_FILE to a file with the output of "
                    "`openssl rand -base64 32`, and keep a copy of it apart from the data.",
                )
        except SettingsError as error:
            return trouble(subject, str(error), advice)
    return ok(subject)


def check_databases(target: Target, settings: dict[str, ServiceSettings]) -> Iterator[Finding]:
    """Each service's database: does it answer, is it up to date, does anything wait."""
    for name in SERVICES:
        url = target.database_urls.get(name) or (
            settings[name].database_url if name in settings else ""
        )
        if not url:
            continue
        database = Database(url, pool_size=1, application_name="doctor")
        try:
            yield from _check_database(name, database)
        except SQLAlchemyError as error:
            yield trouble(
                f"database of {name}",
                f"It does not answer ({describe_error(error)}).",
                f"Start PostgreSQL, and check {name.upper()}_DATABASE_URL.",
            )
        finally:
            database.dispose()


def _check_database(name: str, database: Database) -> Iterator[Finding]:
    script = f"{name.replace('_', '-')}-admin"
    found = migrations.current(database.url)
    newest = migrations.head(f"{name}.migrations")
    if found != newest:
        yield trouble(
            f"database of {name}",
            f"It is at revision {found or 'none'}; {newest} is the newest.",
            f"Run: {script} migrate",
        )
        return
    yield ok(f"database of {name}", f"revision {found}")
    yield from _check_outbox(name, script, database)
    dead = _count_dead(database)
    if dead:
        yield trouble(
            f"dead letters of {name}",
            f"{dead} event(s) failed for the last time.",
            f"Look with `{script} dead-letters list`, mend the cause, then "
            f"`{script} dead-letters retry all --apply`.",
        )
    else:
        yield ok(f"dead letters of {name}", "none")


def _check_outbox(name: str, script: str, database: Database) -> Iterator[Finding]:
    table = _chassis.outbox
    query = select(func.count(), func.min(table.c.occurred_at)).where(table.c.sent_at.is_(None))
    with database.transaction() as tx:
        count, oldest = tx.execute(query).one()
    age = (Clock().now() - oldest).total_seconds() if oldest else 0
    if age > UNSENT_SECONDS:
        yield trouble(
            f"outbox of {name}",
            f"{count} event(s) wait, the oldest for {age:.0f} seconds.",
            f"See that the service runs and the broker answers; `{script} outbox list` "
            "shows what holds each one.",
        )
    else:
        yield ok(f"outbox of {name}", f"{count} unsent")


def _count_dead(database: Database) -> int:
    query = select(func.count()).select_from(_chassis.inbox).where(_chassis.inbox.c.dead)
    with database.transaction() as tx:
        return int(tx.execute(query).scalar_one())


def check_broker(target: Target) -> Iterator[Finding]:
    """The broker and its queues."""
    if target.amqp_uri is None:
        yield note("broker", "Inside the portal's process, or not running: nothing to look at.")
        return
    try:
        with connect(target.amqp_uri) as connection:
            yield ok("broker")
            for queue in [one.queue for one in SUBSCRIPTIONS] + [topology.DEAD_LETTERS]:
                yield _check_queue(connection, queue)
    except BROKER_ERRORS as error:
        yield trouble(
            "broker",
            f"It does not answer ({type(error).__name__}).",
            "Start RabbitMQ, and check PORTAL_AMQP_URI.",
        )


def _check_queue(connection: Connection, queue: str) -> Finding:
    channel = connection.channel()
    try:
        found: Any = channel.queue_declare(queue, passive=True)
    except connection.channel_errors:
        return trouble(f"queue {queue}", "It is not there.", "Run: portal topology")
    waiting, consumers = found.message_count, found.consumer_count
    channel.close()
    if queue == topology.DEAD_LETTERS:
        if waiting:
            return trouble(
                f"queue {queue}",
                f"{waiting} message(s) could not be decoded.",
                "Find out who publishes them; then purge the queue with rabbitmqctl.",
            )
    elif consumers == 0:
        service = queue.split(".", 1)[0].replace("_", "-")
        return trouble(
            f"queue {queue}", f"Nobody takes from it; {waiting} wait.", f"Start {service}."
        )
    return ok(f"queue {queue}", f"{waiting} waiting")


def check_processes(target: Target) -> Iterator[Finding]:
    """Readiness of the processes that are known, and that they agree on time zones."""
    versions = {"doctor": tzdata_version()}
    for name, port in target.health_ports.items():
        status, body = ask("127.0.0.1", port, "/ready")
        if status == 0:
            yield trouble(
                f"process {name}", "It does not answer.", f"Look into its log, {name}.log."
            )
            continue
        versions[name] = str(body.get("tzdata"))
        missing = {what: how for what, how in body.get("checks", {}).items() if how != "ok"}
        if missing:
            told = "; ".join(f"{what}: {how}" for what, how in missing.items())
            yield trouble(f"process {name}", told, "Mend what it names; it goes on by itself.")
        else:
            yield ok(f"process {name}", "ready")
    if target.url:
        yield _check_gateway(target)
    else:
        yield note("portal", "It is not running, as far as can be seen from here.")
    yield _check_time_zones(versions)


def _check_gateway(target: Target) -> Finding:
    status, body = ask(*target.host_and_port, "/health/ready")
    if status == 0:
        return trouble("portal", f"{target.url} does not answer.", "Look into its log.")
    if missing := body.get("missing"):
        return trouble("portal", f"It waits for: {missing}.", "See what is said of that above.")
    return ok("portal", target.url)


def _check_time_zones(versions: dict[str, str]) -> Finding:
    if len(set(versions.values())) > 1:
        told = ", ".join(f"{name} {version}" for name, version in versions.items())
        return trouble(
            "time zones", f"Different data are in use: {told}.", "Install one version of tzdata."
        )
    return ok("time zones", f"tzdata {versions['doctor']}")


def check_mail(settings: NotificationsSettings) -> Finding:
    """Whether the mail server answers."""
    if settings.mail_transport is not Transport.SMTP:
        return note("mail", f"Mails are not sent: the transport is {settings.mail_transport}.")
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    connect_to = smtplib.SMTP_SSL if settings.smtp_security is Security.TLS else smtplib.SMTP
    try:
        with connect_to(settings.smtp_host, settings.smtp_port, timeout=SMTP_SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return trouble(
            "mail",
            f"{where} does not answer ({type(error).__name__}). Mails wait and go out later.",
            "Check NOTIFICATIONS_SMTP_HOST, _PORT and _SECURITY, and the network.",
        )
    return ok("mail", where)
