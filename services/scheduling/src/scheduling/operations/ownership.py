"""Whose rows an actor may see."""

from __future__ import annotations

from uuid import UUID

from portal_contracts.actor import Actor, ActorKind
from portal_contracts.errors import Forbidden
from portal_contracts.permissions import require_kind
from scheduling.domain.clients import Client


def require_client(actor: Actor) -> Client:
    """The client that `actor` is.

    Raises:
        Forbidden: ``not_allowed``: it is nobody, a practitioner or a service.
    """
    require_kind(actor, ActorKind.CLIENT)
    if actor.id is None or actor.practice_id is None:
        raise Forbidden("not_allowed", "A client has an id and a practice.")
    return Client(id=actor.id, practice_id=actor.practice_id)


def own_practice(actor: Actor) -> UUID:
    """The practice in which `actor` acts.

    Raises:
        Forbidden: ``not_allowed``: she belongs to none.
    """
    if actor.practice_id is None:
        raise Forbidden("not_allowed", "This actor belongs to no practice.")
    return actor.practice_id
