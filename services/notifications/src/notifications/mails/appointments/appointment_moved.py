"""The mail that tells a client the new time of an appointment."""

from __future__ import annotations

from notifications.mails.appointments import appointment_confirmed
from notifications.mails.appointments.changes import change_mail, moved_in_vain, never_heard_of
from notifications.mails.appointments.wording import News
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import AppointmentMoved
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _tell(occasion: Occasion[AppointmentFacts], _: Lookup) -> News:
    if never_heard_of(occasion):
        return appointment_confirmed.tell(occasion, _)
    return News(
        _("Your appointment is now on %(day)s"),
        _("Your appointment has a new time."),
        before=occasion.told.starts_at,
    )


MAIL = change_mail(
    "appointment_moved",
    Recipient.CLIENT,
    AppointmentMoved,
    _tell,
    not_wanted=moved_in_vain,
    to_archived=True,
)
