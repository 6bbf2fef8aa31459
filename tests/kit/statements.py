"""Which statements reach the database, whether through SQLAlchemy or past it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg


@contextmanager
def statements_of_this_process() -> Iterator[list[str]]:
    """The text of each statement that is run meanwhile, in order; BEGIN and COMMIT are none."""
    seen: list[str] = []
    run = psycopg.Cursor.execute

    def watched(cursor: Any, query: Any, *rest: Any, **options: Any) -> Any:
        seen.append(query if isinstance(query, str) else str(query))
        return run(cursor, query, *rest, **options)

    with patch.object(psycopg.Cursor, "execute", watched):
        yield seen
