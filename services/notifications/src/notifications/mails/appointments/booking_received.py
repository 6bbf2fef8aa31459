"""The mail that tells a practitioner that somebody booked."""

from __future__ import annotations

from notifications.mails.appointments.changes import change_mail
from notifications.mails.appointments.wording import News
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import AppointmentBooked
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def tell(_occasion: Occasion[AppointmentFacts], _: Lookup) -> News:
    """The news."""
    return News(
        _("New appointment on %(day)s"),
        _("An appointment was booked in your calendar. Your portal shows with whom."),
    )


MAIL = change_mail("booking_received", Recipient.PRACTITIONER, AppointmentBooked, tell)
