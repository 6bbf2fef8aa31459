"""A mail before and after it is written: the facts it is about, and the finished letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from notifications.domain.addresses import Mailbox
from notifications.domain.kinds import Kind
from portal_contracts.scheduling.rpc.appointments import Place


@dataclass(frozen=True)
class Practice:
    """Who writes: what a mail shows of the practice. Empty texts are left out."""

    name: str
    email: str
    phone: str
    accent: str


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What every mail is written from.

    Attributes:
        practice: who writes.
        greeting_name: how the recipient is addressed; may be empty.
        language: ``en`` or ``de``; another one is written in English.
        timezone: the recipient's IANA zone.
        link: the address behind the button, token and all.
        link_ends_at: aware instant after which the link is dead; None for one
            that does not end and lets nobody in by itself, a practitioner's.
    """

    practice: Practice
    greeting_name: str = ""
    language: str
    timezone: str = "UTC"
    link: str = field(default="", repr=False)
    link_ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PortalLinkOccasion(Occasion):
    """The mail that brings a portal link; `requested`: the client asked for it."""

    requested: bool


@dataclass(frozen=True, kw_only=True)
class AppointmentOccasion(Occasion):
    """A mail about an appointment.

    Attributes:
        kind: what it tells.
        appointment_id: first half of the invitation's UID.
        starts_at: aware UTC.
        ends_at: aware UTC.
        planned_zone: the IANA zone the appointment was planned in.
        place: where it is; the text is empty for video.
        sequence: of its invitation.
        before: when the recipient believed it was, for one that was moved.
        organizer: address the invitation comes from.
        attendee: whom it invites.
        portal: address of the portal or console page, without a token.
        uid_domain: second half of the invitation's UID.
        stamped: when the invitation is made, aware UTC.
    """

    kind: Kind
    appointment_id: UUID
    starts_at: datetime
    ends_at: datetime
    planned_zone: str
    place: Place = field(repr=False)
    sequence: int
    before: datetime | None = None
    organizer: str = ""
    attendee: Mailbox = field(repr=False)
    portal: str = ""
    uid_domain: str = ""
    stamped: datetime


@dataclass(frozen=True, kw_only=True)
class FormOccasion(Occasion):
    """A mail about a form; `minutes` it takes about, `due_on` it is wished for."""

    kind: Kind
    minutes: int = 0
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class SummaryOccasion(Occasion):
    """The mail that there is something new to read."""


@dataclass(frozen=True, kw_only=True)
class TrialOccasion(Occasion):
    """The operator's trial mail."""


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
    """

    language: str
    subject: str
    preheader: str
    greeting: str
    lead: tuple[str, ...]
    details: tuple[tuple[str, str], ...] = ()
    button: str = ""
    link: str = field(default="", repr=False)
    notes: tuple[str, ...] = ()
    sign_off: str = ""


@dataclass(frozen=True)
class Invitation:
    """An entry for the recipient's calendar (RFC 5545, RFC 5546).

    Attributes:
        method: ``REQUEST`` or ``CANCEL``.
        body: the iCalendar object, UTF-8.
    """

    method: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Written:
    """A mail in both its forms, and the invitation that comes with it, if any."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    invitation: Invitation | None = None


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
