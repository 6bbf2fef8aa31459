"""Write one delivery's letter from the facts as they are now, or say why it is not written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from notifications.domain.addresses import AddressInvalid, Mailbox, mailbox
from notifications.domain.delivery import (
    Delivery,
    Step,
    after_an_earlier_one,
    closed,
    until_mail_server_is_set,
)
from notifications.domain.letters import Letter, Practice, message_id
from notifications.domain.reasons import Reason
from notifications.mails.all_mails import MAIL_OF_KIND, MAILS
from notifications.mails.mail import Mail, Occasion, Told
from notifications.operations.recipients import addressee_of
from notifications.operations.sender import Sender
from notifications.storage import mail_history
from portal_contracts.calls import Nothing
from portal_contracts.errors import NotFound

_TELL_A_START = frozenset(mail.kind for mail in MAILS if mail.invitation)
_TAKE_IT_BACK = frozenset(mail.kind for mail in MAILS if mail.invitation == "CANCEL")
_OWN_CHANGES = frozenset(mail.kind for mail in MAILS if mail.own_change)


def letter_of(sender: Sender, delivery: Delivery, now: datetime) -> Letter | Step:
    """The letter of one attempt, or how the delivery goes on without one.

    Raises:
        AddressInvalid: no mail can go to the recipient's address.
        PortalError: a service that knows the facts does not answer.
    """
    mail = MAIL_OF_KIND[delivery.kind]
    told = _told(sender, delivery, now) if mail.invitation else Told()
    if isinstance(told, Step):
        return told
    try:
        return _written(sender, mail, delivery, told, now)
    except NotFound:
        return closed(Reason.NOTHING_TO_TELL)


def _told(sender: Sender, delivery: Delivery, now: datetime) -> Told | Step:
    with sender.database.autocommit() as tx:
        heard = mail_history.heard(
            tx, delivery, kinds=_TELL_A_START, own_changes=_OWN_CHANGES, now=now
        )
    # Only once the earlier mail is out or not is it known what the recipient knows.
    if heard.earlier_in_hand:
        return after_an_earlier_one(give_up_at=delivery.give_up_at, now=now)
    own, last = heard.made_previous_change, heard.last
    invited_to = None if last is None or last.kind in _TAKE_IT_BACK else last.starts_at
    return Told(None if own else invited_to, made_previous_change=own, invited_to=invited_to)


def _written(
    sender: Sender, mail: Mail[Any], delivery: Delivery, told: Told, now: datetime
) -> Letter | Step:
    facts = _facts(sender, mail, delivery)
    if told.starts_at is None:
        told = _told_with_others(sender, mail, delivery, facts) or told
    occasion = Occasion(
        subject_id=delivery.subject_id,
        facts=facts,
        planned_sequence=delivery.planned_sequence,
        planned_starts_at=delivery.planned_starts_at,
        told=told,
        now=now,
    )
    reason = mail.not_wanted(occasion)
    if reason is not None:
        return closed(reason)
    if sender.route is None:
        # Only now: what is no longer wanted is closed, whether it could be sent or not.
        return until_mail_server_is_set(delivery, now=now)
    addressee = addressee_of(sender, mail, delivery, now)
    if isinstance(addressee, Step):
        return addressee
    return Letter(
        delivery_id=delivery.id,
        message_id=message_id(delivery.id, sender.mail_domain),
        created_at=delivery.created_at,
        dated=now,
        sender=mailbox(sender.sender_name or addressee.practice.name, sender.sender_address),
        recipient=addressee.to,
        reply_to=_reply_to(addressee.practice),
        language=addressee.language,
        written=sender.writer.write(partial(mail.words, occasion), addressee),
    )


def _told_with_others(
    sender: Sender, mail: Mail[Any], delivery: Delivery, facts: Any
) -> Told | None:
    """What mails about other subjects told of this one; None where there were none, or it is off.

    What was noted with a mail about a series is its next start; of one of it `also_told` knows.
    """
    for subject_id, starts_at in mail.also_told(facts):
        with sender.database.autocommit() as tx:
            about = replace(delivery, subject_id=subject_id)
            last = mail_history.last_told(tx, about, kinds=_TELL_A_START)
        if last is not None:
            known = None if last.kind in _TAKE_IT_BACK else starts_at or last.starts_at
            return Told(known, invited_to=known)
    return None


def _facts(sender: Sender, mail: Mail[Any], delivery: Delivery) -> Any:
    if mail.asks is None:
        return Nothing()
    method, command = mail.asks(delivery.subject_id)
    return sender.facts(method, command, delivery.request_id)


def _reply_to(practice: Practice) -> Mailbox | None:
    try:
        return mailbox(practice.name, practice.email)
    except AddressInvalid:
        return None
