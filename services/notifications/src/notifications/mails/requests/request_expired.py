"""The mail that tells a practitioner that a request expired before it was answered."""

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
        _("The request for %(day)s expired"),
        _(
            "A request in your calendar was not answered in time. Its time is free again, and "
            "whoever asked for it was told so. You can offer another time."
        ),
        _("Open the request"),
    )


MAIL = request_mail(
    "request_expired",
    Recipient.PRACTITIONER,
    AppointmentExpired,
    AppointmentStatus.EXPIRED,
    _tell,
)
