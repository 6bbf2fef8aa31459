"""What sending needs, in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from notifications.templates.writer import MailWriter
from notifications.transports.choice import MailTransport
from portal_chassis.clock import Clock
from portal_chassis.database import Database
from portal_chassis.sealed import Sealer
from portal_contracts.identity_links.rpc import LinkFacts

ReadFacts = Callable[[UUID, str, str], LinkFacts]
"""Link id, SHA-256 of a fresh token and request id to the facts; registers the token."""


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
        read_facts: asks identity-links.
        public_url: what links begin with.
        sender_address: in the From header.
        mail_domain: right side of every Message-ID.
    """

    database: Database
    sealer: Sealer
    clock: Clock
    holder: str
    writer: MailWriter
    transport: MailTransport
    read_facts: ReadFacts
    public_url: str
    sender_address: str
    mail_domain: str
