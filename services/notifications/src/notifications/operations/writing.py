"""Write one delivery's letter from the facts as they are now, or say why it is not written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from notifications.domain import still_wanted
from notifications.domain.addresses import AddressInvalid, Mailbox, mailbox
from notifications.domain.delivery import Step, after_an_earlier_one, closed
from notifications.domain.kinds import APPOINTMENTS, FORMS, MOVED, Kind
from notifications.domain.letters import (
    AppointmentOccasion,
    FormOccasion,
    Letter,
    PortalLinkOccasion,
    SummaryOccasion,
    Written,
    message_id,
)
from notifications.domain.reasons import Reason
from notifications.operations.recipients import Addressee, addressee_of_link, addressee_of_mail
from notifications.operations.sender import Sender
from notifications.storage import mail_history
from portal_contracts.errors import NotFound
from portal_contracts.forms.rpc.filling import READ_FORM_FACTS, ReadFormFacts
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.targets import Target, TargetKind
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.rpc.overview import (
    READ_APPOINTMENT_FACTS,
    READ_SUMMARY_FACTS,
    AppointmentFacts,
    ReadAppointmentFacts,
    ReadSummaryFacts,
)


@dataclass(frozen=True)
class Draft:
    """A letter, and the time of an appointment that it tells its recipient, if any."""

    letter: Letter
    told_starts_at: datetime | None = None


def draft(sender: Sender, row: Row[Any], now: datetime) -> Draft | Step:
    """The letter of one attempt, or how the delivery goes on without one.

    Raises:
        AddressInvalid: no mail can go to the recipient's address.
        PortalError: a service that knows the facts does not answer.
    """
    kind = Kind(row.kind)
    try:
        if kind in APPOINTMENTS:
            return _about_appointment(sender, row, kind, now)
        if kind is Kind.APPOINTMENT_REMINDER:
            return _reminder(sender, row, now)
        if kind in FORMS:
            return _about_form(sender, row, kind, now)
        if kind is Kind.SUMMARY_SHARED:
            return _about_summary(sender, row, now)
    except NotFound:
        return closed(Reason.NOTHING_TO_TELL)
    return _portal_link(sender, row, now)


def _portal_link(sender: Sender, row: Row[Any], now: datetime) -> Draft | Step:
    addressee = addressee_of_link(sender, row)
    if isinstance(addressee, Step):
        return addressee
    occasion = PortalLinkOccasion(**addressee.occasion(), requested=addressee.requested)
    return Draft(_letter(sender, row, addressee, sender.writer.portal_link(occasion), now))


def _about_appointment(sender: Sender, row: Row[Any], kind: Kind, now: datetime) -> Draft | Step:
    with sender.database.autocommit() as tx:
        # Only once the earlier mail is out or not is it known what the recipient knows.
        if mail_history.earlier_is_handed_in(tx, row, now=now):
            return after_an_earlier_one(give_up_at=row.give_up_at, now=now)
        made_previous_change = mail_history.made_previous_change(tx, row)
        before = None if made_previous_change else mail_history.last_told_start(tx, row)
    facts = _appointment(sender, row)
    kind_or_reason = still_wanted.appointment_mail(
        kind,
        facts,
        planned=row.planned_sequence,
        told_starts_at=before,
        made_previous_change=made_previous_change,
        now=now,
    )
    if isinstance(kind_or_reason, Reason):
        return closed(kind_or_reason)
    return _appointment_letter(sender, row, kind_or_reason, facts, before, now)


def _reminder(sender: Sender, row: Row[Any], now: datetime) -> Draft | Step:
    facts = _appointment(sender, row)
    reason = still_wanted.reminder(facts, planned_starts_at=row.planned_starts_at, now=now)
    if reason is not None:
        return closed(reason)
    return _appointment_letter(sender, row, Kind.APPOINTMENT_REMINDER, facts, None, now)


def _appointment(sender: Sender, row: Row[Any]) -> AppointmentFacts:
    command = ReadAppointmentFacts(appointment_id=row.subject_id)
    return sender.ask(READ_APPOINTMENT_FACTS, command, row.request_id)


def _appointment_letter(
    sender: Sender,
    row: Row[Any],
    kind: Kind,
    facts: AppointmentFacts,
    before: datetime | None,
    now: datetime,
) -> Draft | Step:
    target = Target(kind=TargetKind.APPOINTMENT, id=row.subject_id)
    page = f"/console/appointments/{row.subject_id}"
    addressee = addressee_of_mail(sender, row, target=target, page=page)
    if isinstance(addressee, Step):
        return addressee
    to_practitioner = row.recipient == Recipient.PRACTITIONER
    occasion = AppointmentOccasion(
        **addressee.occasion(),
        kind=kind,
        appointment_id=row.subject_id,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        planned_zone=facts.timezone,
        place=facts.place,
        sequence=facts.ics_sequence,
        before=before if kind in MOVED else None,
        organizer=sender.sender_address,
        attendee=mailbox(addressee.name, addressee.email),
        portal=f"{sender.public_url}{page}" if to_practitioner else sender.public_url,
        uid_domain=sender.mail_domain,
        stamped=now,
    )
    letter = _letter(sender, row, addressee, sender.writer.appointment(occasion), now)
    return Draft(letter, facts.starts_at)


def _about_form(sender: Sender, row: Row[Any], kind: Kind, now: datetime) -> Draft | Step:
    command = ReadFormFacts(request_id=row.subject_id)
    facts = sender.ask(READ_FORM_FACTS, command, row.request_id)
    reason = still_wanted.form_mail(kind, facts)
    if reason is not None:
        return closed(reason)
    target = Target(kind=TargetKind.FORM, id=row.subject_id)
    page = f"/console/forms/requests/{row.subject_id}"
    addressee = addressee_of_mail(sender, row, target=target, page=page)
    if isinstance(addressee, Step):
        return addressee
    occasion = FormOccasion(
        **addressee.occasion(), kind=kind, minutes=facts.minutes, due_on=facts.due_on
    )
    return Draft(_letter(sender, row, addressee, sender.writer.form(occasion), now))


def _about_summary(sender: Sender, row: Row[Any], now: datetime) -> Draft | Step:
    command = ReadSummaryFacts(session_id=row.subject_id)
    facts = sender.ask(READ_SUMMARY_FACTS, command, row.request_id)
    reason = still_wanted.summary_mail(facts, planned=row.planned_sequence)
    if reason is not None:
        return closed(reason)
    target = Target(kind=TargetKind.SUMMARY, id=row.subject_id)
    addressee = addressee_of_mail(sender, row, target=target, page="/console")
    if isinstance(addressee, Step):
        return addressee
    written = sender.writer.summary(SummaryOccasion(**addressee.occasion()))
    return Draft(_letter(sender, row, addressee, written, now))


def _letter(
    sender: Sender, row: Row[Any], addressee: Addressee, written: Written, now: datetime
) -> Letter:
    return Letter(
        delivery_id=row.id,
        message_id=message_id(row.id, sender.mail_domain),
        created_at=row.created_at,
        dated=now,
        sender=mailbox(addressee.practice.name, sender.sender_address),
        recipient=mailbox(addressee.name, addressee.email),
        reply_to=_reply_to(addressee.practice),
        language=addressee.language,
        written=written,
    )


def _reply_to(card: PracticeCard) -> Mailbox | None:
    try:
        return mailbox(card.name, card.contact_email)
    except AddressInvalid:
        return None
