"""Migrations: alembic without files of its own in each service.

A service keeps only ``migrations/versions/NNNN_words.py``. They run as the
owner role under an advisory lock, so replicas may start them at once; after
each upgrade the runtime role is granted what it may do.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text

from portal_chassis.database.transactions import CONNECT_TIMEOUT_SECONDS
from portal_chassis.tables import SAFEKEEPING_APPEND_ONLY
from portal_chassis.unused_libraries import not_found

# alembic loads mako, for scripts that are written anew, and mako looks for pygments, to show its
# errors in colour: 4.5 MB, which a portal in one process kept from its first start on.
with not_found("pygments"):
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

_LOCK = 0x4C617463686B6579  # "Latchkey" in ASCII


def upgrade(
    owner_url: str,
    package: str,
    *,
    runtime_role: str | None,
    append_only: Sequence[str] = (),
    revision: str = "head",
) -> None:
    """Bring the database up to `revision`.

    Args:
        owner_url: the owner role's address.
        package: the migrations' package, e.g. ``identity_links.migrations``.
        runtime_role: who is granted rows; None grants nothing.
        append_only: tables whose rows the runtime role may not change or delete.
        revision: where to.
    """
    with _connection(owner_url) as connection:
        _run(
            connection,
            package,
            lambda script, current: script._upgrade_revs(revision, current),  # noqa: SLF001
        )
        if runtime_role:
            _grant(connection, runtime_role, append_only)


def downgrade(owner_url: str, package: str, *, revision: str = "base") -> None:
    """Take the database down to `revision`."""
    with _connection(owner_url) as connection:
        _run(
            connection,
            package,
            lambda script, current: script._downgrade_revs(revision, current),  # noqa: SLF001
        )


def _engine(url: str) -> Engine:
    return create_engine(
        url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS}
    )


def _script(package: str) -> ScriptDirectory:
    folder = Path(str(importlib.resources.files(package)))
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
    finally:
        engine.dispose()


def _run(
    connection: Connection, package: str, steps: Callable[[ScriptDirectory, Any], Any]
) -> None:
    script = _script(package)
    config = Config()
    with EnvironmentContext(config, script, fn=lambda rev, _context: steps(script, rev)) as env:
        env.configure(connection=connection, transactional_ddl=True)
        env.run_migrations()


def _grant(connection: Connection, role: str, append_only: Sequence[str]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    quoted = quote(role)
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}",
    ]
    there = set(inspect(connection).get_table_names())
    kept = [*append_only, *(there & set(SAFEKEEPING_APPEND_ONLY))]
    statements += [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {quoted}" for table in kept
    ]
    for statement in statements:
        connection.execute(text(statement))
