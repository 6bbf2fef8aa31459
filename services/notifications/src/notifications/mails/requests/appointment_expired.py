"""The mail that tells a client that nobody answered a request in time."""

from __future__ import annotations

from notifications.mails.mail import Occasion
from notifications.mails.requests.request_mails import RequestNews, request_mail
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.request_events import AppointmentExpired
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _tell(_occasion: Occasion[AppointmentFacts], _: Lookup) -> RequestNews:
    return RequestNews(
        _("Your request for %(day)s"),
        _(
            "Your request was not answered in time, so the time is no longer kept and there is no "
            "appointment. We are sorry. You can ask for another time, or contact your practice."
        ),
        _("Open my portal"),
    )


MAIL = request_mail(
    "appointment_expired", Recipient.CLIENT, AppointmentExpired, AppointmentStatus.EXPIRED, _tell
)
