"""What a mail is declared by; planning, writing, the preview and the mail log follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from gettext import NullTranslations
from typing import Any, Generic, TypeVar
from uuid import UUID

from msgspec import Struct

from notifications.domain.letters import Addressee, InvitationMethod, Wording
from notifications.domain.reasons import Reason
from portal_contracts.calls import Method
from portal_contracts.envelope import Event, EventData
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient

D = TypeVar("D", bound=EventData)
F = TypeVar("F", bound=Struct)

SAMPLE_ID = UUID("01900000-0000-7000-8000-000000000001")
"""Whatever a sample names."""


@dataclass(frozen=True)
class Plan:
    """What an event plans of a mail.

    Attributes:
        subject_id: the thing it is about.
        practitioner_id: the practitioner it is to; None for a client.
        sequence: the invitation's sequence or the summary's version that the event told: a
            newer one has a mail of its own.
        undoable: what a practitioner did is mailed only after the undo time.
        follows_another: it is planned only where a mail about the subject was planned for this
            practitioner before.
        without_mail: whoever did it wanted no mail: it stands in the log, closed. The client is
            told otherwise, so that what becomes of it later is news to her.
        told_starts_at: the time of the appointment that she was told then.
    """

    subject_id: UUID
    practitioner_id: UUID | None = None
    sequence: int | None = None
    undoable: bool = False
    follows_another: bool = False
    without_mail: bool = False
    told_starts_at: datetime | None = None


@dataclass(frozen=True)
class Cause(Generic[D]):
    """The event that plans a mail.

    Its payload names the `client_id` whom the mail is about; one that names none plans a mail
    about an account, which stands in no mail log and of which no copy is kept. `plan` answers
    None where nobody is to be told.
    """

    event: type[D]
    plan: Callable[[Event[D]], Plan | None]


@dataclass(frozen=True)
class Told:
    """What this recipient knows of an appointment by the mails before this one.

    Attributes:
        starts_at: when they were last told that it is; None when no mail told of it, or the
            last one that it is cancelled.
        made_previous_change: they made the change before this one themselves: no mail told of
            that, `starts_at` is None, and this change is news.
        invited_to: the start in the entry that their calendar was sent; None when it was sent
            none, or the last mail took it out.
    """

    starts_at: datetime | None = None
    made_previous_change: bool = False
    invited_to: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Occasion(Generic[F]):
    """What a mail is about at the moment of writing.

    Attributes:
        subject_id: the thing it is about.
        facts: that thing as it is now; `Nothing` where the mail asks for none.
        planned_sequence: see `Plan.sequence`; None also where a practitioner sends the mail
            again, who wants the facts of now.
        planned_starts_at: the time that a reminder was planned for; None likewise.
        told: what the recipient knows of an appointment.
        now: aware UTC.
    """

    subject_id: UUID
    facts: F = field(repr=False)
    planned_sequence: int | None = None
    planned_starts_at: datetime | None = None
    told: Told = Told()
    now: datetime


class Brings(StrEnum):
    """What the recipient gets with a mail, made for it when it is written.

    A client gets a link or a code, a practitioner the address of a page; ``reset`` is for a
    practitioner the address by which the password is set anew that the subject asks for.
    """

    LINK = "link"
    CODE = "code"
    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True, kw_only=True)
class Mail(Generic[F]):
    """A kind of mail.

    Attributes:
        kind: one of `MAIL_KINDS`.
        to: whom it is to.
        cause: the event that plans it; None for a reminder, which time plans.
        brings: a link for a client, or the code that the subject asks for.
        target: what a client's link opens; None where the subject is the link itself.
        page: what a practitioner's button opens below the portal's address; ``{id}`` is the
            subject's.
        asks: the call that answers the facts of a subject, and its arguments; None without any.
        not_wanted: why it is closed instead of written, or None.
        words: what it says.
        sample: made-up facts, at an instant.
        invitation: what it does to the recipient's calendar. What such mails told before
            decides about the next one, so each waits for the one before.
        to_archived: a client who is archived gets it too, without a link: the portal is closed.
        also_told: other subjects whose mails told of this one too, the last first, and the start
            that they told of it; None: the one that was noted with the mail.
        own_change: it tells the recipient's calendar of a change that is no news to them.
    """

    kind: str
    to: Recipient
    cause: Cause[Any] | None
    brings: Brings = Brings.LINK
    target: TargetKind | None = None
    page: str = ""
    asks: Callable[[UUID], tuple[Method[Any, F], Any]] | None
    not_wanted: Callable[[Occasion[F]], Reason | None]
    words: Callable[[Occasion[F], Addressee, NullTranslations], Wording]
    sample: Callable[[datetime], F]
    invitation: InvitationMethod | None = None
    also_told: Callable[[F], tuple[tuple[UUID, datetime | None], ...]] = lambda _facts: ()
    own_change: bool = False
    to_archived: bool = False
