"""Invitations into a team: how long they last, how they stand, and how one ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.invitations import InvitationState

INVITATION_LIVES = timedelta(days=7)
MOST_OPEN_INVITATIONS = 50
"""Of one practice at a time."""


class InvitationEnd(StrEnum):
    """What ended an invitation before its time."""

    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True, kw_only=True)
class StoredInvitation:
    """An invitation on file.

    Attributes:
        id: its id.
        practice_id: into which practice.
        name: whom it is for.
        email: where it goes.
        role: what the account may do.
        works_for: the practitioners an assistant will work for; None for all.
        language: of the mail.
        invited_by: who sent it; None where the admin script did.
        inviter_name: that practitioner's name, or "".
        created_at: aware UTC.
        expires_at: aware UTC.
        ended_by: what ended it, or None.
    """

    id: UUID
    practice_id: UUID
    name: str = field(repr=False)
    email: str = field(repr=False)
    role: Role
    works_for: tuple[UUID, ...] | None
    language: str
    invited_by: UUID | None
    inviter_name: str = field(default="", repr=False)
    created_at: datetime
    expires_at: datetime
    ended_by: InvitationEnd | None = None

    def state(self, now: datetime) -> InvitationState:
        """How it stands at `now`."""
        if self.ended_by is not None:
            return InvitationState(self.ended_by)
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED
