"""The mail that tells a practitioner that an appointment was cancelled."""

from __future__ import annotations

from notifications.mails.appointments.changes import cancelled_in_vain, change_mail
from notifications.mails.appointments.wording import News
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import AppointmentCancelled
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _tell(_occasion: Occasion[AppointmentFacts], _: Lookup) -> News:
    return News(
        _("The appointment on %(day)s is cancelled"),
        _("An appointment in your calendar was cancelled. Your portal shows which one."),
    )


MAIL = change_mail(
    "booking_cancelled",
    Recipient.PRACTITIONER,
    AppointmentCancelled,
    _tell,
    not_wanted=cancelled_in_vain,
    invitation="CANCEL",
)
