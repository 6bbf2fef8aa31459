"""The mail that tells a practitioner that an appointment was moved."""

from __future__ import annotations

from notifications.mails.appointments import booking_received
from notifications.mails.appointments.changes import change_mail, moved_in_vain, never_heard_of
from notifications.mails.appointments.wording import News
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import AppointmentMoved
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _tell(occasion: Occasion[AppointmentFacts], _: Lookup) -> News:
    if never_heard_of(occasion):
        return booking_received.tell(occasion, _)
    return News(
        _("An appointment is now on %(day)s"),
        _("An appointment in your calendar was moved. Your portal shows which one."),
        before=occasion.told.starts_at,
    )


MAIL = change_mail(
    "booking_moved", Recipient.PRACTITIONER, AppointmentMoved, _tell, not_wanted=moved_in_vain
)
