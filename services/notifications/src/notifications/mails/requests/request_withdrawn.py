"""The mail that tells a practitioner that a request was taken back."""

from __future__ import annotations

from notifications.mails.mail import Occasion
from notifications.mails.requests.request_mails import RequestNews, request_mail
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.request_events import AppointmentWithdrawn
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _tell(_occasion: Occasion[AppointmentFacts], _: Lookup) -> RequestNews:
    return RequestNews(
        _("The request for %(day)s was withdrawn"),
        _(
            "A request in your calendar was withdrawn, so there is nothing to answer. Its time is "
            "free again."
        ),
        _("Open the request"),
    )


MAIL = request_mail(
    "request_withdrawn",
    Recipient.PRACTITIONER,
    AppointmentWithdrawn,
    AppointmentStatus.CANCELLED,
    _tell,
)
