"""Who may: the role's permission first, then the practice's own rows only."""

from __future__ import annotations

from uuid import UUID

from identity_links.domain.people import ClientRecord
from identity_links.storage import clients
from portal_chassis.authority.ownership import own_id, own_practice
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind, Caller
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.access import Authority, May
from portal_contracts.permissions import Permission, require_kind, require_permission


def may(tx: Transaction, command: May, caller: Caller) -> Authority:
    """Whether a practitioner may do something to a client.

    Services ask it before their own transaction; a practitioner may ask it about
    their own authority.

    Raises:
        Forbidden: ``not_allowed``: the role does not grant it.
        NotFound: ``not_found``: the client is not the practice's.
    """
    if caller.actor != command.actor:
        require_kind(caller.actor, ActorKind.SERVICE)
    practice_id = require_practice(command.actor, command.permission)
    client = require_client(clients.find(tx, command.client_id, practice_id))
    return Authority(
        practice_id=practice_id,
        client_id=command.client_id,
        active=client.active,
    )


def require_practice(actor: Actor, permission: Permission) -> UUID:
    """The practice in which `actor` acts, once the role grants `permission`.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, permission)
    return own_practice(actor)


def require_in_person(actor: Actor) -> UUID:
    """The id of the practitioner who asks in person, not by an API token.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_kind(actor, ActorKind.PRACTITIONER)
    if actor.scopes is not None:
        raise Forbidden("not_allowed", "This is not for an API token.")
    return own_id(actor)


def require_client(client: ClientRecord | None) -> ClientRecord:
    """The client that was found.

    Raises:
        NotFound: ``not_found``: there is none, or it is another practice's; both read the same.
    """
    if client is None:
        raise not_found()
    return client


def not_found() -> NotFound:
    """The one refusal for what does not exist and for what is another practice's."""
    return NotFound("not_found", "There is no such thing in this practice.")
