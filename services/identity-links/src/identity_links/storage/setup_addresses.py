"""Addresses of the first run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from identity_links.storage.tables import practitioner, setup_address
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Role

_ONE_AT_A_TIME = func.pg_advisory_xact_lock(func.hashtextextended("first run", 0))


@dataclass(frozen=True, kw_only=True)
class SetupAddress:
    """An address: how long it works, and when it was used."""

    token_hash: str = field(repr=False)
    expires_at: datetime
    used_at: datetime | None


def lock(tx: Transaction) -> None:
    """Keep everybody else from making or using an address until the transaction ends."""
    tx.execute(select(_ONE_AT_A_TIME))


def some_owner(tx: Transaction) -> bool:
    """Whether any practice has an owner."""
    query = select(practitioner.c.id).where(practitioner.c.role == Role.OWNER).limit(1)
    return tx.execute(query).first() is not None


def insert_address(tx: Transaction, token_hash: str, now: datetime, expires_at: datetime) -> None:
    """Store a new address."""
    row = {"token_hash": token_hash, "created_at": now, "expires_at": expires_at}
    tx.execute(insert(setup_address).values(row))


def end_all(tx: Transaction, now: datetime) -> None:
    """End whatever address still works."""
    tx.execute(
        update(setup_address)
        .where(setup_address.c.used_at.is_(None), setup_address.c.expires_at > now)
        .values(expires_at=now)
    )


def find(tx: Transaction, token_hash: str) -> SetupAddress | None:
    """The address with this token, or None."""
    query = select(setup_address).where(setup_address.c.token_hash == token_hash)
    row = tx.execute(query).first()
    if row is None:
        return None
    return SetupAddress(token_hash=row.token_hash, expires_at=row.expires_at, used_at=row.used_at)


def mark_used(tx: Transaction, token_hash: str, now: datetime) -> None:
    """Write down that it was used."""
    tx.execute(
        update(setup_address).where(setup_address.c.token_hash == token_hash).values(used_at=now)
    )


def prune_ended(tx: Transaction, now: datetime, kept: timedelta) -> int:
    """Delete addresses that ended so long ago; how many."""
    result = tx.execute(delete(setup_address).where(setup_address.c.expires_at < now - kept))
    return result.rowcount
