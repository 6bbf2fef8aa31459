"""Which clients an actor sees: asked of identity-links, which alone keeps the caseloads.

Whoever is shown all of the practice, which the actor says, costs no call. The answer is never
kept: a share that is withdrawn ends with the next request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Uuid, and_, any_, literal, true
from sqlalchemy.dialects.postgresql import ARRAY

from portal_chassis.authority.ownership import Client
from portal_chassis.authority.require_authority import require_authority
from portal_chassis.call import Call
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import Actor
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.caseload import LIST_VISIBLE_CLIENTS, ListVisibleClients
from portal_contracts.permissions import Permission, sees_every_client


@dataclass(frozen=True)
class Sight:
    """How much of one client an actor sees who sees her at all.

    Attributes:
        clinical: with what is said between the two, as far as the role allows it.
        emergency: an owner opened her in an emergency.
    """

    clinical: bool = True
    emergency: bool = False


@dataclass(frozen=True)
class Seen:
    """Whom an actor sees in a list.

    Attributes:
        actor: who asks.
        client_ids: the clients of whom the actor sees all; None: of everybody.
        caseload: whom alone the list is about, where a caseload was asked for; None: everybody.
    """

    actor: Actor
    client_ids: frozenset[UUID] | None = None
    caseload: frozenset[UUID] | None = None

    def shows(self, client_id: UUID, permission: Permission) -> bool:
        """Whether the actor sees a client of the practice, as far as `permission` goes."""
        everybody = self.client_ids is None or sees_every_client(self.actor, permission)
        return everybody or client_id in (self.client_ids or ())

    def condition(self, column: ColumnElement[UUID], permission: Permission) -> ColumnElement[bool]:
        """That the list is about the client in a column, as far as `permission` goes."""
        listed = true() if self.caseload is None else _one_of(column, self.caseload)
        if self.client_ids is None or sees_every_client(self.actor, permission):
            return listed
        return and_(listed, _one_of(column, self.client_ids))


def _one_of(column: ColumnElement[UUID], ids: frozenset[UUID]) -> ColumnElement[bool]:
    return column == any_(literal(sorted(ids), ARRAY(Uuid())))


def is_limited(actor: Actor) -> bool:
    """Whether anything of any client of the practice is hidden from a practitioner."""
    return not sees_every_client(actor, Permission.SUMMARIES_READ)


def seen_by(rpc_client: RpcClient, call: Call, *, caseload_of: UUID | None = None) -> Seen:
    """Whom the practitioner who asks sees; asked before the transaction.

    `caseload_of`: for a list of those alone who are in this practitioner's caseload.

    Raises:
        Unavailable: identity-links does not answer.
    """
    if caseload_of is None and not is_limited(call.actor):
        return Seen(call.actor)
    command = ListVisibleClients(caseload_of=caseload_of)
    visible = rpc_client.call(
        LIST_VISIBLE_CLIENTS, command, actor=call.actor, request_id=call.request_id
    )
    ids = visible.client_ids
    return Seen(
        call.actor,
        None if ids is None else frozenset(ids),
        None if caseload_of is None else frozenset(visible.caseload),
    )


FindClient = Callable[[], UUID | None]
"""Whose thing it is that a call names; None where there is no such thing."""


def require_client_of(
    rpc_client: RpcClient,
    call: Call,
    find_client: FindClient,
    permission: Permission,
    not_found: Callable[[], NotFound],
) -> Client:
    """The client whom a thing is about, once `require_authority` lets the actor.

    A thing of a client who is hidden reads like one that does not exist: with the same refusal,
    which `not_found` makes, and by the same way. Nobody bears the id that is asked about then.

    Raises:
        Forbidden: ``not_allowed``; ``not_in_caseload``.
        NotFound: as `not_found` makes it.
        Unavailable: identity-links does not answer.
    """
    try:
        return require_authority(rpc_client, call, find_client() or uuid4(), permission)
    except NotFound:
        raise not_found() from None


def require_sight(
    rpc_client: RpcClient,
    call: Call,
    find_client: FindClient,
    permission: Permission,
    not_found: Callable[[], NotFound],
) -> Sight:
    """How much the actor sees of the client whom a thing is about; see `require_client_of`.

    Nobody is asked where nothing is hidden from the actor: then whatever is done checks role and
    practice, as ever.
    """
    if not is_limited(call.actor):
        return Sight()
    client = require_client_of(rpc_client, call, find_client, permission, not_found)
    return Sight(clinical=client.clinical, emergency=client.emergency)
