"""The mail that tells a client that a request arrived."""

from __future__ import annotations

from notifications.mails.mail import Occasion
from notifications.mails.requests.request_mails import RequestNews, request_mail
from notifications.templates.phrases import Lookup
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.request_events import AppointmentRequested
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


def _tell(_occasion: Occasion[AppointmentFacts], _: Lookup) -> RequestNews:
    return RequestNews(
        _("Your request for %(day)s"),
        _(
            "We have your request, and the time is kept for you. It is no appointment yet: "
            "you will get an e-mail as soon as it is answered."
        ),
        _("Open my request"),
        answer_by=_("Answered by"),
    )


MAIL = request_mail(
    "appointment_requested",
    Recipient.CLIENT,
    AppointmentRequested,
    AppointmentStatus.REQUESTED,
    _tell,
)
