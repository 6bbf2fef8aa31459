"""Invitations into a practice's team: one address of a mail, for one person, once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.actor import Role
from portal_contracts.calls import Done, Method, Nothing
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD, ConsoleDevice
from portal_contracts.identity_links.rpc.targets import SERVICE, Sha256, TypedEmail
from portal_contracts.instants import Instant
from portal_contracts.text import EXACTLY, Line


class InvitationState(StrEnum):
    """How an invitation stands. ``replaced``: it was sent again, by another address."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


class InvitePractitioner(Struct, frozen=True, kw_only=True):
    """Invite somebody into the practice by e-mail.

    Attributes:
        name: as clients and colleagues will read it; whoever accepts may write it otherwise.
        email: where the invitation goes, and what its reader will sign in with.
        role: what the account may do in the practice.
        language: of the mail and the console, `en` or `de`; empty is the practice's.
        works_for: the practitioners an assistant works for; null is all of the practice.
    """

    name: Line
    email: TypedEmail
    role: Role = Role.PRACTITIONER
    language: Line = ""
    works_for: list[UUID] | None = None


class Invited(Struct, frozen=True, kw_only=True):
    """The invitation, and when its address ends (aware UTC)."""

    invitation_id: UUID
    expires_at: Instant


class Invitation(Struct, frozen=True, kw_only=True):
    """One invitation that nobody has accepted, open or expired.

    Attributes:
        name: whom it is for.
        email: where it went.
        role: what the account will be allowed to do.
        language: of the mail, `en` or `de`.
        works_for: the practitioners an assistant will work for; null is all of the practice.
        state: open, or expired.
        invited_by: the name of whoever sent it; empty where the admin script did.
        created_at: when it was sent.
        expires_at: when its address ends.
    """

    id: UUID
    name: str
    email: str
    role: Role
    language: str
    works_for: list[UUID] | None
    state: InvitationState
    invited_by: str
    created_at: Instant
    expires_at: Instant


class Invitations(Struct, frozen=True, kw_only=True):
    """The invitations that nobody has accepted and nobody withdrew, the newest first."""

    items: list[Invitation]


class NameInvitation(Struct, frozen=True, kw_only=True):
    """One invitation of the practice."""

    invitation_id: UUID


class InspectInvitation(Struct, frozen=True, kw_only=True):
    """How the invitation of a mail stands; looking uses nothing up."""

    token_hash: Sha256


class InvitationStanding(Struct, frozen=True, kw_only=True):
    """How an invitation stands, for whoever holds its address.

    All but `state` is empty where the address is unknown; `email`, `name` and `role` also
    unless it is open. `taken`: there is an account with the address, so none can be made.
    """

    state: InvitationState
    practice: PracticeCard | None = None
    name: str = ""
    email: str = ""
    role: Role | None = None
    language: str = ""
    invited_by: str = ""
    taken: bool = False


class AcceptInvitation(Struct, frozen=True, kw_only=True):
    """Make the account and sign in: name, language and password as their owner wishes.

    `device_hash` and `browser_hash` as of `SignIn`.
    """

    token_hash: Sha256
    name: Line
    language: Line
    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD, extra=EXACTLY)]
    device_hash: Sha256
    browser_hash: Sha256 | None = None
    user_agent: Line = ""
    address: str = ""


class PrepareInvitation(Struct, frozen=True, kw_only=True):
    """notifications is about to mail an invitation: register this attempt's token."""

    invitation_id: UUID
    token_hash: Sha256


class InvitationFacts(Struct, frozen=True, kw_only=True):
    """What the mail of an invitation is written from, read at sending time."""

    name: str
    email: str
    language: str
    role: Role
    invited_by: str
    practice: PracticeCard
    expires_at: Instant


INVITE_PRACTITIONER = Method(
    SERVICE,
    "invite_practitioner",
    InvitePractitioner,
    Invited,
    "Invite somebody by e-mail; Conflict already_invited while one is open for the address, "
    "email_taken for a colleague's.",
    mutates=True,
)
LIST_INVITATIONS = Method(
    SERVICE,
    "list_invitations",
    Nothing,
    Invitations,
    "The invitations that nobody has accepted.",
)
GET_INVITATION = Method(
    SERVICE,
    "get_invitation",
    NameInvitation,
    Invitation,
    "One invitation that nobody has accepted.",
)
RESEND_INVITATION = Method(
    SERVICE,
    "resend_invitation",
    NameInvitation,
    Invited,
    "Mail an invitation again, for as long anew; the address mailed before ends.",
    mutates=True,
)
WITHDRAW_INVITATION = Method(
    SERVICE,
    "withdraw_invitation",
    NameInvitation,
    Done,
    "Withdraw an invitation; done also when it had ended.",
    mutates=True,
)
INSPECT_INVITATION = Method(
    SERVICE,
    "inspect_invitation",
    InspectInvitation,
    InvitationStanding,
    "How an invitation stands, for whoever holds its address; changes nothing.",
)
ACCEPT_INVITATION = Method(
    SERVICE,
    "accept_invitation",
    AcceptInvitation,
    ConsoleDevice,
    "Make the account of an invitation and sign its owner in; Conflict invitation_over, "
    "email_taken.",
    personal=True,
)
PREPARE_INVITATION = Method(
    SERVICE,
    "prepare_invitation",
    PrepareInvitation,
    InvitationFacts,
    "Register the token of one sending attempt and tell the facts of the mail; NotFound once "
    "the invitation has ended.",
    callers=("notifications",),
)

METHODS = (
    INVITE_PRACTITIONER,
    LIST_INVITATIONS,
    GET_INVITATION,
    RESEND_INVITATION,
    WITHDRAW_INVITATION,
    INSPECT_INVITATION,
    ACCEPT_INVITATION,
    PREPARE_INVITATION,
)
