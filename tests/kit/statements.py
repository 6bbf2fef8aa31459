"""Which statements reach the database, whether through SQLAlchemy or past it, and what commits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg.pq import TransactionStatus

_WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE)\b|\s*WITH\b.*\b(INSERT|UPDATE|DELETE)\b", re.DOTALL
)


@dataclass
class Work:
    """What a database was asked to do.

    Attributes:
        statements: their texts, in order; BEGIN and COMMIT are none.
        commits: of transactions, and of statements that write and stand for themselves.
    """

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def work_of_this_process() -> Iterator[Work]:
    """The statements that are run meanwhile, and the commits."""
    work = Work()
    run, commit = psycopg.Cursor.execute, psycopg.Connection.commit

    def watched(cursor: Any, query: Any, *rest: Any, **options: Any) -> Any:
        text = query if isinstance(query, str) else str(query)
        work.statements.append(text)
        work.commits += bool(cursor.connection.autocommit and _WRITES.match(text))
        return run(cursor, query, *rest, **options)

    def committed(connection: Any) -> None:
        work.commits += connection.info.transaction_status is not TransactionStatus.IDLE
        commit(connection)

    with (
        patch.object(psycopg.Cursor, "execute", watched),
        patch.object(psycopg.Connection, "commit", committed),
    ):
        yield work


@contextmanager
def statements_of_this_process() -> Iterator[list[str]]:
    """The text of each statement that is run meanwhile, in order."""
    with work_of_this_process() as work:
        yield work.statements
