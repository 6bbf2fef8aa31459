"""A practice's team: who works there, as what, for whom, and who is no longer in."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.actor import Role
from portal_contracts.calls import Method, Nothing
from portal_contracts.identity_links.rpc.targets import SERVICE
from portal_contracts.instants import Instant
from portal_contracts.text import Line


class TeamMember(Struct, frozen=True, kw_only=True):
    """One account of the practice.

    Attributes:
        version: counts the changes of name, role, status and `works_for`.
        name: as clients and colleagues read it.
        email: what the practitioner signs in with.
        role: what the account may do in the practice.
        language: of the console and the mails, `en` or `de`.
        works_for: the practitioners an assistant works for; null is all of the practice.
        created_at: since when the account is there.
        last_seen_at: the last use of a device that is still known; null where there is none.
        deactivated_at: since when the account lets nobody in; null while it does.
        second_factor: whether signing in takes a code as well.
    """

    id: UUID
    version: int
    name: str
    email: str
    role: Role
    language: str
    works_for: list[UUID] | None
    created_at: Instant
    last_seen_at: Instant | None
    deactivated_at: Instant | None
    second_factor: bool = False


class Team(Struct, frozen=True, kw_only=True):
    """All accounts of the practice, those that are in first, in order of their names."""

    items: list[TeamMember]


class GetTeamMember(Struct, frozen=True, kw_only=True):
    """One account of the practice, in use or deactivated: role, last use, for whom it works."""

    practitioner_id: UUID


class EditTeamMember(Struct, frozen=True, kw_only=True):
    """Say anew what an account is called, what it may, and whom an assistant works for.

    `version`: the one that was read. `works_for` is null for all of the practice, and for
    whoever is no assistant.
    """

    practitioner_id: UUID
    version: int
    name: Line
    role: Role
    works_for: list[UUID] | None = None


class SetTeamMemberActive(Struct, frozen=True, kw_only=True):
    """Deactivate an account, or let its practitioner in again.

    Deactivating ends devices, API tokens and open invitations of the account at once.
    """

    practitioner_id: UUID
    active: bool


class TeamMemberChanged(Struct, frozen=True, kw_only=True):
    """The account, and the number of this change."""

    practitioner_id: UUID
    version: int


LIST_TEAM = Method(
    SERVICE,
    "list_team",
    Nothing,
    Team,
    "All accounts of the practice, deactivated ones too.",
)
GET_TEAM_MEMBER = Method(
    SERVICE, "get_team_member", GetTeamMember, TeamMember, "One account of the practice."
)
EDIT_TEAM_MEMBER = Method(
    SERVICE,
    "edit_team_member",
    EditTeamMember,
    TeamMemberChanged,
    "Change name, role and whom an assistant works for; Conflict stale_version when somebody "
    "was quicker, last_owner when the practice would have none.",
    mutates=True,
)
SET_TEAM_MEMBER_ACTIVE = Method(
    SERVICE,
    "set_team_member_active",
    SetTeamMemberActive,
    TeamMemberChanged,
    "Deactivate an account or let it in again; done also when it was so; Conflict last_owner.",
    mutates=True,
)

METHODS = (
    LIST_TEAM,
    GET_TEAM_MEMBER,
    EDIT_TEAM_MEMBER,
    SET_TEAM_MEMBER_ACTIVE,
)
