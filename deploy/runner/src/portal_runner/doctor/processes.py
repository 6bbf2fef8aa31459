"""The processes, the disk they write to, and the mail server."""

from __future__ import annotations

import shutil
import smtplib
from collections.abc import Iterator
from typing import Any

from notifications.config import Settings as NotificationsSettings
from notifications.config import Transport
from portal_chassis.metrics import portal_version, tzdata_version
from portal_contracts.notifications.mail_server import MailSecurity
from portal_runner.doctor.finding import Finding, note, ok, trouble
from portal_runner.doctor.target import ASKS_VARIABLE, Target
from portal_runner.health import ask

SMTP_SECONDS = 5
LEAST_FREE_BYTES = 1_000_000_000
LEAST_FREE_SHARE = 0.05
GB = 1_000_000_000


def check_processes(target: Target) -> Iterator[Finding]:
    """Readiness of the processes that are known, and that they are of one release."""
    zones, releases = {"doctor": tzdata_version()}, {"doctor": portal_version()}
    for name, where in target.health.items():
        status, body = ask(*where, "/ready")
        if status == 0:
            yield trouble(
                f"process {name}", "It does not answer.", f"Look into its log, {name}.log."
            )
            continue
        zones[name], releases[name] = str(body.get("tzdata")), str(body.get("version"))
        missing = {what: how for what, how in body.get("checks", {}).items() if how != "ok"}
        if missing:
            told = "; ".join(f"{what}: {how}" for what, how in missing.items())
            yield trouble(f"process {name}", told, "Mend what it names; it goes on by itself.")
        else:
            yield ok(f"process {name}", "ready")
    if target.url:
        status, body = ask(*target.host_and_port, "/health/ready")
        yield _check_gateway(target, status, body)
        if body:
            zones["portal"], releases["portal"] = str(body.get("tzdata")), str(body.get("version"))
    else:
        yield note("portal", _unasked(target))
    yield _check_one("time zones", "IANA", zones, "Install one version of tzdata everywhere.")
    yield _check_one("release", "portal", releases, "Finish the update: restart the older ones.")


def _unasked(target: Target) -> str:
    if target.folder is not None:
        return "It is not running."
    return f"Whether it runs is not known here: {ASKS_VARIABLE} names no gateway."


def _check_gateway(target: Target, status: int, body: dict[str, Any]) -> Finding:
    if status == 0:
        return trouble("portal", f"{target.url} does not answer.", "Look into its log.")
    if missing := body.get("missing"):
        return trouble("portal", f"It waits for: {missing}.", "See what is said of that above.")
    return ok("portal", target.url)


def _check_one(subject: str, what: str, versions: dict[str, str], fix: str) -> Finding:
    """Whether all processes have the same."""
    if len(set(versions.values())) > 1:
        told = ", ".join(f"{name} {version}" for name, version in versions.items())
        return trouble(subject, f"Different ones are in use: {told}.", fix)
    return ok(subject, f"{what} {versions['doctor']}")


def check_disk(target: Target) -> Iterator[Finding]:
    """Room for the data: a database without any stops writing."""
    if target.folder is None:
        return
    disk = shutil.disk_usage(target.folder.path)
    told = f"{disk.free / GB:.1f} GB are free where {target.folder.path} lies"
    if disk.free < LEAST_FREE_BYTES or disk.free < disk.total * LEAST_FREE_SHARE:
        yield trouble("disk", f"Only {told}.", "Make room, or move the folder to a larger disk.")
    else:
        yield ok("disk", told)


def _to(settings: NotificationsSettings) -> str:
    is_folder = settings.mail_transport is Transport.FOLDER
    return f", to {settings.mail_folder}" if is_folder else ""


def check_mail_server(target: Target, settings: NotificationsSettings) -> Iterator[Finding]:
    """Whether the mail server answers that the portal hands all its mails to, if it has one."""
    if settings.mail_transport is not Transport.PRACTICE:
        yield _check_mail_server(target, settings)


def _check_mail_server(target: Target, settings: NotificationsSettings) -> Finding:
    if settings.mail_transport is not Transport.SMTP:
        return note(
            "mail server",
            f"Mails are not sent: the transport is {settings.mail_transport}{_to(settings)}.",
        )
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    given = settings.smtp_password.text or "NOTIFICATIONS_SMTP_PASSWORD" in target.unseen_secrets
    if settings.smtp_user and not given:
        return trouble(
            "mail server",
            f"There is a name for {where} and no password.",
            "Set NOTIFICATIONS_SMTP_PASSWORD.",
        )
    connect_to = smtplib.SMTP_SSL if settings.smtp_security is MailSecurity.TLS else smtplib.SMTP
    try:
        with connect_to(settings.smtp_host, settings.smtp_port, timeout=SMTP_SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return trouble(
            "mail server",
            f"{where} does not answer ({type(error).__name__}). Mails wait and go out later.",
            "Check NOTIFICATIONS_SMTP_HOST, _PORT and _SECURITY, and the network.",
        )
    return ok("mail server", f"{where} ({settings.smtp_security})")
