"""Every mail as it would be written, from made-up facts and with a masked link."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from notifications.config import Settings
from notifications.domain.addresses import Mailbox
from notifications.domain.letters import Addressee, Practice, Written
from notifications.domain.masking import MASKED_TOKEN
from notifications.mails import portal_link, trial
from notifications.mails.all_mails import MAIL_OF_KIND
from notifications.mails.mail import SAMPLE_ID, Brings, Occasion, Told
from notifications.templates.writer import MailWriter
from portal_contracts.notifications.rpc import Recipient

REQUESTED: Final = "portal_link_requested"
TRIAL: Final = "trial"
SAMPLES: Final = (*MAIL_OF_KIND, REQUESTED, TRIAL)
"""Mails that can be previewed: every kind, the requested link, the trial."""

SAMPLE_PRACTICE = Practice(
    name="Sample Practice", email="hello@example.org", phone="+49 30 1234567", accent="#2f5d62"
)
SAMPLE_LINK_DAYS = 30
SAMPLE_ZONE = "Europe/Berlin"
SAMPLE_CODE = "314159"
SAMPLE_INVITER = "Jonas Feld"


def sample(
    name: str, settings: Settings, *, language: str, now: datetime, timezone: str = SAMPLE_ZONE
) -> Written:
    """A mail as it would be written, with sample facts and a masked link.

    Args:
        name: one of `SAMPLES`.
        settings: give the portal's address and the sender's.
        language: ``en`` or ``de``.
        now: aware UTC.
        timezone: the recipient's IANA zone.
    """
    mail = MAIL_OF_KIND.get(name, portal_link.MAIL)
    to_client = mail.to is Recipient.CLIENT
    enters = to_client or mail.brings is Brings.INVITATION
    greeting_name = "Anna" if to_client else "Dr Rivera"
    addressee = Addressee(
        practice=SAMPLE_PRACTICE,
        sender_address=settings.sender_address,
        mail_domain=settings.mail_domain,
        to=Mailbox(greeting_name, "anna@example.org"),
        greeting_name=greeting_name,
        language=language,
        timezone=timezone,
        link=f"{settings.public_url}{f'/p/{MASKED_TOKEN}' if to_client else '/console'}",
        link_ends_at=now + timedelta(days=SAMPLE_LINK_DAYS) if enters else None,
        portal=settings.public_url,
        requested=name == REQUESTED,
        code=SAMPLE_CODE,
        invited_by=SAMPLE_INVITER,
    )
    if name == TRIAL:
        return MailWriter().write(trial.words, addressee)
    before = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=7)
    told = Told(before, invited_to=before)
    occasion = Occasion(subject_id=SAMPLE_ID, facts=mail.sample(now), told=told, now=now)
    return MailWriter().write(partial(mail.words, occasion), addressee)
