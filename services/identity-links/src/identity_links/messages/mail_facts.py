"""What mails are written from, as notifications asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from identity_links.domain.people import Client, PortalLink, Practice, Practitioner
from identity_links.messages import practice_card
from portal_contracts.identity_links.rpc.entry_codes import EntryCodeFacts
from portal_contracts.identity_links.rpc.links import LinkFacts, PractitionerFacts
from portal_contracts.identity_links.rpc.password_resets import (
    PasswordResetFacts,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState, Target


def link_facts(link: PortalLink, now: datetime) -> LinkFacts:
    """What a link's mail is written from."""
    return LinkFacts(
        **_addressee(link.client, link.practice),
        state=link.state(now),
        client_active=link.client.active,
        cause=link.cause,
        target=link.target,
        expires_at=link.expires_at,
        address_changed=link.of_another_address,
    )


def facts_without_link(
    client: Client, practice: Practice, target: Target, now: datetime
) -> LinkFacts:
    """The facts for a client who gets no link, as of one that was revoked.

    An address that waits to be confirmed is told to nobody who writes mails.
    """
    told = _addressee(client, practice)
    if not client.address_confirmed:
        told["email"] = ""
    return LinkFacts(
        **told,
        state=LinkState.REVOKED,
        client_active=client.active,
        cause=LinkCause.MAILED,
        target=target,
        expires_at=now,
        address_confirmed=client.address_confirmed,
    )


def entry_code_facts(link: PortalLink, code: str, expires_at: datetime) -> EntryCodeFacts:
    """What the mail with a code is written from."""
    told = _addressee(link.client, link.practice)
    return EntryCodeFacts(**told, code=code, expires_at=expires_at)


def _addressee(client: Client, practice: Practice) -> dict[str, Any]:
    """What every mail to a client is written from."""
    return {
        "client_id": client.id,
        "client_name": client.name,
        "greeting_name": client.greeting_name,
        "email": client.email,
        "language": client.language,
        "timezone": client.timezone,
        "practice": practice_card(practice),
    }


def password_reset_facts(
    practitioner: Practitioner, practice: Practice, expires_at: datetime
) -> PasswordResetFacts:
    """What the mail is written from by which a password is set anew."""
    return PasswordResetFacts(
        practitioner_id=practitioner.id,
        name=practitioner.name,
        email=practitioner.email,
        language=practitioner.language,
        timezone=practice.fields.timezone,
        practice=practice_card(practice),
        expires_at=expires_at,
    )


def practitioner_facts(practitioner: Practitioner, practice: Practice) -> PractitionerFacts:
    """What a mail to a practitioner is written from; the zone is the practice's."""
    return PractitionerFacts(
        practitioner_id=practitioner.id,
        name=practitioner.name,
        email=practitioner.email,
        language=practitioner.language,
        timezone=practice.fields.timezone,
        practice=practice_card(practice),
    )
