"""Write one delivery's letter from the facts as they are now, or say why it is not written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifications.domain import still_wanted
from notifications.domain.addresses import AddressInvalid, Mailbox, mailbox
from notifications.domain.delivery import Delivery, Step, after_an_earlier_one, closed
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


def draft(sender: Sender, delivery: Delivery, now: datetime) -> Draft | Step:
    """The letter of one attempt, or how the delivery goes on without one.

    Raises:
        AddressInvalid: no mail can go to the recipient's address.
        PortalError: a service that knows the facts does not answer.
    """
    kind = Kind(delivery.kind)
    try:
        if kind in APPOINTMENTS:
            return _about_appointment(sender, delivery, kind, now)
        if kind is Kind.APPOINTMENT_REMINDER:
            return _reminder(sender, delivery, now)
        if kind in FORMS:
            return _about_form(sender, delivery, kind, now)
        if kind is Kind.SUMMARY_SHARED:
            return _about_summary(sender, delivery, now)
    except NotFound:
        return closed(Reason.NOTHING_TO_TELL)
    return _portal_link(sender, delivery, now)


def _portal_link(sender: Sender, delivery: Delivery, now: datetime) -> Draft | Step:
    addressee = addressee_of_link(sender, delivery)
    if isinstance(addressee, Step):
        return addressee
    occasion = PortalLinkOccasion(**addressee.occasion(), requested=addressee.requested)
    return Draft(_letter(sender, delivery, addressee, sender.writer.portal_link(occasion), now))


def _about_appointment(
    sender: Sender, delivery: Delivery, kind: Kind, now: datetime
) -> Draft | Step:
    with sender.database.autocommit() as tx:
        # Only once the earlier mail is out or not is it known what the recipient knows.
        if mail_history.earlier_is_handed_in(tx, delivery, now=now):
            return after_an_earlier_one(give_up_at=delivery.give_up_at, now=now)
        made_previous_change = mail_history.made_previous_change(tx, delivery)
        before = None if made_previous_change else mail_history.last_told_start(tx, delivery)
    facts = _appointment(sender, delivery)
    kind_or_reason = still_wanted.appointment_mail(
        kind,
        facts,
        planned=delivery.planned_sequence,
        told_starts_at=before,
        made_previous_change=made_previous_change,
        now=now,
    )
    if isinstance(kind_or_reason, Reason):
        return closed(kind_or_reason)
    return _appointment_letter(sender, delivery, kind_or_reason, facts, before, now)


def _reminder(sender: Sender, delivery: Delivery, now: datetime) -> Draft | Step:
    facts = _appointment(sender, delivery)
    reason = still_wanted.reminder(facts, planned_starts_at=delivery.planned_starts_at, now=now)
    if reason is not None:
        return closed(reason)
    return _appointment_letter(sender, delivery, Kind.APPOINTMENT_REMINDER, facts, None, now)


def _appointment(sender: Sender, delivery: Delivery) -> AppointmentFacts:
    command = ReadAppointmentFacts(appointment_id=delivery.subject_id)
    return sender.ask(READ_APPOINTMENT_FACTS, command, delivery.request_id)


def _appointment_letter(
    sender: Sender,
    delivery: Delivery,
    kind: Kind,
    facts: AppointmentFacts,
    before: datetime | None,
    now: datetime,
) -> Draft | Step:
    target = Target(kind=TargetKind.APPOINTMENT, id=delivery.subject_id)
    page = f"/console/appointments/{delivery.subject_id}"
    addressee = addressee_of_mail(sender, delivery, target=target, page=page)
    if isinstance(addressee, Step):
        return addressee
    to_practitioner = delivery.recipient == Recipient.PRACTITIONER
    occasion = AppointmentOccasion(
        **addressee.occasion(),
        kind=kind,
        appointment_id=delivery.subject_id,
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
    letter = _letter(sender, delivery, addressee, sender.writer.appointment(occasion), now)
    return Draft(letter, facts.starts_at)


def _about_form(sender: Sender, delivery: Delivery, kind: Kind, now: datetime) -> Draft | Step:
    command = ReadFormFacts(request_id=delivery.subject_id)
    facts = sender.ask(READ_FORM_FACTS, command, delivery.request_id)
    reason = still_wanted.form_mail(kind, facts)
    if reason is not None:
        return closed(reason)
    target = Target(kind=TargetKind.FORM, id=delivery.subject_id)
    page = f"/console/forms/requests/{delivery.subject_id}"
    addressee = addressee_of_mail(sender, delivery, target=target, page=page)
    if isinstance(addressee, Step):
        return addressee
    occasion = FormOccasion(
        **addressee.occasion(), kind=kind, minutes=facts.minutes, due_on=facts.due_on
    )
    return Draft(_letter(sender, delivery, addressee, sender.writer.form(occasion), now))


def _about_summary(sender: Sender, delivery: Delivery, now: datetime) -> Draft | Step:
    command = ReadSummaryFacts(session_id=delivery.subject_id)
    facts = sender.ask(READ_SUMMARY_FACTS, command, delivery.request_id)
    reason = still_wanted.summary_mail(facts, planned=delivery.planned_sequence)
    if reason is not None:
        return closed(reason)
    target = Target(kind=TargetKind.SUMMARY, id=delivery.subject_id)
    addressee = addressee_of_mail(sender, delivery, target=target, page="/console")
    if isinstance(addressee, Step):
        return addressee
    written = sender.writer.summary(SummaryOccasion(**addressee.occasion()))
    return Draft(_letter(sender, delivery, addressee, written, now))


def _letter(
    sender: Sender, delivery: Delivery, addressee: Addressee, written: Written, now: datetime
) -> Letter:
    return Letter(
        delivery_id=delivery.id,
        message_id=message_id(delivery.id, sender.mail_domain),
        created_at=delivery.created_at,
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
