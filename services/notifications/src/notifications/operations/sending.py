"""Send what is due: claim by lease, read the facts anew, write, hand in, mark.

Nothing of this but the claim and the mark happens inside a transaction. A
process that dies anywhere leaves its rows to the next one when the lease
ends; only one that dies between the server's acceptance and the mark makes
the same mail go out a second time, under the same Message-ID.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from notifications.domain.addresses import AddressInvalid, Mailbox, mailbox
from notifications.domain.delivery import (
    Step,
    after_attempt,
    after_missing_facts,
    closed,
    failed,
    why_unwanted,
)
from notifications.domain.letters import (
    Letter,
    PortalLinkOccasion,
    Practice,
    Written,
    message_id,
)
from notifications.domain.masking import mask_links
from notifications.domain.outcome import Outcome, OutcomeKind
from notifications.domain.reasons import Reason
from notifications.storage import deliveries
from notifications.templates.writer import MailWriter
from notifications.transports.choice import MailTransport
from portal_chassis.clock import Clock
from portal_chassis.database import Database
from portal_chassis.sealed import Sealer
from portal_contracts.errors import NotFound, PortalError
from portal_contracts.identity_links.events import LinkCause
from portal_contracts.identity_links.rpc import LinkFacts, PracticeCard
from portal_contracts.notifications.rpc import DeliveryState

log = structlog.get_logger(__name__)

LEASE_SECONDS = 120
"""More than twice what the worst attempt takes: a few answers of a slow mail server."""

BATCH = 5
TOKEN_PREFIX = "lk_"  # noqa: S105 - the prefix that makes a token recognisable
TOKEN_BYTES = 32

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


def send_due(sender: Sender) -> int:
    """Claim a few due deliveries and make one attempt at each.

    Returns:
        How many were claimed; 0 when nothing was due.
    """
    now = sender.clock.now()
    with sender.database.transaction() as tx:
        rows = deliveries.claim_due(
            tx, holder=sender.holder, seconds=LEASE_SECONDS, limit=BATCH, now=now
        )
    for row in rows:
        _attempt(sender, row)
    return len(rows)


def new_token() -> str:
    """A fresh portal token: 256 random bits behind ``lk_``."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def _attempt(sender: Sender, row: Row[Any]) -> None:
    began_at = sender.clock.now()
    with sender.database.transaction() as tx:
        # An earlier one of the batch may have taken so long that this lease has ended.
        if not deliveries.is_held(tx, row.id, holder=sender.holder, now=began_at):
            return
    token = new_token()
    try:
        facts = sender.read_facts(
            row.subject_id, hashlib.sha256(token.encode()).hexdigest(), row.request_id
        )
    except NotFound:
        _end_without_attempt(sender, row, closed(Reason.LINK_UNKNOWN))
        return
    except PortalError:
        _end_without_attempt(
            sender, row, after_missing_facts(give_up_at=row.give_up_at, now=began_at)
        )
        return
    unwanted = why_unwanted(facts.state, client_active=facts.client_active)
    if unwanted is not None:
        _end_without_attempt(sender, row, closed(unwanted))
        return
    if not facts.email:
        _end_without_attempt(sender, row, failed(Reason.ADDRESS_MISSING))
        return
    try:
        letter = _write(sender, row, facts, token, began_at)
    except AddressInvalid:
        _end_without_attempt(sender, row, failed(Reason.ADDRESS_INVALID))
        return
    _mark(sender, row, letter, sender.transport.send(letter), began_at)


def _write(sender: Sender, row: Row[Any], facts: LinkFacts, token: str, now: datetime) -> Letter:
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


def _mark(
    sender: Sender, row: Row[Any], letter: Letter, outcome: Outcome, began_at: datetime
) -> None:
    now = sender.clock.now()
    attempts = row.attempts + 1
    step = after_attempt(outcome, attempts=attempts, give_up_at=row.give_up_at, now=now)
    with sender.database.transaction() as tx:
        more: dict[str, Any] = {"attempts": attempts}
        if outcome.kind is OutcomeKind.ACCEPTED:
            more |= {"sent_at": now, "sent_to": letter.recipient.address}
            more |= _sealed_copy(sender.sealer, tx, row, letter.written)
        held = deliveries.write_step(tx, row.id, step, holder=sender.holder, **more)
        deliveries.write_attempt(tx, row.id, outcome, began_at=began_at)
    log.info(
        "delivery_attempted",
        delivery_id=str(row.id),
        request_id=row.request_id,
        outcome=outcome.kind,
        reason=outcome.reason,
        status=outcome.status,
        attempts=attempts,
        lease_lost=not held,
    )


def _sealed_copy(sealer: Sealer, tx: Any, row: Row[Any], written: Written) -> dict[str, bytes]:
    return {
        column: sealer.seal(
            tx, row.client_id, mask_links(text), table="delivery", column=column, row=row.id
        )
        for column, text in (("subject_sealed", written.subject), ("text_sealed", written.text))
    }


def _end_without_attempt(sender: Sender, row: Row[Any], step: Step) -> None:
    with sender.database.transaction() as tx:
        deliveries.write_step(tx, row.id, step, holder=sender.holder)
    level = log.warning if step.state is not DeliveryState.CLOSED else log.info
    level(
        "delivery_not_attempted",
        delivery_id=str(row.id),
        request_id=row.request_id,
        state=step.state,
        reason=step.reason,
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
