"""Whom a mail is to: name and address as they are now, and what the mail's button opens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.domain.delivery import Delivery, Step, closed, failed, why_unwanted
from notifications.domain.letters import Practice
from notifications.domain.reasons import Reason
from notifications.operations.sender import Sender
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.links import (
    PREPARE_LINK,
    PREPARE_MAIL_LINK,
    READ_PRACTITIONER_FACTS,
    LinkFacts,
    PrepareLink,
    PrepareMailLink,
    ReadPractitionerFacts,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, Target

TOKEN_PREFIX = "lk_"  # noqa: S105 - the prefix that makes a token recognisable
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Addressee:
    """Whom a mail is to.

    Attributes:
        name: beside the address.
        email: the address.
        greeting_name: what the greeting says.
        language: the addressee's.
        timezone: the addressee's, IANA.
        practice: who writes.
        link: what the button opens, token and all.
        link_ends_at: when that link dies; None for a practitioner's.
        requested: the client asked for this mail.
    """

    name: str
    email: str
    greeting_name: str
    language: str
    timezone: str
    practice: PracticeCard
    link: str = field(repr=False)
    link_ends_at: datetime | None = None
    requested: bool = False

    def occasion(self) -> dict[str, Any]:
        """What every occasion says of its addressee."""
        card = self.practice
        return {
            "practice": Practice(card.name, card.contact_email, card.contact_phone, card.accent),
            "greeting_name": self.greeting_name,
            "language": self.language,
            "timezone": self.timezone,
            "link": self.link,
            "link_ends_at": self.link_ends_at,
        }


def new_token() -> str:
    """A fresh portal token: 256 random bits behind ``lk_``."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def addressee_of_link(sender: Sender, delivery: Delivery) -> Addressee | Step:
    """The client whose portal link is mailed, or why it is not.

    Raises:
        PortalError: identity-links does not answer.
    """
    token = new_token()
    command = PrepareLink(link_id=delivery.subject_id, token_hash=_hash(token))
    try:
        facts = sender.ask(PREPARE_LINK, command, delivery.request_id)
    except NotFound:
        return closed(Reason.LINK_UNKNOWN)
    return _client(sender, facts, token)


def addressee_of_mail(
    sender: Sender, delivery: Delivery, *, target: Target, page: str
) -> Addressee | Step:
    """Whom any other mail is to, or why it is not sent.

    Args:
        sender: asks identity-links.
        delivery: what is sent.
        target: what a client's link opens.
        page: what a practitioner's button opens, below the portal's address.

    Raises:
        PortalError: identity-links does not answer.
    """
    try:
        if delivery.practitioner_id is not None:
            return _practitioner(sender, delivery, delivery.practitioner_id, page)
        token = new_token()
        command = PrepareMailLink(
            delivery_id=delivery.id,
            client_id=delivery.client_id,
            target=target,
            token_hash=_hash(token),
        )
        return _client(sender, sender.ask(PREPARE_MAIL_LINK, command, delivery.request_id), token)
    except NotFound:
        return closed(Reason.NOTHING_TO_TELL)


def _client(sender: Sender, facts: LinkFacts, token: str) -> Addressee | Step:
    unwanted = why_unwanted(facts.state, client_active=facts.client_active)
    if unwanted is not None:
        return closed(unwanted)
    if not facts.email:
        return failed(Reason.ADDRESS_MISSING)
    return Addressee(
        name=facts.client_name,
        email=facts.email,
        greeting_name=facts.greeting_name,
        language=facts.language,
        timezone=facts.timezone,
        practice=facts.practice,
        link=f"{sender.public_url}/p/{token}",
        link_ends_at=facts.expires_at,
        requested=facts.cause is LinkCause.REQUESTED,
    )


def _practitioner(
    sender: Sender, delivery: Delivery, practitioner_id: UUID, page: str
) -> Addressee | Step:
    command = ReadPractitionerFacts(practitioner_id=practitioner_id)
    facts = sender.ask(READ_PRACTITIONER_FACTS, command, delivery.request_id)
    if not facts.email:
        return failed(Reason.ADDRESS_MISSING)
    return Addressee(
        name=facts.name,
        email=facts.email,
        greeting_name=facts.name,
        language=facts.language,
        timezone=facts.timezone,
        practice=facts.practice,
        link=f"{sender.public_url}{page}",
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
