"""Leases: how background work is shared between replicas.

A worker claims due rows for a while, commits, acts outside any transaction,
and marks each row only while the lease is still its own. A worker that dies
loses its rows to the next one when the lease ends. One act's deadline must be
under half of the lease.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Integer,
    RowMapping,
    Select,
    Table,
    Update,
    bindparam,
    exists,
    func,
    null,
    or_,
    select,
    update,
)

from portal_chassis import metrics
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction

NOW = bindparam("lease_now", type_=DateTime(timezone=True))
"""The instant of a claim, for expressions that say what is due."""

NEED_NOT_LAST = func.set_config("synchronous_commit", "off", True)
"""As a column of what a statement returns: its transaction's commit waits for no disk.

For what a crash of the database may take back: a claim is made again, and what
it protects looks at the row once more. PostgreSQL's crash loses the commits of
the last instants then, and never a part of one.
"""


def claim(  # noqa: PLR0913 - which rows, for whom and how long
    tx: Transaction,
    table: Table,
    *,
    due: ColumnElement[bool],
    order_by: Column[Any],
    limit: int,
    holder: str,
    seconds: float,
    now: datetime,
    together: Column[Any] | None = None,
    **named: Any,
) -> Sequence[RowMapping]:
    """Claim up to `limit` due rows of `table` for `seconds`.

    Args:
        tx: commit it before acting on the rows, or `Database.autocommit`; its commit does not
            wait for the disk.
        table: has `id`, `claimed_by` and `claimed_until` (`tables.lease_columns`).
        due: which rows want work. One expression for all calls, made with `NOW` and
            parameters of its own, is put together once.
        order_by: the column whose smallest values come first.
        limit: how many at most.
        holder: unique to this process.
        seconds: length of the lease.
        now: aware UTC.
        together: only the first row, and with it those of the same value in this column; each
            row says in `more_due` whether others are due besides.
        **named: values of the other parameters of `due`.

    Returns:
        The rows, in that order, each by the names of its columns; whoever asks makes what it
        needs of them. Rows under another's live lease, or locked, are passed over.
    """
    claimed = run(
        tx,
        _claiming(table, due, order_by, together),
        {
            NOW.key: now,
            "lease_holder": holder,
            "lease_until": now + timedelta(seconds=seconds),
            "lease_limit": limit,
            **named,
        },
    )
    rows: Sequence[Any] = claimed.mappings().all()
    taken_over = sum(row["former_holder"] is not None for row in rows)
    if taken_over:
        metrics.LEASES_TAKEN_OVER.labels(table.name).inc(taken_over)
    return rows


@lru_cache(maxsize=64)
def _claiming(
    table: Table, due: ColumnElement[bool], order_by: Column[Any], together: Column[Any] | None
) -> Select[Any]:
    free = or_(table.c.claimed_until.is_(None), table.c.claimed_until <= NOW)
    wanted, more_due = [due, free], cast("ColumnElement[Any]", null())
    if together is not None:
        first = (
            select(together.label("together"))
            .where(due, free)
            .order_by(order_by)
            .limit(1)
            .with_for_update(skip_locked=True)
            .cte("first")
        )
        of_first = select(first.c.together).scalar_subquery()
        more_due = exists().where(due, free, together != of_first)
        wanted.append(together == of_first)
    picked = (
        select(table.c.id, table.c.claimed_by.label("former_holder"))
        .where(*wanted)
        .order_by(order_by)
        .limit(bindparam("lease_limit", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    claimed = (
        update(table)
        .where(table.c.id.in_(select(picked.c.id)))
        .values(
            claimed_by=bindparam("lease_holder", type_=table.c.claimed_by.type),
            claimed_until=bindparam("lease_until", type_=table.c.claimed_until.type),
        )
        .returning(table)
        .cte("claimed")
    )
    columns = [claimed.c[column.name] for column in table.c] + [picked.c.former_holder]
    return (
        select(*columns, more_due.label("more_due"), NEED_NOT_LAST)
        .join(picked, picked.c.id == claimed.c.id)
        .order_by(claimed.c[order_by.name], claimed.c.id)
    )


def mark(tx: Transaction, table: Table, row_id: Any, *, holder: str, **values: Any) -> bool:
    """Write `values` to a claimed row and give the lease back.

    Returns:
        False when the lease was lost to another worker; nothing is written then.
    """
    written = {f"mark_{name}": value for name, value in values.items()}
    held = {"lease_row": row_id, "lease_holder": holder}
    return bool(run(tx, _marking(table, tuple(sorted(values))), held | written).rowcount)


@lru_cache(maxsize=64)
def _marking(table: Table, names: tuple[str, ...]) -> Update:
    return (
        update(table)
        .where(
            table.c.id == bindparam("lease_row", type_=table.c.id.type),
            table.c.claimed_by == bindparam("lease_holder", type_=table.c.claimed_by.type),
        )
        .values(
            claimed_by=None,
            claimed_until=None,
            **{name: bindparam(f"mark_{name}", type_=table.c[name].type) for name in names},
        )
    )
