"""Whose rows an actor may see, and as whom the actor acts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal_contracts.actor import Actor, ActorKind
from portal_contracts.errors import Forbidden
from portal_contracts.permissions import Permission, require_kind, require_permission


@dataclass(frozen=True)
class Client:
    """A client of a practice; a row is the client's when it bears both ids.

    `active`: not archived, as far as that was asked. `clinical`: shown to whoever acts with what
    is said between the two, and `emergency`: because it was opened in an emergency.
    """

    id: UUID
    practice_id: UUID
    active: bool = True
    clinical: bool = True
    emergency: bool = False


@dataclass(frozen=True)
class Practitioner:
    """A practitioner in a practice, whose role was found to allow what is done."""

    id: UUID
    practice_id: UUID


def own_practice(actor: Actor) -> UUID:
    """The practice in which a client or practitioner acts.

    Raises:
        Forbidden: ``not_allowed``: the actor belongs to none.
    """
    if actor.practice_id is None:
        raise Forbidden("not_allowed", "This actor belongs to no practice.")
    return actor.practice_id


def own_id(actor: Actor) -> UUID:
    """The id of a client or practitioner.

    Raises:
        Forbidden: ``not_allowed``: the actor is nobody in particular.
    """
    if actor.id is None:
        raise Forbidden("not_allowed", "This actor is nobody in particular.")
    return actor.id


def require_client(actor: Actor) -> Client:
    """The client that `actor` is.

    Raises:
        Forbidden: ``not_allowed``: it is nobody, a practitioner or a service.
    """
    require_kind(actor, ActorKind.CLIENT)
    return Client(id=own_id(actor), practice_id=own_practice(actor))


def require_practitioner(actor: Actor, permission: Permission) -> Practitioner:
    """The practitioner that `actor` is, once the role grants `permission`.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, permission)
    return Practitioner(id=own_id(actor), practice_id=own_practice(actor))
