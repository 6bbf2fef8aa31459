"""Advisory locks: one writer at a time in a client's holds and in a practitioner's calendar.

The order is always the same, so that no two transactions wait for each
other: first the client, then the practitioners by their ids.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, func, select

from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction


def lock_client(tx: Transaction, client_id: UUID) -> None:
    """Wait until nobody else changes the client's hold; kept to the end of `tx`."""
    _lock(tx, f"client {client_id}")


def lock_practitioners(tx: Transaction, *practitioner_ids: UUID) -> None:
    """Wait until nobody else writes to these calendars; kept to the end of `tx`.

    All of them at once: asking for another one later would break the order.
    """
    for practitioner_id in sorted(set(practitioner_ids)):
        _lock(tx, f"practitioner {practitioner_id}")


def practitioners_lock(practitioner_id: ColumnElement[UUID]) -> ColumnElement[None]:
    """As a column of a statement: waits as `lock_practitioners` does, for that of the row.

    What else the statement reads was read before the wait.
    """
    return _waits_for(func.concat("practitioner ", practitioner_id))


def _lock(tx: Transaction, name: str) -> None:
    run(tx, _LOCK, {"name": name})


def _waits_for(name: ColumnElement[str]) -> ColumnElement[None]:
    return func.pg_advisory_xact_lock(func.hashtextextended(name, 0))


_LOCK = select(_waits_for(bindparam("name", type_=Text())))
