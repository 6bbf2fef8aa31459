"""Erasing a data key, of a client as a rule, for good: nothing sealed under it opens any more.

The id stays behind as a tombstone, so that no new key is made for the client
and a repetition is known.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import MetaData, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.transactions import Transaction
from portal_chassis.tables import chassis_tables, safekeeping_tables
from portal_contracts.errors import Conflict

_data_key = chassis_tables(MetaData()).data_key
_erased_client = safekeeping_tables(MetaData()).erased_client


def erase_data_key(tx: Transaction, client_id: UUID, at: datetime) -> bool:
    """Delete the client's data key and leave the tombstone.

    Args:
        tx: commits it.
        client_id: also one that is not known here.
        at: aware UTC instant of the erasure, as it was first decided.

    Returns:
        Whether it was erased now; False for a repetition. The key is deleted in either case.
    """
    lock_data_key(tx, client_id)
    tx.execute(delete(_data_key).where(_data_key.c.owner_id == client_id))
    tombstone = insert(_erased_client).values(client_id=client_id, erased_at=at)
    made = tombstone.on_conflict_do_nothing().returning(_erased_client.c.client_id)
    return tx.execute(made).first() is not None


def erased_at(tx: Transaction, client_id: UUID) -> datetime | None:
    """When the client was erased; None for one who was not."""
    query = select(_erased_client.c.erased_at).where(_erased_client.c.client_id == client_id)
    found: datetime | None = tx.execute(query).scalar_one_or_none()
    return found


def client_erased() -> Conflict:
    """The refusal to keep anything of a client who was erased."""
    return Conflict("client_erased", "The client was erased.")


def erased_clients(tx: Transaction) -> dict[UUID, datetime]:
    """Every client that was erased here, in the order of their erasure."""
    query = select(_erased_client).order_by(_erased_client.c.erased_at, _erased_client.c.client_id)
    return {row.client_id: row.erased_at for row in tx.execute(query)}


def lock_data_key(tx: Transaction, client_id: UUID) -> None:
    """Let nobody else make or erase the client's data key until the transaction ends."""
    one_at_a_time = func.hashtextextended(f"data key {client_id}", 0)
    tx.execute(select(func.pg_advisory_xact_lock(one_at_a_time)))
