"""The mail that tells a client that an appointment is confirmed."""

from __future__ import annotations

from notifications.mails.appointments.changes import change_mail
from notifications.mails.appointments.wording import News
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import AppointmentBooked
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def tell(occasion: Occasion[AppointmentFacts], _: Lookup) -> News:
    """The news; of a request, that it was approved."""
    facts = occasion.facts
    confirmed = (
        _("Your request was accepted: your appointment is confirmed.")
        if facts.was_requested
        else _("Your appointment is confirmed.")
    )
    written = _("Your practice wrote you a few words: they are in your portal.")
    return News(
        _("Your appointment on %(day)s"),
        f"{confirmed} {written}" if facts.has_answer else confirmed,
    )


MAIL = change_mail("appointment_confirmed", Recipient.CLIENT, AppointmentBooked, tell)
