"""A mail before and after it is written: the facts it is about, and the finished letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from notifications.domain.addresses import Mailbox


@dataclass(frozen=True)
class Practice:
    """Who writes: what a mail shows of the practice. Empty texts are left out."""

    name: str
    email: str
    phone: str
    accent: str


@dataclass(frozen=True)
class PortalLinkOccasion:
    """What a portal link's mail is written from.

    Attributes:
        practice: who writes.
        greeting_name: how the recipient is addressed; may be empty.
        language: ``en`` or ``de``; another one is written in English.
        timezone: the recipient's IANA zone.
        requested: she asked for it herself.
        expires_at: aware instant after which the link is dead.
        link: the address behind the button, token and all.
    """

    practice: Practice
    greeting_name: str
    language: str
    timezone: str
    requested: bool
    expires_at: datetime
    link: str = field(repr=False)


@dataclass(frozen=True)
class TrialOccasion:
    """What the operator's trial mail is written from."""

    practice: Practice
    language: str


@dataclass(frozen=True)
class Wording:
    """What a mail says, in its language, before it has a form.

    Both forms of a mail, text and HTML, are laid out from this one value, so
    that they say the same.

    Attributes:
        language: of all of it.
        subject: one line; discreet.
        preheader: what mail programs show beside the subject.
        greeting: the first line.
        lead: paragraphs before the button.
        button: what the button is called; empty for none.
        link: where it leads; empty for none.
        notes: quieter paragraphs after it.
        sign_off: the last line before the footer: who writes and why.
    """

    language: str
    subject: str
    preheader: str
    greeting: str
    lead: tuple[str, ...]
    button: str = ""
    link: str = field(default="", repr=False)
    notes: tuple[str, ...] = ()
    sign_off: str = ""


@dataclass(frozen=True)
class Written:
    """A mail in both its forms."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True)
class Letter:
    """A mail ready to go.

    Attributes:
        delivery_id: whose attempt it is.
        message_id: the same for each attempt, with angle brackets.
        created_at: when the delivery was made; names the file of a mail in a folder.
        dated: the instant in its Date header.
        sender: whom it is from.
        recipient: whom it is to.
        reply_to: where answers go; None when the practice has no address.
        language: of its text.
        written: its subject and both forms.
    """

    delivery_id: UUID
    message_id: str
    created_at: datetime
    dated: datetime
    sender: Mailbox
    recipient: Mailbox
    reply_to: Mailbox | None
    language: str
    written: Written


def message_id(delivery_id: UUID, domain: str) -> str:
    """The Message-ID of every attempt of one delivery (RFC 5322, section 3.6.4)."""
    return f"<delivery.{delivery_id}@{domain}>"
