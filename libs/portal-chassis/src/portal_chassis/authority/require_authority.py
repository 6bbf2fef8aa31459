"""Asking identity-links whether a practitioner may do something to a client."""

from __future__ import annotations

from uuid import UUID

from portal_chassis.authority.ownership import Client
from portal_chassis.call import Call
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import service_actor
from portal_contracts.identity_links.rpc.access import MAY, May
from portal_contracts.permissions import Permission, require_permission


def require_authority(
    rpc_client: RpcClient, call: Call, client_id: UUID, permission: Permission
) -> Client:
    """The client, once the actor's role and practice were found to allow it.

    It is another service's answer, so it is never asked inside a transaction. An archived
    client is not refused, but comes with `active` false.

    Raises:
        Forbidden: ``not_allowed``: the actor's role does not grant it; ``not_in_caseload``: an
            owner is shown contacts and calendar of this client, and this is neither.
        NotFound: ``not_found``: the client is another practice's or hidden from the actor, or
            there is none.
        Unavailable: identity-links does not answer.
    """
    require_permission(call.actor, permission)
    authority = rpc_client.call(
        MAY,
        May(actor=call.actor, client_id=client_id, permission=permission),
        actor=service_actor(call.method.service),
        request_id=call.request_id,
    )
    return Client(
        id=authority.client_id,
        practice_id=authority.practice_id,
        active=authority.active,
        clinical=authority.clinical,
        emergency=authority.emergency,
    )
