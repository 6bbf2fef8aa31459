"""At which revision a database is, and which is the newest: asked without loading alembic.

A running service asks this for its readiness and never migrates, so alembic
and its templates stay out of its memory.
"""

from __future__ import annotations

import importlib.resources
from functools import cache

from sqlalchemy import Connection, NullPool, create_engine, text

from portal_chassis.database.transactions import CONNECT_TIMEOUT_SECONDS


def current(url: str) -> str | None:
    """The revision the database is at, or None before the first."""
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS}
    )
    try:
        with engine.connect() as connection:
            return revision(connection)
    finally:
        engine.dispose()


def revision(connection: Connection) -> str | None:
    """The revision that `connection`'s database is at, or None before the first."""
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@cache
def head(package: str) -> str | None:
    """The newest revision in `package`, by the scripts' names: ``NNNN_words.py``.

    They are one line, each numbered one more than the last; a test holds them to it.
    Read once, because readiness asks again and again.
    """
    versions = importlib.resources.files(package) / "versions"
    numbers = [
        script.name.partition("_")[0]
        for script in versions.iterdir()
        if script.name.endswith(".py")
    ]
    return max(numbers, default=None)
