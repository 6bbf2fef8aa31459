"""A mail before and after it is written: whom it is to, what it says, and the finished letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from notifications.domain.addresses import Mailbox


@dataclass(frozen=True)
class Practice:
    """Who writes: what a mail shows of the practice. Empty texts are left out."""

    name: str
    email: str
    phone: str
    accent: str


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom a mail is to, who writes it, and where its button leads.

    Attributes:
        practice: who writes.
        sender_address: the address it comes from.
        mail_domain: the right side of its Message-ID and of an invitation's UID.
        to: the recipient's name and address.
        greeting_name: how the recipient is addressed; may be empty.
        language: ``en`` or ``de``; another one is written in English.
        timezone: the recipient's IANA zone.
        link: the address behind the button, token and all.
        link_ends_at: aware instant after which the link is dead; None for one
            that does not end and lets nobody in by itself, a practitioner's.
        portal: address of the portal or console page, without a token.
        requested: the client asked for this mail.
        code: what a client types in instead of following a link; empty for other mails.
        invited_by: who invites to become a colleague; empty for other mails.
    """

    practice: Practice
    sender_address: str
    mail_domain: str
    to: Mailbox
    greeting_name: str = field(repr=False)
    language: str
    timezone: str
    link: str = field(repr=False)
    link_ends_at: datetime | None = None
    portal: str
    requested: bool = False
    code: str = field(default="", repr=False)
    invited_by: str = field(default="", repr=False)

    @property
    def to_practitioner(self) -> bool:
        """Whether it is to somebody of the practice: her button opens a page she signs in to."""
        return bool(self.link) and self.link_ends_at is None


InvitationMethod = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Invitation:
    """An entry for the recipient's calendar (RFC 5545, RFC 5546).

    Attributes:
        method: puts it there, or takes it out.
        body: the iCalendar object, UTF-8.
    """

    method: InvitationMethod
    body: bytes = field(repr=False)


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
        details: names and values, one a line, between the two.
        button: what the button is called; empty for none.
        link: where it leads; empty for none.
        notes: quieter paragraphs after it.
        sign_off: the last line before the footer: who writes and why.
        invitation: the entry for the recipient's calendar that comes with it, if any.
        more_invitations: entries that have to change with it: of a series that ends where this
            one goes on.
        told_starts_at: when the appointment is, or was to be, that it tells of, if any.
        secret: what stands in it that no copy may hold; empty for none, links apart.
    """

    language: str
    subject: str
    preheader: str
    greeting: str = field(repr=False)
    lead: tuple[str, ...]
    details: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    button: str = ""
    link: str = field(default="", repr=False)
    notes: tuple[str, ...] = ()
    sign_off: str = ""
    invitation: Invitation | None = None
    more_invitations: tuple[Invitation, ...] = ()
    told_starts_at: datetime | None = None
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Written:
    """A mail in both its forms, and what `Wording` says of an appointment."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    invitation: Invitation | None = None
    more_invitations: tuple[Invitation, ...] = ()
    told_starts_at: datetime | None = None
    secret: str = field(default="", repr=False)


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
