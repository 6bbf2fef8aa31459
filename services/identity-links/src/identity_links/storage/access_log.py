"""The access log: appended under a lock on its chain's head, never changed.

The runtime role has no right to UPDATE or DELETE here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import (
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from identity_links.domain.access import MOST_ROWS_AN_HOUR, Access, Outcome
from identity_links.domain.access_chain import CHAIN_START, ChainedRow, chained, row_hash
from identity_links.domain.networks import counted_network
from identity_links.storage.tables import (
    access_chain,
    access_log,
    act_count,
    refusal_count,
)
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction, require_transaction

_HASHED = [access_log.c[field.name] for field in fields(ChainedRow)]
_READ_AT_ONCE = 1_000


def append(tx: Transaction, *accesses: Access) -> None:
    """Add rows, in the transaction of what they tell of.

    What nobody did to no practice is counted by network and hour instead, and so is, by whom
    and hour, what somebody did more often than `MOST_ROWS_AN_HOUR`.

    Each chain's head is locked until the transaction ends, so call this last.
    Chains are taken in one order: two transactions that write to the same two
    do not wait for each other.

    Raises:
        RuntimeError: `tx` is no transaction; see `require_transaction`.
    """
    require_transaction(tx)
    ordered = sorted(accesses, key=lambda access: (access.chain_id, access.counted_for or ""))
    ordered = [access for access in ordered if _is_row(tx, access)]
    for chain_id, group in groupby(ordered, key=lambda access: access.chain_id):
        _append_to(tx, chain_id, list(group))


def _is_row(tx: Transaction, access: Access) -> bool:
    if access.practice_id is None:
        count_refusal(tx, counted_network(access.address), access.occurred_at)
        return False
    if access.counted_for is None:
        return True
    return _count(tx, access) <= MOST_ROWS_AN_HOUR[Outcome(access.outcome)]


def _count(tx: Transaction, access: Access) -> int:
    """How often it happened in its hour, this time included."""
    named = {
        "counted_for": access.counted_for,
        "act": access.act,
        "outcome": access.outcome,
        "hour": _hour(access.occurred_at),
    }
    return int(run(tx, _COUNT, named).scalar_one())


def _append_to(tx: Transaction, chain_id: UUID, accesses: Sequence[Access]) -> None:
    seq, head = _lock_head(tx, chain_id)
    for access in accesses:
        seq += 1
        row = chained(access, seq)
        head = row_hash(head, row)
        run(tx, _APPEND, {**vars(row), "row_hash": head})


def _lock_head(tx: Transaction, chain_id: UUID) -> tuple[int, bytes]:
    row = run(tx, _HEAD, {"of": chain_id}).first()
    if row is None:
        tx.execute(
            insert(access_chain)
            .values(chain_id=chain_id, seq=0, head=CHAIN_START)
            .on_conflict_do_nothing()
        )
        row = run(tx, _HEAD, {"of": chain_id}).all()[0]
    return row.seq, bytes(row.head)


def see_one_state(tx: Transaction) -> None:
    """Let a transaction that has not begun to read see no row that is added meanwhile."""
    tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def chain_heads(tx: Transaction) -> dict[UUID, tuple[int, bytes]]:
    """Each chain's last number and hash."""
    rows = tx.execute(select(access_chain).order_by(access_chain.c.chain_id)).all()
    return {row.chain_id: (row.seq, bytes(row.head)) for row in rows}


def chains_with_rows(tx: Transaction) -> set[UUID]:
    """The chains that have rows, whatever their heads say."""
    return set(tx.execute(select(access_log.c.chain_id).distinct()).scalars())


def chained_rows(tx: Transaction, chain_id: UUID) -> Iterator[tuple[ChainedRow, bytes]]:
    """Every row of a chain with its stored hash, by number, read piece by piece."""
    query = (
        select(*_HASHED, access_log.c.row_hash)
        .where(access_log.c.chain_id == chain_id)
        .order_by(access_log.c.seq)
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    for *values, stored in tx.execute(query):
        yield ChainedRow(**dict(zip((c.name for c in _HASHED), values, strict=True))), bytes(stored)


def hash_at(tx: Transaction, chain_id: UUID, seq: int) -> bytes | None:
    """The stored hash of one row, or None when there is no such row."""
    query = select(access_log.c.row_hash).where(
        access_log.c.chain_id == chain_id, access_log.c.seq == seq
    )
    return tx.execute(query).scalar_one_or_none()


def count_refusal(tx: Transaction, network: str, now: datetime) -> None:
    """Count a refusal of nobody: one row per network and hour."""
    tx.execute(
        insert(refusal_count)
        .values(address=network, hour=_hour(now), refusals=1)
        .on_conflict_do_update(
            index_elements=[refusal_count.c.address, refusal_count.c.hour],
            set_={"refusals": refusal_count.c.refusals + 1},
        )
    )


def prune_refusal_counts(tx: Transaction, now: datetime, kept: timedelta) -> int:
    """Delete counts older than `kept`; how many."""
    return tx.execute(delete(refusal_count).where(refusal_count.c.hour < now - kept)).rowcount


def prune_act_counts(tx: Transaction, now: datetime, kept: timedelta) -> int:
    """Delete counts older than `kept`; how many."""
    return tx.execute(delete(act_count).where(act_count.c.hour < now - kept)).rowcount


def _hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


_CHAIN = access_chain.c.chain_id == bindparam("of", type_=access_chain.c.chain_id.type)
_HEAD = select(access_chain.c.seq, access_chain.c.head).where(_CHAIN).with_for_update()
_ROW = given(*_HASHED, access_log.c.row_hash)
# The chain's head moves by the statement that adds the row.
_APPEND = (
    update(access_chain)
    .where(access_chain.c.chain_id == _ROW["chain_id"])
    .values(seq=_ROW["seq"], head=_ROW["row_hash"])
    .add_cte(insert(access_log).values(_ROW).cte("added"))
)
_OF_COUNT = (act_count.c.counted_for, act_count.c.act, act_count.c.outcome, act_count.c.hour)
_COUNT = (
    insert(act_count)
    .values(given(*_OF_COUNT) | {"times": 1})
    .on_conflict_do_update(index_elements=_OF_COUNT, set_={"times": act_count.c.times + 1})
    .returning(act_count.c.times)
)
