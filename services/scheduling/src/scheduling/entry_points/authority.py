"""Asking identity-links whether a practitioner may do something to a client."""

from __future__ import annotations

from uuid import UUID

from portal_chassis.rpc.client import RpcClient
from portal_chassis.rpc.entry_point import Call
from portal_contracts.actor import service_actor
from portal_contracts.identity_links.rpc.access import MAY, Authority, May
from portal_contracts.permissions import Permission

_MYSELF = service_actor("scheduling")


def require_authority(
    rpc_client: RpcClient, call: Call, client_id: UUID, permission: Permission
) -> Authority:
    """Refuse a practitioner who may not; asked before the transaction of the act.

    Raises:
        Forbidden: ``not_allowed``: her role does not grant it.
        NotFound: ``not_found``: the client is not her practice's.
        Unavailable: identity-links does not answer.
    """
    return rpc_client.call(
        MAY,
        May(actor=call.actor, client_id=client_id, permission=permission),
        actor=_MYSELF,
        request_id=call.request_id,
    )
