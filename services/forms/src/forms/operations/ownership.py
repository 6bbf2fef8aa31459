"""Whose rows an actor may see, and as whom she acts."""

from __future__ import annotations

from forms.domain.clients import Client
from forms.domain.practitioners import Practitioner
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.errors import Forbidden
from portal_contracts.permissions import Permission, require_kind, require_permission


def require_client(actor: Actor) -> Client:
    """The client that `actor` is.

    Raises:
        Forbidden: ``not_allowed``: it is nobody, a practitioner or a service.
    """
    require_kind(actor, ActorKind.CLIENT)
    if actor.id is None or actor.practice_id is None:
        raise Forbidden("not_allowed", "A client has an id and a practice.")
    return Client(id=actor.id, practice_id=actor.practice_id)


def require_practitioner(actor: Actor, permission: Permission) -> Practitioner:
    """The practitioner that `actor` is, once her role grants `permission`.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, permission)
    if actor.id is None or actor.practice_id is None:
        raise Forbidden("not_allowed", "A practitioner has an id and a practice.")
    return Practitioner(id=actor.id, practice_id=actor.practice_id)
