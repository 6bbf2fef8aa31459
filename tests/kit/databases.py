"""Fresh databases for tests: each service is migrated once, then cloned for every test."""

from __future__ import annotations

import importlib
import itertools
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql
from sqlalchemy import make_url

from portal_chassis.database import migrations
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres

_SHAPE = """
SELECT
  (SELECT string_agg(version_num, ',') FROM alembic_version),
  (SELECT md5(string_agg(concat_ws(' ', c.relname, c.relkind, c.relacl), ',' ORDER BY c.relname))
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace),
  (SELECT md5(string_agg(concat_ws(' ', a.attrelid, a.attname, a.atttypid, a.attnotnull,
                                   a.attacl), ',' ORDER BY a.attrelid, a.attnum))
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace),
  (SELECT md5(string_agg(conname || pg_get_constraintdef(oid), ',' ORDER BY conname))
     FROM pg_constraint),
  (SELECT md5(string_agg(concat_ws(' ', tgrelid, tgname, tgenabled), ',' ORDER BY tgrelid, tgname))
     FROM pg_trigger WHERE NOT tgisinternal),
  (SELECT md5(string_agg(concat_ws(' ', proname, md5(prosrc)), ',' ORDER BY proname, oid))
     FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
"""


@dataclass(frozen=True)
class DatabaseUrls:
    """The addresses of one database, for its two roles."""

    owner_url: str
    runtime_url: str


class MigratedDatabase(Database):
    """A service's database at its newest migration, as the runtime role sees it.

    Attributes:
        owner_url: for migrations and for looking behind the service's back.
        runtime_url: what a service is given (the same as `url`).
    """

    def __init__(self, urls: DatabaseUrls) -> None:
        super().__init__(urls.runtime_url, pool_size=16, application_name="tests")
        self.owner_url = urls.owner_url
        self.runtime_url = urls.runtime_url


class TestDatabases:
    """Makes and drops the databases of one test session."""

    __test__ = False

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._templates: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._idle: dict[str, list[DatabaseUrls]] = {}
        self._shapes: dict[DatabaseUrls, str] = {}

    def migrated(self, package: str) -> DatabaseUrls:
        """An empty database for `package` (``identity_links``), at its newest migration.

        One that a former test has given back is taken first: making one costs
        thirty times as much as emptying one.
        """
        if self._idle.get(package):
            return self._idle[package].pop()
        template = self._template(package)
        name = f"{package}_{next(self._numbers)}"
        with self._server.connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(_owner(package))
                )
            )
        urls = self._close(name, package)
        with self._server.connect(name) as connection:
            self._shapes[urls] = _shape(connection)
        return urls

    def give_back(self, package: str, urls: DatabaseUrls) -> None:
        """Empty a migrated database for the next test; one whose schema was changed is dropped."""
        # One connection for all: a new one costs more than what is asked through it.
        with self._server.connect(_database_name(urls)) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            as_made = _shape(connection) == self._shapes.get(urls)
            if as_made:
                _delete_every_row(connection)
        if as_made:
            self._idle.setdefault(package, []).append(urls)
        else:
            self.drop(urls)

    def clear(self, urls: DatabaseUrls) -> None:
        """Empty a migrated database whose service goes on running."""
        with self._server.connect(_database_name(urls)) as connection:
            _delete_every_row(connection)

    def empty(self, package: str) -> DatabaseUrls:
        """A database without tables, for tests of the migrations themselves."""
        name = f"{package}_{next(self._numbers)}"
        owner_url, runtime_url = self._server.ensure_database(
            name, _owner(package), _runtime(package)
        )
        return DatabaseUrls(owner_url, runtime_url)

    def drop(self, urls: DatabaseUrls) -> None:
        """Drop a database, whoever is connected to it."""
        name = _database_name(urls)
        with self._server.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def _template(self, package: str) -> str:
        if package not in self._templates:
            name = f"{package}_template"
            owner_url, _ = self._server.ensure_database(name, _owner(package), _runtime(package))
            module = importlib.import_module(f"{package}.migrations")
            migrations.upgrade(
                owner_url,
                module.__name__,
                runtime_role=_runtime(package),
                append_only=getattr(module, "APPEND_ONLY", ()),
            )
            self._templates[package] = name
        return self._templates[package]

    def _close(self, name: str, package: str) -> DatabaseUrls:
        with self._server.connect() as connection:
            self._server.close_database(connection, name, _runtime(package))
        return DatabaseUrls(
            self._server.url(name, _owner(package)), self._server.url(name, _runtime(package))
        )


def _shape(connection: Connection[Any]) -> str:
    """A fingerprint of a database's schema, its rights included, and of the revision."""
    return str(connection.execute(_SHAPE).fetchone())


def _delete_every_row(connection: Connection[Any]) -> None:
    """Empty all tables, also of what the schema forbids to delete."""
    # Without triggers and foreign keys.
    connection.execute("SET session_replication_role = replica")
    tables = connection.execute(
        "SELECT tablename FROM pg_tables"
        " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    ).fetchall()
    deletions = (sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for (table,) in tables)
    connection.execute(sql.SQL("; ").join(deletions))


def _database_name(urls: DatabaseUrls) -> str:
    return str(make_url(urls.runtime_url).database)


def _owner(package: str) -> str:
    return f"{package}_owner"


def _runtime(package: str) -> str:
    return f"{package}_runtime"
