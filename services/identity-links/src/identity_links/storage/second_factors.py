"""Keys of authenticator apps, recovery codes, and sign-ins that wait for a code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from identity_links.storage.tables import (
    practitioner,
    recovery_code,
    second_factor,
    sign_in_step,
)
from portal_chassis.database.transactions import Transaction


@dataclass(frozen=True)
class StoredKey:
    """A key, sealed; `last_step` is the period of the last code that was taken."""

    sealed: bytes = field(repr=False)
    made_at: datetime
    last_step: int | None


def key_of(tx: Transaction, practitioner_id: UUID) -> StoredKey | None:
    """The key of a practitioner's app, locked until the transaction ends, or None."""
    query = select(second_factor).where(second_factor.c.practitioner_id == practitioner_id)
    row = tx.execute(query.with_for_update()).first()
    return None if row is None else StoredKey(bytes(row.key_sealed), row.made_at, row.last_step)


def put_key(tx: Transaction, practitioner_id: UUID, sealed: bytes, now: datetime) -> None:
    """Store a key that nobody has proven yet, in place of any other."""
    fresh = {"key_sealed": sealed, "made_at": now, "last_step": None}
    tx.execute(
        upsert(second_factor)
        .values(practitioner_id=practitioner_id, **fresh)
        .on_conflict_do_update(index_elements=[second_factor.c.practitioner_id], set_=fresh)
    )


def take_step(tx: Transaction, practitioner_id: UUID, step: int) -> None:
    """Write down that the code of a period was taken."""
    tx.execute(
        update(second_factor)
        .where(second_factor.c.practitioner_id == practitioner_id)
        .values(last_step=step)
    )


def switch_on(tx: Transaction, practitioner_id: UUID, now: datetime) -> None:
    """Ask for a code at sign-in from now on."""
    _set(tx, practitioner_id, now)


def remove(tx: Transaction, practitioner_id: UUID) -> None:
    """Ask for no code any more; the key and the recovery codes are gone."""
    _set(tx, practitioner_id, None)
    for table in (second_factor, recovery_code):
        tx.execute(delete(table).where(table.c.practitioner_id == practitioner_id))


def put_recovery_codes(
    tx: Transaction, practitioner_id: UUID, macs: Iterable[bytes], now: datetime
) -> None:
    """Store recovery codes in place of all former ones."""
    tx.execute(delete(recovery_code).where(recovery_code.c.practitioner_id == practitioner_id))
    rows = [{"practitioner_id": practitioner_id, "mac": mac, "made_at": now} for mac in macs]
    tx.execute(insert(recovery_code), rows)


def use_recovery_code(tx: Transaction, practitioner_id: UUID, mac: bytes, now: datetime) -> bool:
    """Use a recovery code up; False where there is none like it, or it was used."""
    used = tx.execute(
        update(recovery_code)
        .where(
            recovery_code.c.practitioner_id == practitioner_id,
            recovery_code.c.mac == mac,
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return bool(used.rowcount)


def count_recovery_codes(tx: Transaction, practitioner_id: UUID) -> int:
    """How many recovery codes were not used yet."""
    query = (
        select(func.count())
        .select_from(recovery_code)
        .where(
            recovery_code.c.practitioner_id == practitioner_id, recovery_code.c.used_at.is_(None)
        )
    )
    return int(tx.execute(query).scalar_one())


def begin_step(
    tx: Transaction, step_hash: str, practitioner_id: UUID, expires_at: datetime
) -> bool:
    """Store a sign-in whose password was right; False when the hash is taken."""
    begun = tx.execute(
        upsert(sign_in_step)
        .values(
            step_hash=step_hash, practitioner_id=practitioner_id, expires_at=expires_at, tries=0
        )
        .on_conflict_do_nothing()
        .returning(sign_in_step.c.step_hash)
    )
    return begun.first() is not None


def try_step(tx: Transaction, step_hash: str, most: int, now: datetime) -> UUID | None:
    """Count a try of a sign-in that waits for its code; whose it is.

    Returns:
        None where there is none, its time is over, or `most` tries were counted.
    """
    found: UUID | None = tx.execute(
        update(sign_in_step)
        .where(
            sign_in_step.c.step_hash == step_hash,
            sign_in_step.c.expires_at > now,
            sign_in_step.c.tries < most,
        )
        .values(tries=sign_in_step.c.tries + 1)
        .returning(sign_in_step.c.practitioner_id)
    ).scalar_one_or_none()
    return found


def end_step(tx: Transaction, step_hash: str) -> bool:
    """Forget a sign-in that is over; False when another one ended it before."""
    ended = tx.execute(delete(sign_in_step).where(sign_in_step.c.step_hash == step_hash))
    return bool(ended.rowcount)


def end_steps_of(tx: Transaction, practitioner_id: UUID) -> None:
    """Forget every sign-in of a practitioner that waits for its code."""
    tx.execute(delete(sign_in_step).where(sign_in_step.c.practitioner_id == practitioner_id))


def prune_steps(tx: Transaction, now: datetime) -> int:
    """Delete sign-ins whose time is over; how many."""
    return tx.execute(delete(sign_in_step).where(sign_in_step.c.expires_at <= now)).rowcount


def _set(tx: Transaction, practitioner_id: UUID, at: datetime | None) -> None:
    tx.execute(
        update(practitioner).where(practitioner.c.id == practitioner_id).values(second_factor_at=at)
    )
