"""The mail that tells a client that an appointment is off."""

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
        _("Your appointment on %(day)s is cancelled"),
        _("Your appointment is cancelled and will not take place."),
    )


MAIL = change_mail(
    "appointment_cancelled",
    Recipient.CLIENT,
    AppointmentCancelled,
    _tell,
    not_wanted=cancelled_in_vain,
    invitation="CANCEL",
    to_archived=True,
)
