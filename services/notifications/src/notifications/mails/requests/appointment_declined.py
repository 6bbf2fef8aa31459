"""The mail that tells a client that a request was declined."""

from __future__ import annotations

from notifications.mails.mail import Occasion
from notifications.mails.requests.request_mails import RequestNews, request_mail
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.request_events import AppointmentDeclined
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _tell(occasion: Occasion[AppointmentFacts], _: Lookup) -> RequestNews:
    return RequestNews(
        _("Your request for %(day)s"),
        _("Your request could not be accepted, and there is no appointment at that time."),
        _("Open my portal"),
        notes=(_("Your practice wrote you a few words: they are in your portal."),)
        if occasion.facts.has_answer
        else (),
    )


MAIL = request_mail(
    "appointment_declined", Recipient.CLIENT, AppointmentDeclined, AppointmentStatus.DECLINED, _tell
)
