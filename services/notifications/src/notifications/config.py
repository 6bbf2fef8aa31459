"""Settings of the notifications service, read from ``NOTIFICATIONS_*`` and ``PORTAL_*``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from notifications.domain.addresses import AddressInvalid, mailbox
from portal_chassis.outside.networks import Network, networks_in
from portal_chassis.settings import (
    DatabaseUrl,
    MailIdentity,
    OwnerDatabaseUrl,
    SenderAddress,
    ServiceSettings,
)
from portal_chassis.variables import Secret, setting
from portal_contracts.notifications.mail_server import MailSecurity


class Transport(StrEnum):
    """How mails leave: over SMTP, by each practice's own server, into a folder, on the console."""

    SMTP = "smtp"
    PRACTICE = "practice"
    FOLDER = "folder"
    CONSOLE = "console"


def _address(value: str) -> str:
    try:
        return mailbox("", value).address
    except AddressInvalid:
        message = "must be one mail address like portal@example.org"
        raise ValueError(message) from None


def _networks(value: str) -> str:
    try:
        networks_in(value)
    except ValueError:
        message = "must be networks like 10.0.0.0/8,fd00::/8"
        raise ValueError(message) from None
    return value


class Settings(MailIdentity, ServiceSettings, prefix="NOTIFICATIONS_"):
    """Every setting, each with a default that works on one machine."""

    database_url: DatabaseUrl = (
        "postgresql+psycopg://notifications_runtime@127.0.0.1:5432/notifications"
    )
    owner_database_url: OwnerDatabaseUrl = (
        "postgresql+psycopg://notifications_owner@127.0.0.1:5432/notifications"
    )
    sender_address: Annotated[SenderAddress, _address] = "portal@localhost.localdomain"
    mail_transport: Annotated[
        Transport,
        setting(
            "How mails leave: smtp, practice (each by the server it has set in the "
            "console), folder or console."
        ),
    ] = Transport.FOLDER
    sending: Annotated[
        bool, setting("false: mails are planned and wait, until the service is started without it.")
    ] = True
    mail_folder: Annotated[Path, setting("Where the folder transport writes `.eml` files.")] = Path(
        "var/mail"
    )
    forbidden_mail_networks: Annotated[
        str,
        setting(
            "Networks, separated by commas, in which no mail server of a practice may "
            "be; that of the operator's own settings is not asked."
        ),
        _networks,
    ] = (
        "0.0.0.0/8,169.254.0.0/16,192.0.0.192/32,100.100.100.200/32,"
        "224.0.0.0/3,::/128,fd00:ec2::254/128,fe80::/10,ff00::/8"
    )
    smtp_host: Annotated[str, setting("Mail server; needed for smtp.")] = ""
    smtp_port: Annotated[int, setting("Its port.", ge=1, le=65535)] = 587
    smtp_security: Annotated[
        MailSecurity, setting("none, starttls or tls (from the first byte).")
    ] = MailSecurity.STARTTLS
    smtp_user: Annotated[str, setting("Name to sign in with; empty: no sign-in.")] = ""
    smtp_password: Annotated[Secret, setting("Password to sign in with.")] = Secret()
    smtp_timeout_seconds: Annotated[
        float, setting("How long one answer of the mail server may take.", gt=0, le=20)
    ] = 10.0
    attempt_seconds: Annotated[
        float,
        setting(
            "How long handing in one mail may take in all; "
            "the mail of a sender that died goes out after three times that.",
            ge=5,
            le=300,
        ),
    ] = 15.0
    mails_at_once: Annotated[
        int,
        setting("How many mails each process writes and hands in at the same time.", ge=1, le=32),
    ] = 8
    undo_seconds: Annotated[
        int,
        setting(
            "Seconds in which a practitioner may undo before the client is told.", ge=0, le=3600
        ),
    ] = 30
    reminder_hours: Annotated[
        int,
        setting(
            "Hours before an appointment at which its client is reminded; 0: never.", ge=0, le=168
        ),
    ] = 24
    copies_kept_days: Annotated[
        int, setting("Days for which a sent mail's copy can be read.", ge=1, le=3650)
    ] = 365

    def require_consistent(self) -> None:
        """Refuse SMTP without a server, and a password that would be sent in the clear."""
        if self.mail_transport is Transport.SMTP and not self.smtp_host:
            message = "NOTIFICATIONS_SMTP_HOST must name the mail server when the transport is smtp"
            raise ValueError(message)
        if self.smtp_user and self.smtp_security is MailSecurity.NONE:
            message = (
                "NOTIFICATIONS_SMTP_SECURITY must be starttls or tls when "
                "NOTIFICATIONS_SMTP_USER is set: a password is never sent in the clear"
            )
            raise ValueError(message)

    @property
    def mails_of_practice_at_once(self) -> int:
        """How many of them go to the own mail server of one practice, which may be slow."""
        own = self.mail_transport is Transport.PRACTICE
        return max(1, self.mails_at_once // 4) if own else self.mails_at_once

    @property
    def forbidden_networks(self) -> tuple[Network, ...]:
        """The networks of `forbidden_mail_networks`."""
        return networks_in(self.forbidden_mail_networks)
