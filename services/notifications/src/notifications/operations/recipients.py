"""Whom a mail is to: name and address as they are now, and what the mail's button opens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.domain.addresses import mailbox
from notifications.domain.delivery import (
    Delivery,
    Step,
    closed,
    failed,
    until_address_is_settled,
    why_unwanted,
)
from notifications.domain.letters import Addressee, Practice
from notifications.domain.reasons import Reason
from notifications.mails.mail import Brings, Mail
from notifications.operations.sender import Sender
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.entry_codes import PREPARE_ENTRY_CODE, PrepareEntryCode
from portal_contracts.identity_links.rpc.invitations import PREPARE_INVITATION, PrepareInvitation
from portal_contracts.identity_links.rpc.links import (
    PREPARE_LINK,
    PREPARE_MAIL_LINK,
    READ_PRACTITIONER_FACTS,
    LinkFacts,
    PractitionerFacts,
    PrepareLink,
    PrepareMailLink,
    ReadPractitionerFacts,
)
from portal_contracts.identity_links.rpc.password_resets import (
    PREPARE_PASSWORD_RESET,
    PasswordResetFacts,
    PreparePasswordReset,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, Target, TargetKind
from portal_contracts.portal_addresses import INVITATION_PATH, INVITATION_PREFIX

TOKEN_PREFIX = "lk_"  # noqa: S105 - the prefix that makes a token recognisable
TOKEN_BYTES = 32


def new_token(prefix: str = TOKEN_PREFIX) -> str:
    """A fresh token: 256 random bits behind a prefix, ``lk_`` for a portal link."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def addressee_of(
    sender: Sender, mail: Mail[Any], delivery: Delivery, now: datetime
) -> Addressee | Step:
    """Whom a mail is to, or why it is not sent now.

    Raises:
        AddressInvalid: no mail can go to the address.
        NotFound: whom it was to is not there.
        PortalError: identity-links does not answer.
    """
    if delivery.practitioner_id is not None:
        return _practitioner(sender, mail, delivery, delivery.practitioner_id)
    if mail.brings is not Brings.LINK:
        brought = _client_with_code if mail.brings is Brings.CODE else _invited
        return brought(sender, delivery)
    token = new_token()
    try:
        facts = _link_facts(sender, mail.target, delivery, _hash(token))
    except NotFound:
        if mail.target is None:
            return closed(Reason.LINK_UNKNOWN)
        raise
    if facts.client_active and not facts.address_confirmed:
        return until_address_is_settled(delivery, now=now)
    if mail.to_archived and not facts.client_active and facts.address_confirmed:
        return _without_link(sender, facts)
    return _client(sender, facts, token)


def _invited(sender: Sender, delivery: Delivery) -> Addressee | Step:
    token = new_token(INVITATION_PREFIX)
    command = PrepareInvitation(invitation_id=delivery.subject_id, token_hash=_hash(token))
    try:
        facts = sender.ask(PREPARE_INVITATION, command, delivery.request_id)
    except NotFound:
        return closed(Reason.INVITATION_ENDED)
    return Addressee(
        practice=practice_of(facts.practice),
        sender_address=sender.sender_address,
        mail_domain=sender.mail_domain,
        to=mailbox(facts.name, facts.email),
        greeting_name=facts.name,
        language=facts.language,
        timezone=facts.practice.timezone,
        link=f"{sender.public_url}{INVITATION_PATH}/{token}",
        link_ends_at=facts.expires_at,
        portal=sender.public_url,
        invited_by=facts.invited_by,
    )


def _client_with_code(sender: Sender, delivery: Delivery) -> Addressee | Step:
    command = PrepareEntryCode(code_id=delivery.subject_id)
    try:
        facts = sender.ask(PREPARE_ENTRY_CODE, command, delivery.request_id)
    except NotFound:
        return closed(Reason.CODE_NOT_AWAITED)
    if not facts.email:
        return failed(Reason.ADDRESS_MISSING)
    return Addressee(
        practice=practice_of(facts.practice),
        sender_address=sender.sender_address,
        mail_domain=sender.mail_domain,
        to=mailbox(facts.client_name, facts.email),
        greeting_name=facts.greeting_name,
        language=facts.language,
        timezone=facts.timezone,
        link="",
        portal=sender.public_url,
        code=facts.code,
    )


