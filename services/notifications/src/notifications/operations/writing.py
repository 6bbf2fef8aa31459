"""Write one delivery's letter: a fresh token, and the facts as they are now."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from notifications.domain.addresses import AddressInvalid, Mailbox, mailbox
from notifications.domain.letters import Letter, PortalLinkOccasion, Practice, message_id
from notifications.operations.sender import Sender
from portal_contracts.identity_links.rpc import LinkFacts, PracticeCard
from portal_contracts.identity_links.rpc.things import LinkCause

TOKEN_PREFIX = "lk_"  # noqa: S105 - the prefix that makes a token recognisable
TOKEN_BYTES = 32


def new_token() -> str:
    """A fresh portal token: 256 random bits behind ``lk_``."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def write_letter(
    sender: Sender, row: Row[Any], facts: LinkFacts, token: str, now: datetime
) -> Letter:
    """The letter of one attempt.

    Raises:
        AddressInvalid: no mail can go to the client's address.
    """
    recipient = mailbox(facts.client_name, facts.email)
    written = sender.writer.portal_link(
        PortalLinkOccasion(
            practice=_practice(facts.practice),
            greeting_name=facts.greeting_name,
            language=facts.language,
            timezone=facts.timezone,
            requested=facts.cause is LinkCause.REQUESTED,
            expires_at=facts.expires_at,
            link=f"{sender.public_url}/p/{token}",
        )
    )
    return Letter(
        delivery_id=row.id,
        message_id=message_id(row.id, sender.mail_domain),
        created_at=row.created_at,
        dated=now,
        sender=mailbox(facts.practice.name, sender.sender_address),
        recipient=recipient,
        reply_to=_reply_to(facts.practice),
        language=facts.language,
        written=written,
    )


def _practice(card: PracticeCard) -> Practice:
    return Practice(
        name=card.name, email=card.contact_email, phone=card.contact_phone, accent=card.accent
    )


def _reply_to(card: PracticeCard) -> Mailbox | None:
    try:
        return mailbox(card.name, card.contact_email)
    except AddressInvalid:
        return None
