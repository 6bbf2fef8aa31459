"""Settings of the notifications service, read from ``NOTIFICATIONS_*`` and ``PORTAL_*``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from notifications.domain.addresses import AddressInvalid, mailbox
from portal_chassis.outside.networks import Network, networks_in
from portal_chassis.settings import MailIdentity, ServiceSettings
from portal_contracts.notifications.mail_server import MailSecurity


class Transport(StrEnum):
    """How mails leave: over SMTP, by each practice's own server, into a folder, on the console."""

    SMTP = "smtp"
    PRACTICE = "practice"
    FOLDER = "folder"
    CONSOLE = "console"


class Settings(MailIdentity, ServiceSettings):
    """Every setting, each with a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_")

    database_url: str = Field(
        default="postgresql+psycopg://notifications_runtime@127.0.0.1:5432/notifications",
        description="Database, as the runtime role (no right to change the schema).",
    )
    owner_database_url: str = Field(
        default="postgresql+psycopg://notifications_owner@127.0.0.1:5432/notifications",
        description="Database, as the owner role: migrations and pruning only.",
    )
    mail_transport: Transport = Field(
        default=Transport.FOLDER,
        description="How mails leave: smtp, practice (each by the server it has set in the "
        "console), folder or console.",
    )
    sending: bool = Field(
        default=True,
        description="false: mails are planned and wait, until the service is started without it.",
    )
    mail_folder: Path = Field(
        default=Path("var/mail"), description="Where the folder transport writes `.eml` files."
    )
    forbidden_mail_networks: str = Field(
        default="0.0.0.0/8,169.254.0.0/16,192.0.0.192/32,100.100.100.200/32,"
        "224.0.0.0/3,::/128,fd00:ec2::254/128,fe80::/10,ff00::/8",
        description="Networks, separated by commas, in which no mail server of a practice may "
        "be; that of the operator's own settings is not asked.",
    )
    smtp_host: str = Field(default="", description="Mail server; needed for smtp.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: MailSecurity = Field(
        default=MailSecurity.STARTTLS, description="none, starttls or tls (from the first byte)."
    )
    smtp_user: str = Field(default="", description="Name to sign in with; empty: no sign-in.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password to sign in with.")
    smtp_timeout_seconds: float = Field(
        default=10.0, gt=0, le=20, description="How long one answer of the mail server may take."
    )
    attempt_seconds: float = Field(
        default=15.0,
        ge=5,
        le=300,
        description="How long handing in one mail may take in all; "
        "the mail of a sender that died goes out after three times that.",
    )
    mails_at_once: int = Field(
        default=8,
        ge=1,
        le=32,
        description="How many mails each process writes and hands in at the same time.",
    )
    undo_seconds: int = Field(
        default=30,
        ge=0,
        le=3600,
        description="Seconds in which a practitioner may undo before the client is told.",
    )
    reminder_hours: int = Field(
        default=24,
        ge=0,
        le=168,
        description="Hours before an appointment at which its client is reminded; 0: never.",
    )
    copies_kept_days: int = Field(
        default=365, ge=1, le=3650, description="Days for which a sent mail's copy can be read."
    )

    @field_validator("sender_address")
    @classmethod
    def _sender_is_an_address(cls, value: str) -> str:
        try:
            return mailbox("", value).address
        except AddressInvalid:
            message = "must be one mail address like portal@example.org"
            raise ValueError(message) from None

    @field_validator("forbidden_mail_networks")
    @classmethod
    def _networks_are_networks(cls, value: str) -> str:
        try:
            networks_in(value)
        except ValueError:
            message = "must be networks like 10.0.0.0/8,fd00::/8"
            raise ValueError(message) from None
        return value

    @property
    def mails_of_practice_at_once(self) -> int:
        """How many of them go to the own mail server of one practice, which may be slow."""
        own = self.mail_transport is Transport.PRACTICE
        return max(1, self.mails_at_once // 4) if own else self.mails_at_once

    @property
    def forbidden_networks(self) -> tuple[Network, ...]:
        """The networks of `forbidden_mail_networks`."""
        return networks_in(self.forbidden_mail_networks)

    @model_validator(mode="after")
    def _smtp_has_a_server(self) -> Settings:
        if self.mail_transport is Transport.SMTP and not self.smtp_host:
            message = "NOTIFICATIONS_SMTP_HOST must name the mail server when the transport is smtp"
            raise ValueError(message)
        if self.smtp_user and self.smtp_security is MailSecurity.NONE:
            message = (
                "NOTIFICATIONS_SMTP_SECURITY must be starttls or tls when "
                "NOTIFICATIONS_SMTP_USER is set: a password is never sent in the clear"
            )
            raise ValueError(message)
        return self
