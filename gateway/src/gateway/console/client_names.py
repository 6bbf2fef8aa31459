"""Clients' names for pages that need no more: reading a client's details may be logged."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import falcon

from gateway.web.backend import Backend
from gateway.web.refusals import record_refusal
from gateway.web.request_context import context_of
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.clients import MOST_NAMES, NAME_CLIENTS, NameClients
from portal_contracts.notifications.rpc import Delivery


def name_of_client(req: falcon.Request, client_id: UUID) -> str:
    """A client's name.

    Raises:
        NotFound: ``not_found``: there is no such client; written to the access log.
    """
    command = NameClients(client_ids=[client_id])
    names = context_of(req).backend.ask(NAME_CLIENTS, command).names
    if str(client_id) not in names:
        record_refusal(req, "not_found")
        raise NotFound("not_found", "There is no such client.")
    return names[str(client_id)]


def names_in_mails(backend: Backend, mails: Iterable[Delivery]) -> dict[str, str]:
    """Client id (as text) to name, for these mails; empty when they cannot be had."""
    return names_of_clients(backend, (mail.client_id for mail in mails))


def names_of_clients(backend: Backend, client_ids: Iterable[UUID | None]) -> dict[str, str]:
    """Client id (as text) to name; empty when they cannot be had. None stands for who is hidden."""
    ids = [one for one in dict.fromkeys(client_ids) if one is not None]
    if not ids:
        return {}
    names = backend.part(NAME_CLIENTS, NameClients(client_ids=ids[:MOST_NAMES])).get()
    return names.names if names else {}
