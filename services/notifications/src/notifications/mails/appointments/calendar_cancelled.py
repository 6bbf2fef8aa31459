"""The mail by which a practitioner's calendar loses an appointment that she cancelled herself."""

from __future__ import annotations

from notifications.mails.appointments.changes import Teller, cancelled_unseen, change_mail
from notifications.mails.appointments.wording import News
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import AppointmentCancelled
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _tell(_occasion: Occasion[AppointmentFacts], _: Lookup) -> News:
    return News(
        _("The appointment on %(day)s is cancelled"),
        _("You cancelled an appointment. This e-mail takes it out of your calendar too."),
    )


MAIL = change_mail(
    "calendar_cancelled",
    Recipient.PRACTITIONER,
    AppointmentCancelled,
    _tell,
    not_wanted=cancelled_unseen,
    invitation="CANCEL",
    teller=Teller.THEMSELVES,
)
