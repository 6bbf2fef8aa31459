"""What the mails share that tell of an appointment that was booked, moved or cancelled."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import partial

from notifications.domain.letters import InvitationMethod
from notifications.domain.reasons import Reason
from notifications.mails.appointments import appointment_facts
from notifications.mails.appointments.appointment_facts import no_longer_to_come
from notifications.mails.appointments.wording import Tell, words
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from portal_contracts.envelope import Event
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.overview import AppointmentFacts

Change = AppointmentBooked | AppointmentMoved | AppointmentCancelled


def overtaken(occasion: Occasion[AppointmentFacts]) -> Reason | None:
    """Why what was booked or moved is not told, or None: it does not stand as it was planned."""
    return no_longer_to_come(occasion.facts, occasion.now) or _changed_again(occasion)


def moved_in_vain(occasion: Occasion[AppointmentFacts]) -> Reason | None:
    """Why a move is not told, or None."""
    # Moved there and back before the recipient heard of it.
    there_and_back = occasion.told.starts_at == occasion.facts.starts_at
    in_vain = there_and_back and occasion.planned_sequence is not None
    return overtaken(occasion) or (Reason.NOTHING_TO_TELL if in_vain else None)


def never_heard_of(occasion: Occasion[AppointmentFacts]) -> bool:
    """Whether a move is written as a confirmation: the recipient knows of no other time."""
    told, facts = occasion.told, occasion.facts
    if told.made_previous_change or (told.starts_at is None and facts.was_requested):
        return False
    return told.starts_at in {None, facts.starts_at}


def cancelled_in_vain(occasion: Occasion[AppointmentFacts]) -> Reason | None:
    """Why a cancellation is not told, or None: it stands after all, or nobody had heard of it."""
    told = occasion.told
    # Whoever asked for it waits for the answer, and whoever was asked expects them.
    never_told = (
        told.starts_at is None
        and not told.made_previous_change
        and not occasion.facts.was_requested
    )
    in_vain = never_told and occasion.planned_sequence is not None
    return _not_cancelled(occasion) or (Reason.NOTHING_TO_TELL if in_vain else None)


def moved_unseen(occasion: Occasion[AppointmentFacts]) -> Reason | None:
    """Why a calendar does not follow a move, or None: it has no entry, or has it there already."""
    there = occasion.told.invited_to in {None, occasion.facts.starts_at}
    in_vain = there and occasion.planned_sequence is not None
    return overtaken(occasion) or (Reason.NOTHING_TO_TELL if in_vain else None)


def cancelled_unseen(occasion: Occasion[AppointmentFacts]) -> Reason | None:
    """Why a calendar does not follow a cancellation, or None: it has no entry to lose."""
    in_vain = occasion.told.invited_to is None and occasion.planned_sequence is not None
    return _not_cancelled(occasion) or (Reason.NOTHING_TO_TELL if in_vain else None)


class Teller(Enum):
    """Whose change a mail tells a practitioner of."""

    OTHERS = auto()
    THEMSELVES = auto()


def change_mail(
    kind: str,
    to: Recipient,
    event: type[Change],
    tell: Tell,
    *,
    not_wanted: Callable[[Occasion[AppointmentFacts]], Reason | None] = overtaken,
    invitation: InvitationMethod = "REQUEST",
    teller: Teller = Teller.OTHERS,
    to_archived: bool = False,
) -> Mail[AppointmentFacts]:
    """The mail of this kind: `event` plans it, `tell` gives its news, an invitation comes with it.

    A client is told every change. A practitioner is told what others change; what they change
    themselves only if their calendar was invited before.
    """
    to_client = to is Recipient.CLIENT
    for_practitioner = partial(_for_practitioner, teller)
    return Mail(
        kind=kind,
        to=to,
        cause=Cause(event, _for_client if to_client else for_practitioner),
        target=TargetKind.APPOINTMENT,
        page=appointment_facts.PAGE,
        asks=appointment_facts.asks,
        not_wanted=not_wanted,
        words=partial(words, tell, invitation),
        sample=appointment_facts.sample,
        invitation=invitation,
        also_told=appointment_facts.also_told,
        own_change=teller is Teller.THEMSELVES,
        to_archived=to_archived,
    )


def _for_client(event: Event[Change]) -> Plan:
    data = event.data
    return Plan(
        data.appointment_id,
        sequence=data.ics_sequence,
        undoable=True,
        without_mail=data.without_mail,
        told_starts_at=data.starts_at,
    )


def _for_practitioner(teller: Teller, event: Event[Change]) -> Plan | None:
    data, own = event.data, event.actor.id == event.data.practitioner_id
    if own is not (teller is Teller.THEMSELVES):
        return None
    return Plan(
        data.appointment_id,
        data.practitioner_id,
        data.ics_sequence,
        undoable=True,
        follows_another=own,
    )


def _not_cancelled(occasion: Occasion[AppointmentFacts]) -> Reason | None:
    """Why nobody is to hear that it is off: it stands, or would be over by now."""
    if occasion.facts.status is not AppointmentStatus.CANCELLED:
        return Reason.APPOINTMENT_CHANGED
    past = Reason.APPOINTMENT_PAST if occasion.facts.starts_at <= occasion.now else None
    return _changed_again(occasion) or past


def _changed_again(occasion: Occasion[AppointmentFacts]) -> Reason | None:
    """The reason where a newer change has a mail of its own."""
    changed = occasion.planned_sequence not in {None, occasion.facts.ics_sequence}
    return Reason.APPOINTMENT_CHANGED if changed else None
