"""Which client is meant by a name or an address that was typed."""

from __future__ import annotations

from typing import Final

from gateway.web.backend import Backend
from portal_contracts.identity_links.rpc.clients import (
    LIST_CLIENTS,
    LONGEST_SEARCH,
    ClientRow,
    ListClients,
)

MOST_MEANT: Final = 8


def clients_meant(backend: Backend, typed: str) -> list[ClientRow]:
    """The active clients that may be meant, at most a few: one where it is plain.

    It is plain where the whole name or address of exactly one was typed, or nobody else is found.

    Raises:
        PortalError: identity-links does not answer.
    """
    text = " ".join(typed.split())[:LONGEST_SEARCH]
    if not text:
        return []
    found = backend.ask(LIST_CLIENTS, ListClients(search=text, limit=MOST_MEANT)).items
    whole = [
        one
        for one in found
        if text.casefold() in {one.name.casefold(), one.preferred_name.casefold(), one.email}
    ]
    return whole if len(whole) == 1 else found
