"""Who may: the role's permission first, then the practice's own rows only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.people import ClientRecord
from identity_links.domain.visibility import Standing, sees
from identity_links.storage import caseloads, clients
from portal_chassis.authority.ownership import own_id, own_practice
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind, Caller, Role
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.access import Authority, May
from portal_contracts.permissions import (
    CLINICAL,
    ROLE_PERMISSIONS,
    Permission,
    require_kind,
    require_permission,
    sees_every_client,
)


def may(tx: Transaction, command: May, caller: Caller, *, now: datetime) -> Authority:
    """Whether a practitioner may do something to a client.

    Services ask it before their own transaction; a practitioner may ask it about
    their own authority.

    Raises:
        Forbidden: ``not_allowed``: the role does not grant it; ``not_in_caseload``.
        NotFound: ``not_found``: the client is not the practice's, or hidden from the actor.
    """
    if caller.actor != command.actor:
        require_kind(caller.actor, ActorKind.SERVICE)
    practice_id = require_practice(command.actor, command.permission)
    client = require_client(clients.find(tx, command.client_id, practice_id))
    standing = standing_to(tx, client.id, command.actor, now=now)
    require_sight(command.actor, command.permission, standing)
    clinical = sees(command.actor, Permission.SUMMARIES_READ, standing)
    return Authority(
        practice_id=practice_id,
        client_id=command.client_id,
        active=client.active,
        clinical=clinical,
        emergency=clinical and standing.emergency and not standing.in_caseload,
    )


def standing_to(tx: Transaction, client_id: UUID, actor: Actor, *, now: datetime) -> Standing:
    """How `actor` stands to a client of the practice; not asked where nothing depends on it."""
    if sees_every_client(actor, Permission.SUMMARIES_READ):
        return Standing()
    return caseloads.standing(tx, client_id, actor, now)


def require_sight(actor: Actor, permission: Permission, standing: Standing) -> None:
    """Refuse an actor to whom a client is not shown, as far as `permission` goes.

    Raises:
        Forbidden: ``not_in_caseload``: an owner, to whom contacts and calendar are shown.
        NotFound: ``not_found``: nothing tells that there is such a client.
    """
    if sees(actor, permission, standing):
        return
    if permission in CLINICAL and sees(actor, Permission.CLIENTS_READ, standing):
        raise Forbidden(
            "not_in_caseload", "What is said between the two is shown to the own practitioners."
        )
    raise not_found()


def require_visible(
    tx: Transaction,
    client: ClientRecord | None,
    actor: Actor,
    permission: Permission,
    *,
    now: datetime,
) -> ClientRecord:
    """The client that was found, once she is shown to `actor`.

    Raises:
        Forbidden: ``not_in_caseload``.
        NotFound: ``not_found``: none, another practice's, or hidden from the actor.
    """
    found = require_client(client)
    require_sight(actor, permission, standing_to(tx, found.id, actor, now=now))
    return found


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


def require_no_more_than_own(actor: Actor, role: Role) -> None:
    """Refuse an API token that would let somebody in who may more than the token itself.

    Else whoever has a token makes an account by it, and keeps that when the token has ended. An
    owner does in person what no token may.

    Raises:
        Forbidden: ``not_allowed``.
    """
    if actor.scopes is None:
        return
    if role is Role.OWNER or not ROLE_PERMISSIONS[role].issubset(actor.scopes):
        raise Forbidden("not_allowed", "An API token lets nobody in who may more than itself.")


def require_account(actor: Actor) -> UUID:
    """The id of the practitioner who asks in person, also before the second factor is set up.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_kind(actor, ActorKind.PRACTITIONER)
    if actor.token_id is not None:
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
