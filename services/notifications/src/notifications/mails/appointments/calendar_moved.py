"""The mail by which a practitioner's calendar follows an appointment that she moved herself."""

from __future__ import annotations

from notifications.mails.appointments.changes import Teller, change_mail, moved_unseen
from notifications.mails.appointments.wording import News
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import AppointmentMoved
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _tell(occasion: Occasion[AppointmentFacts], _: Lookup) -> News:
    return News(
        _("An appointment is now on %(day)s"),
        _("You moved an appointment. This e-mail moves it in your calendar too."),
        before=occasion.told.invited_to,
    )


MAIL = change_mail(
    "calendar_moved",
    Recipient.PRACTITIONER,
    AppointmentMoved,
    _tell,
    not_wanted=moved_unseen,
    teller=Teller.THEMSELVES,
)
