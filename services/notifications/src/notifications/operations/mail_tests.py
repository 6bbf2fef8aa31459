"""Send the test mails that practices ask for, beside all other mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from notifications.domain.addresses import AddressInvalid, mailbox
from notifications.domain.letters import Addressee, Letter, message_id
from notifications.domain.outcome import Outcome, permanent, temporary
from notifications.domain.reasons import Reason
from notifications.mails import trial
from notifications.operations.recipients import practice_of
from notifications.operations.sender import LEASES_PER_ATTEMPT, Sender
from notifications.storage import mail_tests
from notifications.storage.mail_tests import MailTest
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import PortalError
from portal_contracts.identity_links.rpc.links import (
    READ_PRACTITIONER_FACTS,
    PractitionerFacts,
    ReadPractitionerFacts,
)

log = structlog.get_logger(__name__)

TEST_SECONDS: Final = 20.0
"""The longest that handing in a test mail takes: somebody waits for what comes of it."""

KEPT: Final = timedelta(days=30)


def send_test(sender: Sender) -> int:
    """Claim the test mail that waits longest, send it, and write down what came of it.

    Returns:
        How many were claimed: 1, or 0 when none waits.
    """
    now = sender.clock.now()
    seconds = LEASES_PER_ATTEMPT * TEST_SECONDS
    with sender.database.autocommit() as tx:
        test = mail_tests.claim_one(tx, holder=sender.holder, seconds=seconds, now=now)
    if test is None:
        return 0
    try:
        outcome = _attempt(sender, test, now)
    except Exception:
        # A surprise is told too: whoever waits for it would wait for ever.
        log.exception("test_mail_surprised")
        outcome = temporary(Reason.INTERNAL_ERROR)
    with sender.database.transaction() as tx:
        mail_tests.end(
            tx,
            test.id,
            holder=sender.holder,
            reason=outcome.reason or "",
            status=outcome.status,
            now=sender.clock.now(),
        )
    log.info("test_mail_sent", outcome=outcome.kind, reason=outcome.reason, status=outcome.status)
    return 1


def forget_old(tx: Transaction, *, now: datetime) -> int:
    """Delete test mails that are `KEPT` old; how many."""
    return mail_tests.forget(tx, asked_before=now - KEPT)


def _attempt(sender: Sender, test: MailTest, now: datetime) -> Outcome:
    route = sender.route_of(test.practice_id)
    if route is None:
        return temporary(Reason.MAIL_SERVER_MISSING)
    command = ReadPractitionerFacts(practitioner_id=test.practitioner_id)
    try:
        facts = sender.ask(READ_PRACTITIONER_FACTS, command, test.request_id)
    except PortalError:
        return temporary(Reason.SERVICE_UNAVAILABLE)
    try:
        letter = _letter(sender.by(route), facts, test, now)
    except AddressInvalid:
        return permanent(Reason.ADDRESS_INVALID)
    return route.transport.send(letter, within=TEST_SECONDS)


def _letter(sender: Sender, facts: PractitionerFacts, test: MailTest, now: datetime) -> Letter:
    to = mailbox(facts.name, test.to_address)
    practice = practice_of(facts.practice)
    addressee = Addressee(
        practice=practice,
        sender_address=sender.sender_address,
        mail_domain=sender.mail_domain,
        to=to,
        greeting_name=facts.name,
        language=facts.language,
        timezone=facts.timezone,
        link="",
        portal=sender.public_url,
    )
    return Letter(
        delivery_id=test.id,
        message_id=message_id(test.id, sender.mail_domain),
        created_at=test.asked_at,
        dated=now,
        sender=mailbox(sender.sender_name or practice.name, sender.sender_address),
        recipient=to,
        reply_to=None,
        language=facts.language,
        written=sender.writer.write(trial.words, addressee),
    )
