"""Whether PostgreSQL takes every connection that the portal's processes may come to open.

A process opens its pool's connections when it is busy, which is when all the others are. So each
tells the size of its pool in the name of its connections. Every role may read those names in
``pg_stat_activity``, unlike most of what stands there of other roles: who starts knows what those
who run may still open, on whatever machine they are.
"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal_chassis.database.refusals import TOO_MANY_CONNECTIONS, refusal_code
from portal_chassis.database.transactions import Database, Transaction, sqlstate
from portal_chassis.embedded.polling import wait_until

_POOL = re.compile(r"\w+ pool=(\d+) id=[0-9a-f]{8}")
_MOST = text(
    "SELECT current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
    # PostgreSQL 16 has them.
    " - coalesce(current_setting('reserved_connections', true)::int, 0)"
)
_OPEN = text(
    "SELECT coalesce(application_name, '') AS name, count(*) AS connections FROM pg_stat_activity"
    # The server's own processes, which take no room, are at no database, or nobody's where they
    # vacuum one. What kind a process is, not every role may read.
    " WHERE datid IS NOT NULL AND usesysid IS NOT NULL GROUP BY 1"
)


class NoRoomError(Exception):
    """PostgreSQL could not take the connections of all processes; says so in a sentence."""


class FullError(NoRoomError):
    """PostgreSQL takes no connection at all any more; says so in a sentence."""

    def __init__(self) -> None:
        super().__init__(
            "PostgreSQL takes no more connections. Raise its max_connections, or the CONNECTION "
            "LIMIT of a role or database that has one; lower the services' ..._POOL_SIZE, or run "
            "fewer replicas."
        )


def is_full(error: BaseException, url: str) -> bool:
    """Whether what failed with `error` could not connect because PostgreSQL takes no more.

    Asks the server once more, whose reason is in no language then (`refusal_code`).

    Args:
        error: whatever it failed with.
        url: of the database.
    """
    came_in = not isinstance(error, OperationalError) or bool(sqlstate(error))
    return not came_in and refusal_code(url) == TOO_MANY_CONNECTIONS


@dataclass(frozen=True)
class Room:
    """Connections of one server, counted.

    Attributes:
        most: how many it lets everybody but its administrators open together.
        open: how many there are.
        promised: how many there may come to be: every pool filled, and what is no pool's.
        processes: how many processes have a pool.
    """

    most: int
    open: int
    promised: int
    processes: int

    @property
    def is_enough(self) -> bool:
        """Whether all pools can be filled at once."""
        return self.promised <= self.most


def pool_name(service: str, size: int) -> str:
    """What the connections of one pool of a service are called: its size, and which pool it is."""
    return f"{service} pool={size} id={uuid.uuid4().hex[:8]}"


def require_room(database: Database, variable: str, *, within: float) -> None:
    """Refuse to go on where the server could not take the connections of all processes.

    Who has just ended may still be counted, so it looks again for some time. Between two looks it
    holds no connection: of two that start at once, and only one has room for, one goes on.

    Args:
        database: with connections called by `pool_name`.
        variable: sets the size of its pool.
        within: seconds.

    Raises:
        NoRoomError: there is no room.
    """
    found = Room(0, 0, 0, 0)

    def has_room() -> bool:
        nonlocal found
        with database.transaction() as tx:
            found = read_room(tx)
        if not found.is_enough:
            database.dispose()
        return found.is_enough

    # Not in step with another that is refused because of this one.
    if not wait_until(has_room, within=within, every=lambda: random.uniform(0.2, 2)):  # noqa: S311
        message = (
            f"PostgreSQL takes {found.most} connections, and with this one {found.processes} "
            f"processes may come to {found.promised}. Raise its max_connections, lower "
            f"{variable} or another service's, or run fewer replicas."
        )
        raise NoRoomError(message)


def read_room(tx: Transaction) -> Room:
    """The room on `tx`'s server, `tx` itself counted."""
    found = [(row.name, row.connections) for row in tx.execute(_OPEN)]
    return _counted(tx.execute(_MOST).scalar_one(), found)


def _counted(most: int, found: Iterable[tuple[str, int]]) -> Room:
    opened = promised = processes = 0
    for name, connections in found:
        pool = _POOL.fullmatch(name)
        opened += connections
        promised += max(connections, int(pool[1])) if pool else connections
        processes += pool is not None
    return Room(most, opened, promised, processes)
