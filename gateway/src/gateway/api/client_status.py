"""Archiving a client by the API: it is said what becomes of the appointments to come."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from msgspec import Struct

from gateway.api.api_request import ApiRequest
from gateway.api.refusal import ApiRefusal
from gateway.web.archiving import Becomes, appointments_to_come
from gateway.web.archiving import archive_client as archive
from portal_contracts.calls import Done
from portal_contracts.identity_links.rpc.clients import ClientStatus


class ArchiveClient(Struct, frozen=True, kw_only=True):
    """Archive a client. `appointments`: what becomes of each one to come."""

    client_id: UUID
    appointments: Becomes


def archive_client(request: ApiRequest, arguments: ArchiveClient) -> Done:
    """Cancel the client's appointments to come or keep them, then archive the client."""
    backend, to_cancel = request.context.backend, []
    if arguments.appointments is Becomes.CANCELLED:
        to_cancel = [one.id for one in appointments_to_come(backend, arguments.client_id)]
    archive(backend, arguments.client_id, to_cancel, key=request.key)
    return Done()


def require_none_to_come(request: ApiRequest, ids: Mapping[str, Any], status: Any) -> None:
    """A client who has appointments to come is archived by `archive_client` alone.

    Raises:
        ApiRefusal: ``appointments_to_come``.
        PortalError: scheduling cannot be asked, or refuses.
    """
    archives = status == ClientStatus.ARCHIVED
    if archives and appointments_to_come(request.context.backend, ids["client_id"]):
        raise ApiRefusal(
            "appointments_to_come",
            "The client has appointments to come.",
            status=HTTPStatus.CONFLICT,
        )
