"""What the worker does: two mails about an appointment that was booked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portal.home import terms_of
from portal.invitation import invitation
from portal.mail_server import send
from portal.models import Appointment, PortalLink

LINK_DAYS = 30
RETRIES = RetryStrategy(max_attempts=10, exponential_wait=5)


@app.task(queue="mails", retry=RETRIES)
def tell_client(appointment_id: str) -> None:
    """The client's mail, with a link that lets in."""
    appointment = _appointment(appointment_id)
    if appointment is None:
        return
    client = appointment.client
    now = timezone.now()
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=LINK_DAYS)
    PortalLink.objects.create(
        client=client,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        created_at=now,
        expires_at=expires_at,
    )
    with translation.override(client.language), timezone.override(client.timezone):
        _send(
            appointment,
            name=client.name,
            address=client.email,
            called=client.first_name,
            subject=f"{_('Your appointment on')} {date_format(_local(appointment), 'l, j F')}",
            lead=_("Your appointment is confirmed."),
            button=_("Open my appointment"),
            url=f"{settings.BASE_URL}/p/lk_{token}",
            notes=_notes(appointment, expires_at),
        )


@app.task(queue="mails", retry=RETRIES)
def tell_practitioner(appointment_id: str) -> None:
    """The practitioner's."""
    appointment = _appointment(appointment_id)
    if appointment is None:
        return
    practice, practitioner = appointment.client.practice, appointment.practitioner
    with translation.override("en"), timezone.override(practice.timezone):
        _send(
            appointment,
            name=practitioner.name,
            address=practitioner.email,
            called=practitioner.name,
            subject=f"{_('New appointment on')} {date_format(_local(appointment), 'l, j F')}",
            lead=_("An appointment was booked in your calendar. Your portal shows with whom."),
            button=_("Open the appointment"),
            url=f"{settings.BASE_URL}/console/appointments/{appointment.pk}",
            notes=[_("The file that comes with this e-mail puts it into your calendar.")],
        )


def _appointment(appointment_id: str) -> Appointment | None:
    """What is true now; None where it was cancelled meanwhile."""
    return (
        Appointment.objects.select_related("client__practice", "service", "practitioner")
        .filter(pk=appointment_id, status="confirmed")
        .first()
    )


def _notes(appointment: Appointment, link_expires_at: datetime) -> list[str]:
    """What else the client should know."""
    terms = terms_of(appointment)
    cancel, move, link = map(_instant, (terms["cancel"], terms["move"], link_expires_at))
    return [
        f"{_('Free to cancel until')} {cancel}; {_('after that the session is charged.')}",
        f"{_('You can move it until')} {move};"
        " " + _("after that it can no longer be moved online."),
        _("The file that comes with this e-mail puts it into your calendar."),
        f"{_('The link works until')} {link}."
        " " + _("After that, the same link lets you ask for a new one."),
        _("Please keep it to yourself: whoever has this link can open your portal."),
        _("Questions? Just reply to this e-mail, or call")
        + f" {appointment.client.practice.contact_phone}.",
    ]


def _send(
    appointment: Appointment,
    *,
    name: str,
    address: str,
    called: str,
    subject: str,
    **words: object,
) -> None:
    practice = appointment.client.practice
    context = {
        "practice": practice,
        "one": appointment,
        "subject": subject,
        "called": called,
        "when": f"{date_format(_local(appointment), 'l, j F Y, H:i')} {practice.timezone}",
        **words,
    }
    text = render_to_string("portal/letter.txt.j2", context, using="jinja2")
    html = render_to_string("portal/letter.html.j2", context, using="jinja2")
    message = EmailMultiAlternatives(
        subject,
        text,
        from_email=f"{practice.name} <{settings.DEFAULT_FROM_EMAIL}>",
        to=[f"{name} <{address}>"],
        reply_to=[f"{practice.name} <{practice.contact_email}>"],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    message.attach_alternative(html, "text/html")
    file = invitation(appointment, name, address, str(words["url"]))
    message.attach(None, file, "text/calendar; method=REQUEST")
    message.attach("invite.ics", file, "application/ics")
    send(message)


def _local(appointment: Appointment) -> datetime:
    return timezone.localtime(appointment.starts_at)


def _instant(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'D j M Y, H:i')} {local.tzinfo}"
