"""Connections of the pool: what they keep, and whether one still stands before it is used again."""

from __future__ import annotations

import time
from typing import Any

import psycopg
from psycopg._preparing import PrepareManager
from sqlalchemy import Connection
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError

ASKED_AFTER_SECONDS = 10.0
"""A connection that was idle for so long is asked for a sign of life before it is used."""

KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A database that vanished from the network is noticed after some 20 seconds, not two hours."""

SERVERS_KEEPALIVE = " ".join(
    f"-c {'' if name.startswith('tcp_') else 'tcp_'}{name}={value}"
    for name, value in KEEPALIVE.items()
)
"""And so is a process by its database, whose connections would be in the way of the next one."""

_RETURNED = "portal_returned"
_FEATURE_NOT_SUPPORTED = "0A000"


class KeptStatements(PrepareManager):
    """What a connection has prepared, kept whatever is rolled back.

    psycopg forgets it with each rollback, since what was taken back may have been a table or a
    type. The runtime's role makes none, and the server keeps what it has prepared: each refusal
    cost the calls after it 7 ms of planning (bench/PROFILE.md).
    """

    def clear(self) -> bool:
        """Forget nothing."""
        return False


def keep_statements(driver: Any, _record: Any) -> None:
    """Have a new connection keep what it prepares."""
    driver._prepared = KeptStatements()  # noqa: SLF001 - psycopg is pinned, and a test looks


def has_old_plans(error: BaseException | None) -> bool:
    """Whether a statement failed because what it answers was changed since it was prepared.

    "Cached plan must not change result type": a migration has run meanwhile. It would fail for as
    long as the connection stands, and so would the other connections of the pool. So they are all
    given up, and a call begins once more, on a new one (`portal_chassis.rpc.entry_point`).
    """
    return getattr(error, "sqlstate", None) == _FEATURE_NOT_SUPPORTED


def give_up_old_plans(context: ExceptionContext) -> None:
    """Have SQLAlchemy replace all connections of the pool, see `has_old_plans`."""
    if has_old_plans(context.original_exception):
        context.is_disconnect = True


def give_up_pool(tx: Connection, error: BaseException) -> None:
    """The same, of an error that SQLAlchemy has not seen."""
    # SQLAlchemy has no public word for it that leaves the connections in use alone; a test looks.
    tx.engine.pool._invalidate(tx.connection, error, _checkin=False)  # noqa: SLF001


def note_return(_driver: Any, record: Any) -> None:
    """Remember when a connection was given back."""
    record.info[_RETURNED] = time.monotonic()


def look_after(driver: Any, record: Any, _proxy: Any) -> None:
    """See whether a connection from the pool still stands, before it is used.

    A server that has ended it has said so, and what it said is there to be read
    without asking. Only a connection that was idle for a while is asked: its
    network may have vanished in silence.
    """
    returned = record.info.get(_RETURNED)
    if returned is None:
        return
    try:
        # The first may bring the server's last words, the second that there are no more.
        driver.pgconn.consume_input()
        driver.pgconn.consume_input()
        if time.monotonic() - returned > ASKED_AFTER_SECONDS:
            driver.autocommit = True
            driver.execute("SELECT 1")
            driver.autocommit = False
    except psycopg.Error as error:
        raise InvalidatePoolError from error
