"""Erasing what was sealed for a client."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.operations.authority import require_client
from identity_links.operations.clients import shut_out
from identity_links.storage import access_log, clients
from portal_chassis.database.erasure import erase_data_key
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_contracts.actor import Caller
from portal_contracts.identity_links.events import ClientErased
from portal_contracts.identity_links.rpc.clients import ClientStatus


def erase_client(tx: Transaction, client_id: UUID, caller: Caller, *, now: datetime) -> bool:
    """Delete the client's data key here, shut the client out, and tell the services with keys.

    They hear of it by `ClientErased`, which waits for a service that is away.
    The client stays archived; links and devices end at once. Logged as
    ``client.erased``, with a row for each link and device.

    Args:
        tx: commits it; whoever calls has written the erasure into every ledger before.
        client_id: of any practice.
        caller: who erases.
        now: aware UTC.

    Returns:
        Whether the client was erased now; False changes nothing.

    Raises:
        NotFound: ``not_found``.
    """
    client = require_client(clients.find_to_erase(tx, client_id))
    if not erase_data_key(tx, client.id, now):
        return False
    clients.set_status(tx, client.id, ClientStatus.ARCHIVED, version=client.version + 1)
    erased = note(caller, Act.CLIENT_ERASED, client.practice_id, now, client_id=client.id)
    access_log.append(tx, erased, *shut_out(tx, client.id, client.practice_id, caller, now))
    outbox.record(
        tx,
        ClientErased(client_id=client.id),
        practice_id=client.practice_id,
        aggregate=("client", client.id),
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )
    return True
