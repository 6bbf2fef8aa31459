"""The mail that asks a practitioner to answer a request."""

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
        _("A request for %(day)s waits for your answer"),
        _(
            "Somebody asks for an appointment in your calendar. Your portal shows who, and there "
            "you approve or decline it."
        ),
        _("Open the request"),
        answer_by=_("Expires"),
        notes=(_("Until you answer, the time is kept; if the request expires, it is free again."),),
    )


MAIL = request_mail(
    "request_received",
    Recipient.PRACTITIONER,
    AppointmentRequested,
    AppointmentStatus.REQUESTED,
    _tell,
)
