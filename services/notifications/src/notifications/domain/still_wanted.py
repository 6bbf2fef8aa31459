"""Whether a mail is still wanted, by the facts as they are when it is about to be written.

Every rule answers with the kind of mail to write, which may be another one
than was planned, or with the reason why it is closed. `planned` is what the
event said (an invitation's sequence, a summary's version): a newer event has
a mail of its own. It is None where a practitioner sends a mail again, who
wants the facts of now.
"""

from __future__ import annotations

from datetime import datetime

from notifications.domain.kinds import CANCELLED, INSTEAD_OF_MOVED, MOVED, Kind
from notifications.domain.reasons import Reason
from portal_contracts.forms.rpc.filling import FormFacts
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.overview import AppointmentFacts, SummaryFacts


def appointment_mail(
    kind: Kind,
    facts: AppointmentFacts,
    *,
    planned: int | None,
    told_starts_at: datetime | None,
    made_previous_change: bool = False,
    now: datetime,
) -> Kind | Reason:
    """What to write about an appointment that was booked, moved or cancelled.

    Args:
        kind: what was planned.
        facts: the appointment as it is.
        planned: the event's ``ics_sequence``.
        told_starts_at: when this recipient was last told that it is; None when no
            mail told of it, or the last one that it is cancelled.
        made_previous_change: this recipient made the change before this one: no mail
            told of that, and this one is news.
        now: aware UTC.
    """
    if kind in CANCELLED:
        never_told = planned is not None and told_starts_at is None and not made_previous_change
        return _cancellation_mail(kind, facts, planned=planned, never_told=never_told, now=now)
    ended = _no_longer_to_come(facts, now)
    if ended is not None:
        return ended
    if planned not in {None, facts.ics_sequence}:
        return Reason.APPOINTMENT_CHANGED
    if kind in MOVED and not made_previous_change:
        return _move_mail(kind, facts, planned=planned, told_starts_at=told_starts_at)
    return kind


def reminder(
    facts: AppointmentFacts, *, planned_starts_at: datetime | None, now: datetime
) -> Reason | None:
    """Why a reminder is not written, or None; never at a time that no longer holds."""
    ended = _no_longer_to_come(facts, now)
    if ended is not None:
        return ended
    if planned_starts_at not in {None, facts.starts_at}:
        return Reason.APPOINTMENT_CHANGED
    return None


def summary_mail(facts: SummaryFacts, *, planned: int | None) -> Reason | None:
    """Why the mail about a shared summary is not written, or None."""
    if facts.shared_version is None:
        return Reason.SUMMARY_UNSHARED
    if planned is None:
        return None
    if facts.shared_version != planned or facts.read_at is not None:
        return Reason.NOTHING_TO_TELL
    return None


def form_mail(kind: Kind, facts: FormFacts) -> Reason | None:
    """Why a mail about a form is not written, or None.

    An alert is told even where the form was withdrawn meanwhile: what was
    answered stays answered.
    """
    if kind is Kind.FORM_ALERT:
        return Reason.NOTHING_TO_TELL if facts.state is RequestState.REVIEWED else None
    if facts.state is RequestState.WITHDRAWN:
        return Reason.FORM_WITHDRAWN
    sent_back = facts.state in {RequestState.SUBMITTED, RequestState.REVIEWED}
    if kind is Kind.FORM_SENT:
        return Reason.FORM_SUBMITTED if sent_back else None
    return None if facts.state is RequestState.SUBMITTED else Reason.NOTHING_TO_TELL


def _move_mail(
    kind: Kind, facts: AppointmentFacts, *, planned: int | None, told_starts_at: datetime | None
) -> Kind | Reason:
    if told_starts_at is None:
        return INSTEAD_OF_MOVED[kind]
    if told_starts_at != facts.starts_at:
        return kind
    # Moved there and back before the recipient heard of it.
    return Reason.NOTHING_TO_TELL if planned is not None else INSTEAD_OF_MOVED[kind]


def _cancellation_mail(
    kind: Kind,
    facts: AppointmentFacts,
    *,
    planned: int | None,
    never_told: bool,
    now: datetime,
) -> Kind | Reason:
    if facts.status is not AppointmentStatus.CANCELLED:
        return Reason.APPOINTMENT_CHANGED
    if planned not in {None, facts.ics_sequence}:
        return Reason.APPOINTMENT_CHANGED
    if facts.starts_at <= now:
        return Reason.APPOINTMENT_PAST
    return Reason.NOTHING_TO_TELL if never_told else kind


def _no_longer_to_come(facts: AppointmentFacts, now: datetime) -> Reason | None:
    if facts.status is not AppointmentStatus.CONFIRMED:
        return Reason.APPOINTMENT_CANCELLED
    return Reason.APPOINTMENT_PAST if facts.starts_at <= now else None
