"""Whom a call is about, where that takes more than its arguments to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from forms.entry_points.wiring import Wiring
from forms.operations.portal import require_own_portal
from forms.operations.require_request import form_not_found
from forms.operations.review import client_of_request
from portal_chassis.authority.ownership import Client
from portal_chassis.authority.require_authority import require_authority
from portal_chassis.authority.seen import Sight, require_sight
from portal_chassis.call import Call
from portal_contracts.actor import ActorKind
from portal_contracts.calls import PortalOf
from portal_contracts.permissions import Permission


class NamesRequest(Protocol):
    """Arguments that name a form that was sent."""

    @property
    def request_id(self) -> UUID:
        """The request's id."""


def sight_of_request(permission: Permission) -> Callable[[Wiring, NamesRequest, Call], Sight]:
    """Finds how much the actor sees of the client of a form; see `require_sight`."""

    def find(service: Wiring, command: NamesRequest, call: Call) -> Sight:
        def find_client() -> UUID | None:
            with service.database.autocommit() as tx:
                return client_of_request(tx, command.request_id, call.actor, permission)

        return require_sight(service.rpc_client, call, find_client, permission, form_not_found)

    return find


def of_portal(service: Wiring, command: PortalOf, call: Call) -> Client:
    """The client who asks, or the one whose portal a practitioner previews.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``: the client is not of the practice, or not the one who asks.
        Unavailable: identity-links does not answer.
    """
    if call.actor.kind is ActorKind.PRACTITIONER and command.client_id is not None:
        return require_authority(
            service.rpc_client, call, command.client_id, Permission.CLIENTS_READ
        )
    return require_own_portal(call.actor, command)
