"""Which transport the settings name."""

from __future__ import annotations

from typing import Protocol

from notifications.config import Settings, Transport
from notifications.domain.letters import Letter
from notifications.domain.outcome import Outcome
from notifications.transports.folder import FolderTransport
from notifications.transports.smtp import SmtpServer, SmtpTransport
from notifications.transports.terminal import TerminalTransport


class MailTransport(Protocol):
    """Takes a letter, and says what came of it instead of raising."""

    def send(self, letter: Letter) -> Outcome:
        """Try to send one letter."""

    def answers(self) -> bool:
        """Whether letters could be handed over now; leaves nothing behind."""


def make_transport(settings: Settings) -> MailTransport:
    """The transport that `settings` name; connects to nothing yet."""
    if settings.mail_transport is Transport.FOLDER:
        return FolderTransport(settings.mail_folder)
    if settings.mail_transport is Transport.CONSOLE:
        return TerminalTransport()
    return SmtpTransport(
        SmtpServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
            timeout_seconds=settings.smtp_timeout_seconds,
            own_name=settings.mail_domain,
            attempt_seconds=settings.attempt_seconds,
        )
    )
