"""Who sees which clients: the one rule that every list and every call goes by.

| who asks | practice shows everyone | shows own clients |
|---|---|---|
| owner | all of everybody | contacts and calendar of everybody, all of the own caseload |
| practitioner | all of everybody | all of the own caseload, of others nothing |
| assistant | what the role allows, of everybody | what the role allows, of everybody |
| assistant of chosen ones | what the role allows, of theirs | what the role allows, of theirs |

What an owner opened in an emergency is shown as if it were of the own caseload.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from msgspec.structs import replace

from portal_contracts.actor import Actor, Role
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.permissions import Permission, sees_every_client


def limited(actor: Actor, visibility: ClientVisibility, *, has_colleagues: bool) -> Actor:
    """The practitioner as an actor in a practice that shows its clients so.

    From whoever is the practice's only practitioner nobody is hidden, so nothing is asked.
    """
    return replace(actor, caseload_only=visibility is ClientVisibility.OWN and has_colleagues)


def holders(actor: Actor) -> tuple[UUID, ...]:
    """In whose caseloads a client has to be, so that `actor` is not shown all, yet this one."""
    if actor.works_for is not None:
        return actor.works_for
    return () if actor.id is None else (actor.id,)


def may_open_in_emergency(actor: Actor) -> bool:
    """Whether `actor` could have opened a client in an emergency: an owner, in person."""
    return actor.role is Role.OWNER and actor.scopes is None


@dataclass(frozen=True)
class Standing:
    """How an actor stands to one client.

    Attributes:
        in_caseload: the client is in the caseload of one of the `holders`.
        emergency: the actor opened the client in an emergency that is not over.
    """

    in_caseload: bool = False
    emergency: bool = False


@dataclass(frozen=True)
class MainPractitioner:
    """Whose own a client is."""

    id: UUID
    name: str = field(repr=False)


def may_change(actor: Actor, *, main: UUID | None, held: bool) -> bool:
    """Whether `actor` may say who sees a client, so far as nothing is taken for oneself.

    The main practitioner may, and an owner; of a client without one, whoever is shown everyone.

    Args:
        actor: who has the permission.
        main: the client's main practitioner.
        held: whether the client is in anybody's caseload.
    """
    if actor.role is Role.OWNER or main == actor.id:
        return True
    return main is None and not actor.caseload_only and not held


def may_take(*, clinical: bool, held: bool) -> bool:
    """Whether somebody may become one who sees a client.

    Whoever sees all of her anyway, and an owner of a client who is nobody's. Else an owner, who is
    shown contacts alone, would open by this what takes an emergency.
    """
    return clinical or not held


def sees(actor: Actor, permission: Permission, standing: Standing) -> bool:
    """Whether a client is shown to a practitioner of the practice, as far as `permission` goes.

    Args:
        actor: whose role grants `permission`.
        permission: what is to be done to the client.
        standing: to this client.
    """
    if sees_every_client(actor, permission) or standing.in_caseload:
        return True
    return standing.emergency and may_open_in_emergency(actor)
