"""The mail that reminds a client of an appointment, some hours before it begins."""

from __future__ import annotations

from functools import partial

from notifications.domain.reasons import Reason
from notifications.mails.appointments import appointment_facts
from notifications.mails.appointments.wording import News, words
from notifications.mails.mail import Mail, Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _not_wanted(occasion: Occasion[AppointmentFacts]) -> Reason | None:
    """Never at a time that no longer holds."""
    changed = occasion.planned_starts_at not in {None, occasion.facts.starts_at}
    return appointment_facts.no_longer_to_come(occasion.facts, occasion.now) or (
        Reason.APPOINTMENT_CHANGED if changed else None
    )


def _tell(_occasion: Occasion[AppointmentFacts], _: Lookup) -> News:
    return News(
        _("Reminder: your appointment on %(day)s"),
        _("This is a short reminder of your appointment. We look forward to seeing you."),
    )


MAIL = Mail(
    kind="appointment_reminder",
    to=Recipient.CLIENT,
    cause=None,
    target=TargetKind.APPOINTMENT,
    asks=appointment_facts.asks,
    not_wanted=_not_wanted,
    words=partial(words, _tell, None),
    sample=appointment_facts.sample,
)
