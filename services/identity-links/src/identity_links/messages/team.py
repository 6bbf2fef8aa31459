"""From accounts and invitations to the structs of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from identity_links.domain.invitations import StoredInvitation
from identity_links.domain.people import Practice, SeenPractitioner
from identity_links.messages import practice_card
from portal_contracts.identity_links.rpc.invitations import (
    Invitation,
    InvitationFacts,
    InvitationStanding,
    InvitationState,
)
from portal_contracts.identity_links.rpc.team import TeamMember


def team_member(seen: SeenPractitioner) -> TeamMember:
    """One account, as owners see it."""
    account = seen.practitioner
    return TeamMember(
        id=account.id,
        version=account.version,
        name=account.name,
        email=account.email,
        role=account.role,
        language=account.language,
        works_for=_listed(account.works_for),
        created_at=account.created_at,
        last_seen_at=seen.last_seen_at,
        deactivated_at=account.deactivated_at,
        second_factor=account.second_factor_at is not None,
    )


def invitation_row(stored: StoredInvitation, now: datetime) -> Invitation:
    """One invitation in the list."""
    return Invitation(
        id=stored.id,
        name=stored.name,
        email=stored.email,
        role=stored.role,
        language=stored.language,
        works_for=_listed(stored.works_for),
        state=stored.state(now),
        invited_by=stored.inviter_name,
        created_at=stored.created_at,
        expires_at=stored.expires_at,
    )


def invitation_standing(
    stored: StoredInvitation | None, practice: Practice | None, now: datetime, *, taken: bool
) -> InvitationStanding:
    """How an invitation stands, for whoever holds its address."""
    if stored is None or practice is None:
        return InvitationStanding(state=InvitationState.UNKNOWN)
    state = stored.state(now)
    card = practice_card(practice)
    if state is not InvitationState.OPEN:
        return InvitationStanding(state=state, practice=card, language=stored.language)
    return InvitationStanding(
        state=state,
        practice=card,
        name=stored.name,
        email=stored.email,
        role=stored.role,
        language=stored.language,
        invited_by=stored.inviter_name,
        taken=taken,
    )


def invitation_facts(stored: StoredInvitation, practice: Practice) -> InvitationFacts:
    """What the mail of an invitation is written from."""
    return InvitationFacts(
        name=stored.name,
        email=stored.email,
        language=stored.language,
        role=stored.role,
        invited_by=stored.inviter_name,
        practice=practice_card(practice),
        expires_at=stored.expires_at,
    )


def _listed(ids: Sequence[UUID] | None) -> list[UUID] | None:
    return None if ids is None else list(ids)
