"""Who may be the same person as a client: hinted at, never merged."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from identity_links.domain.duplicates import alike
from identity_links.domain.email_addresses import normalise_email
from identity_links.operations.authority import require_practice, require_visible
from identity_links.storage import caseloads, client_search, clients
from portal_chassis.database.erasure import erased_at
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, Caller
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.identity_links.rpc.duplicates import (
    MOST_DUPLICATES,
    CheckDuplicates,
    ListDuplicates,
    PossibleDuplicate,
    PossibleDuplicates,
)
from portal_contracts.permissions import Permission

_LOOKED_AT = 100
"""So many are compared: a whole institution may share one phone number."""


def check_duplicates(
    tx: Transaction, command: CheckDuplicates, caller: Caller
) -> PossibleDuplicates:
    """Clients who may be the one that is about to be added.

    Raises:
        Forbidden: ``not_allowed``.
    """
    practice_id = require_practice(caller.actor, Permission.CLIENTS_READ)
    fields = command.fields
    fields = replace(fields, email=normalise_email(fields.email) or "")
    return PossibleDuplicates(items=find_duplicates(tx, caller.actor, practice_id, fields))


def list_duplicates(
    tx: Transaction, command: ListDuplicates, caller: Caller, *, now: datetime
) -> PossibleDuplicates:
    """Clients who may be the same person as a client.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    practice_id = require_practice(caller.actor, Permission.CLIENTS_READ)
    actor = caller.actor
    found = clients.find(tx, command.client_id, practice_id)
    client = require_visible(tx, found, actor, Permission.CLIENTS_READ, now=now)
    items = find_duplicates(tx, actor, practice_id, client.fields, but=client.id)
    return PossibleDuplicates(items=items)


def find_duplicates(
    tx: Transaction,
    actor: Actor,
    practice_id: UUID,
    fields: ClientFields,
    *,
    but: UUID | None = None,
) -> list[PossibleDuplicate]:
    """Clients shown to `actor` who are like `fields`, the most alike first; no erased ones."""
    shown = caseloads.shown(actor, Permission.CLIENTS_READ)
    found = [
        PossibleDuplicate(
            id=one.id,
            name=one.fields.name,
            email=one.fields.email,
            status=one.status,
            alike=alike(fields, one.fields),
        )
        for one in client_search.with_likeness(tx, practice_id, fields, shown, limit=_LOOKED_AT)
        if one.id != but
    ]
    found.sort(key=lambda one: -len(one.alike))
    likely = [one for one in found if one.alike and erased_at(tx, one.id) is None]
    return likely[:MOST_DUPLICATES]
