"""Every mail as it would be written, from made-up facts and with a masked link."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from notifications.config import Settings
from notifications.domain.addresses import Mailbox
from notifications.domain.kinds import APPOINTMENTS, FORMS, MOVED, Kind
from notifications.domain.letters import (
    AppointmentOccasion,
    FormOccasion,
    PortalLinkOccasion,
    Practice,
    SummaryOccasion,
    TrialOccasion,
    Written,
)
from notifications.domain.masking import MASKED_TOKEN
from notifications.templates.writer import MailWriter
from portal_contracts.scheduling.rpc.appointments import Place, PlaceKind

SAMPLE_PRACTICE = Practice(
    name="Sample Practice", email="hello@example.org", phone="+49 30 1234567", accent="#2f5d62"
)
SAMPLE_ID = UUID("01900000-0000-7000-8000-000000000001")
SAMPLE_LINK_DAYS = 30
SAMPLE_PLACE = Place(kind=PlaceKind.ADDRESS, text="Lindenstraße 12, 10969 Berlin")
TO_PRACTITIONERS = frozenset(
    {
        Kind.FORM_SUBMITTED,
        Kind.FORM_ALERT,
        Kind.BOOKING_RECEIVED,
        Kind.BOOKING_MOVED,
        Kind.BOOKING_CANCELLED,
    }
)


class Template(StrEnum):
    """Mails that can be previewed: every kind, the requested link, the trial."""

    PORTAL_LINK = "portal_link"
    FORM_SENT = "form_sent"
    FORM_SUBMITTED = "form_submitted"
    FORM_ALERT = "form_alert"
    SUMMARY_SHARED = "summary_shared"
    APPOINTMENT_CONFIRMED = "appointment_confirmed"
    APPOINTMENT_MOVED = "appointment_moved"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_REMINDER = "appointment_reminder"
    BOOKING_RECEIVED = "booking_received"
    BOOKING_MOVED = "booking_moved"
    BOOKING_CANCELLED = "booking_cancelled"
    PORTAL_LINK_REQUESTED = "portal_link_requested"
    TRIAL = "trial"


def sample(template: Template, settings: Settings, *, language: str, now: datetime) -> Written:
    """A mail as it would be written, with sample facts and a masked link."""
    writer = MailWriter()
    if template is Template.TRIAL:
        return writer.trial(TrialOccasion(practice=SAMPLE_PRACTICE, language=language))
    if template is Template.PORTAL_LINK_REQUESTED:
        facts = _sample_facts(Kind.PORTAL_LINK, settings, language, now)
        return writer.portal_link(PortalLinkOccasion(**facts, requested=True))
    kind = Kind(template)
    facts = _sample_facts(kind, settings, language, now)
    if kind in APPOINTMENTS or kind is Kind.APPOINTMENT_REMINDER:
        return writer.appointment(_appointment(kind, settings, facts, now))
    if kind in FORMS:
        due_on = (now + timedelta(days=7)).date()
        return writer.form(FormOccasion(**facts, kind=kind, minutes=5, due_on=due_on))
    if kind is Kind.SUMMARY_SHARED:
        return writer.summary(SummaryOccasion(**facts))
    return writer.portal_link(PortalLinkOccasion(**facts, requested=False))


def _sample_facts(kind: Kind, settings: Settings, language: str, now: datetime) -> dict[str, Any]:
    to_client = kind not in TO_PRACTITIONERS
    return {
        "practice": SAMPLE_PRACTICE,
        "greeting_name": "Anna" if to_client else "Dr Rivera",
        "language": language,
        "timezone": "Europe/Berlin",
        "link": f"{settings.public_url}/p/{MASKED_TOKEN}"
        if to_client
        else f"{settings.public_url}/console",
        "link_ends_at": now + timedelta(days=SAMPLE_LINK_DAYS) if to_client else None,
    }


def _appointment(
    kind: Kind, settings: Settings, facts: dict[str, Any], now: datetime
) -> AppointmentOccasion:
    hour = now.replace(minute=0, second=0, microsecond=0)
    starts_at = hour + timedelta(days=9)
    return AppointmentOccasion(
        **facts,
        kind=kind,
        appointment_id=SAMPLE_ID,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        planned_zone="Europe/London",
        place=SAMPLE_PLACE,
        sequence=1,
        before=hour + timedelta(days=7) if kind in MOVED else None,
        organizer=settings.sender_address,
        attendee=Mailbox(facts["greeting_name"], "anna@example.org"),
        portal=settings.public_url,
        uid_domain=settings.mail_domain,
        stamped=now,
    )
