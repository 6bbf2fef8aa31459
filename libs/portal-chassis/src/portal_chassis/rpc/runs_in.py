"""What a method runs in: its contract says it, unless the method asks for something else."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from msgspec import Struct

from portal_chassis.call import Call
from portal_chassis.database.transactions import Database, Transaction
from portal_contracts.calls import Method

R = TypeVar("R", bound=Struct)


class RunsIn(StrEnum):
    """What a method gets as its first argument, and what becomes of it at the end."""

    ONCE = "once"
    """One transaction, once per idempotency key: every method that mutates."""

    AUTOCOMMIT = "autocommit"
    """No transaction; each statement stands for itself: every method that only reads."""

    SNAPSHOT = "snapshot"
    """One state of the database, for a reply whose statements must agree; nothing is written."""

    TRANSACTION = "transaction"
    """One transaction without a key: a repetition is harmless, or is known by what is stored.

    Reading that the access log is told of is the usual case.
    """

    NOTHING = "nothing"
    """The method opens what it needs itself, and gets no first argument."""


def runs_in(method: Method[Any, Any], asked: RunsIn | None) -> RunsIn:
    """What `method` runs in.

    Raises:
        TypeError: `asked` does not fit: what mutates would not be committed, or a call without
            a key be answered once.
    """
    if asked is None:
        return RunsIn.ONCE if method.mutates else RunsIn.AUTOCOMMIT
    unfit = {RunsIn.AUTOCOMMIT, RunsIn.SNAPSHOT} if method.mutates else {RunsIn.ONCE}
    if asked in unfit:
        message = f"{method.address} cannot run in {asked}: mutates={method.mutates}"
        raise TypeError(message)
    return asked


def run(where: RunsIn, database: Database, call: Call, operation: Callable[[Transaction], R]) -> R:
    """Run `operation` in what `where` says, which is something.

    Raises:
        PortalError: whatever `operation` raises, after a rollback; see `Database.once`.
    """
    if where is RunsIn.ONCE:
        return database.once(call, operation)
    opened = {
        RunsIn.AUTOCOMMIT: database.autocommit,
        RunsIn.SNAPSHOT: database.snapshot,
        RunsIn.TRANSACTION: database.transaction,
    }
    with opened[where]() as tx:
        return operation(tx)
