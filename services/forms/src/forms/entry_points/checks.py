"""Whom a call is about, where that takes more than its arguments to know."""

from __future__ import annotations

from forms.entry_points.wiring import Wiring
from forms.operations.portal import require_own_portal
from portal_chassis.authority.ownership import Client
from portal_chassis.authority.require_authority import require_authority
from portal_chassis.call import Call
from portal_contracts.actor import ActorKind
from portal_contracts.calls import PortalOf
from portal_contracts.permissions import Permission


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
