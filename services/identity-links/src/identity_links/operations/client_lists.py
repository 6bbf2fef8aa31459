"""Clients of a practice, listed and named: those who are shown to whoever asks."""

from __future__ import annotations

from identity_links.domain.people import ClientRecord
from identity_links.messages import client_row
from identity_links.operations.authority import (
    require_practice,
)
from identity_links.storage import (
    caseloads,
    client_search,
    clients,
)
from identity_links.storage.cursors import ClientCursor, decode_client_cursor
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Caller
from portal_contracts.identity_links.rpc.clients import (
    ClientNames,
    ClientPage,
    ClientSort,
    ListClients,
    NameClients,
)
from portal_contracts.permissions import Permission


def list_clients(tx: Transaction, command: ListClients, caller: Caller) -> ClientPage:
    """A page of the practice's clients. Not logged: lists are not.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``cursor_invalid``.
    """
    practice_id = require_practice(caller.actor, Permission.CLIENTS_READ)
    after = decode_client_cursor(command.cursor, command.sort) if command.cursor else None
    shown_to = caseloads.shown(caller.actor, Permission.CLIENTS_READ)
    where = client_search.matching(
        practice_id,
        search=command.search,
        status=command.status,
        address_waits=command.address_waits,
        shown=shown_to,
        held_by=command.practitioner_id,
    )
    found = clients.page(
        tx,
        where,
        practice_id=practice_id,
        sort=command.sort,
        after=after,
        limit=command.limit + 1,
        shown=shown_to,
    )
    shown = found[: command.limit]
    more = len(found) > command.limit
    mains = caseloads.main_practitioners(tx, [client.id for client in shown])
    return ClientPage(
        items=[client_row(client, mains.get(client.id)) for client in shown],
        next_cursor=_cursor(shown[-1], command.sort) if more else None,
        total=clients.count(tx, where),
    )


def name_clients(tx: Transaction, command: NameClients, caller: Caller) -> ClientNames:
    """Names for ids; ids of other practices and hidden clients are absent, as unknown ones are.

    Raises:
        Forbidden: ``not_allowed``.
    """
    practice_id = require_practice(caller.actor, Permission.CLIENTS_READ)
    shown = caseloads.shown(caller.actor, Permission.CLIENTS_READ)
    names = clients.names(tx, command.client_ids, practice_id, shown)
    return ClientNames(names={str(client_id): name for client_id, name in names.items()})


def _cursor(client: ClientRecord, sort: ClientSort) -> str:
    visit = client.last_visit_at if sort is ClientSort.LAST_VISIT else None
    return ClientCursor(sort, client.id, visit).encode()
