"""Which transport the settings name."""

from __future__ import annotations

from typing import Protocol

from notifications.config import Settings, Transport
from notifications.domain.letters import Letter
from notifications.domain.outcome import Outcome
from notifications.transports.folder import FolderTransport
from notifications.transports.kept_connections import KeptConnections
from notifications.transports.smtp import SmtpServer, SmtpTransport
from notifications.transports.terminal import TerminalTransport
from portal_chassis.outside.reach import Reach
from portal_contracts.notifications.mail_server import MailSecurity, MailServerFields


class MailTransport(Protocol):
    """Takes a letter, and says what came of it instead of raising."""

    def send(self, letter: Letter, *, within: float | None = None) -> Outcome:
        """Try to send one letter, in at most `within` seconds if that is less than usual."""

    def answers(self) -> bool:
        """Whether letters could be handed over now; leaves nothing behind."""


def make_transport(settings: Settings, kept: KeptConnections | None = None) -> MailTransport:
    """The transport that `settings` name; connects to nothing yet.

    `kept`: where its connections are kept; whoever gives it leaves them in the end.
    """
    if settings.mail_transport is Transport.FOLDER:
        return FolderTransport(settings.mail_folder)
    if settings.mail_transport is Transport.CONSOLE:
        return TerminalTransport()
    if settings.mail_transport is Transport.PRACTICE:
        message = "each practice has its own transport"
        raise ValueError(message)
    return SmtpTransport(
        SmtpServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password.text,
            timeout_seconds=settings.smtp_timeout_seconds,
            own_name=settings.mail_domain,
            attempt_seconds=settings.attempt_seconds,
        ),
        kept,
    )


def make_own_transport(
    settings: Settings,
    fields: MailServerFields,
    password: str,
    kept: KeptConnections | None = None,
) -> MailTransport:
    """The transport that a practice has set; it goes nowhere where the operator forbids it.

    `kept`: see `make_transport`.
    """
    return SmtpTransport(
        SmtpServer(
            host=fields.host,
            port=fields.port,
            security=fields.security,
            user=fields.user,
            password=password,
            timeout_seconds=settings.smtp_timeout_seconds,
            own_name=settings.mail_domain,
            attempt_seconds=settings.attempt_seconds,
            reach=Reach(
                settings.forbidden_networks,
                only_this_machine=fields.security is MailSecurity.NONE,
            ),
        ),
        kept,
    )