def _practitioner_with_reset(sender: Sender, mail: Mail[Any], delivery: Delivery) -> Addressee:
    token = new_token()
    command = PreparePasswordReset(reset_id=delivery.subject_id, token_hash=_hash(token))
    facts = sender.ask(PREPARE_PASSWORD_RESET, command, delivery.request_id)
    return _to_practitioner(sender, facts, f"{sender.public_url}{mail.page}/{token}")


def _link_facts(
    sender: Sender, target: TargetKind | None, delivery: Delivery, token_hash: str
) -> LinkFacts:
    if target is None:
        link = PrepareLink(link_id=delivery.subject_id, token_hash=token_hash)
        return sender.ask(PREPARE_LINK, link, delivery.request_id)
    mail_link = PrepareMailLink(
        delivery_id=delivery.id,
        client_id=delivery.about,
        target=Target(kind=target, id=None if target is TargetKind.HOME else delivery.subject_id),
        token_hash=token_hash,
        also_to=sender.also_to,
    )
    facts = sender.ask(PREPARE_MAIL_LINK, mail_link, delivery.request_id)
    if sender.asked is not None and facts.practitioner is not None:
        read = ReadPractitionerFacts(practitioner_id=facts.practitioner.practitioner_id)
        sender.asked.note(READ_PRACTITIONER_FACTS, read, facts.practitioner)
    return facts


def _client(sender: Sender, facts: LinkFacts, token: str) -> Addressee | Step:
    unwanted = why_unwanted(
        facts.state,
        client_active=facts.client_active,
        address_changed=facts.address_changed,
    )
    if unwanted is not None:
        return closed(unwanted)
    to = _without_link(sender, facts)
    if isinstance(to, Step):
        return to
    return replace(
        to,
        link=f"{sender.public_url}/p/{token}",
        link_ends_at=facts.expires_at,
        requested=facts.cause is LinkCause.REQUESTED,
    )


def _without_link(sender: Sender, facts: LinkFacts) -> Addressee | Step:
    if not facts.email:
        return failed(Reason.ADDRESS_MISSING)
    return Addressee(
        practice=practice_of(facts.practice),
        sender_address=sender.sender_address,
        mail_domain=sender.mail_domain,
        to=mailbox(facts.client_name, facts.email),
        greeting_name=facts.greeting_name,
        language=facts.language,
        timezone=facts.timezone,
        link="",
        portal=sender.public_url,
    )


def _practitioner(
    sender: Sender, mail: Mail[Any], delivery: Delivery, practitioner_id: UUID
) -> Addressee | Step:
    if mail.brings is Brings.RESET:
        return _practitioner_with_reset(sender, mail, delivery)
    command = ReadPractitionerFacts(practitioner_id=practitioner_id)
    facts = sender.facts(READ_PRACTITIONER_FACTS, command, delivery.request_id)
    if not facts.email:
        return failed(Reason.ADDRESS_MISSING)
    page = f"{sender.public_url}{mail.page.format(id=delivery.subject_id)}"
    return _to_practitioner(sender, facts, page)


def _to_practitioner(
    sender: Sender, facts: PractitionerFacts | PasswordResetFacts, page: str
) -> Addressee:
    return Addressee(
        practice=practice_of(facts.practice),
        sender_address=sender.sender_address,
        mail_domain=sender.mail_domain,
        to=mailbox(facts.name, facts.email),
        greeting_name=facts.name,
        language=facts.language,
        timezone=facts.timezone,
        link=page,
        portal=page,
    )


def practice_of(card: PracticeCard) -> Practice:
    """What a mail shows of a practice."""
    return Practice(card.name, card.contact_email, card.contact_phone, card.accent)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
