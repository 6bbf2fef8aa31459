"""What sending a mail needs: database, keys, writer, transport, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from msgspec import Struct

from notifications.templates.writer import MailWriter
from notifications.transports.choose_transport import MailTransport
from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_contracts.calls import Method

LEASES_PER_ATTEMPT = 3
"""A lease holds the worst reading of the facts, the worst handing in, and as much again."""

AROUND_HANDING_IN_SECONDS = 5

A = TypeVar("A", bound=Struct)
R = TypeVar("R", bound=Struct)


class Ask(Protocol):
    """Asks another service, as notifications, for the sake of one request."""

    def __call__(self, method: Method[A, R], arguments: A, request_id: str, /) -> R:
        """Its answer; raises a `PortalError` where there is none."""


@dataclass(frozen=True)
class Sender:
    """What sending needs.

    Attributes:
        database: the service's.
        sealer: seals the copies.
        clock: tells the time of each attempt.
        holder: names this process in leases.
        writer: writes the mails.
        transport: takes them.
        ask: asks other services for the facts of a mail.
        public_url: what links begin with.
        sender_address: in the From header.
        mail_domain: right side of every Message-ID.
        attempt_seconds: the longest that handing in one mail takes.
    """

    database: Database
    sealer: Sealer
    clock: Clock
    holder: str
    writer: MailWriter
    transport: MailTransport
    ask: Ask
    public_url: str
    sender_address: str
    mail_domain: str
    attempt_seconds: float

    @property
    def lease_seconds(self) -> float:
        """How long a claimed mail is this process's: twice what the worst attempt takes."""
        return LEASES_PER_ATTEMPT * self.attempt_seconds

    @property
    def handing_in_seconds(self) -> float:
        """What must be left of the lease when a mail is handed in: goodbye and record included."""
        return self.attempt_seconds + AROUND_HANDING_IN_SECONDS
