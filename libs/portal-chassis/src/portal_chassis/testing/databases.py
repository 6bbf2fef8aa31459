"""Fresh databases for tests: each service is migrated once, then cloned for every test."""

from __future__ import annotations

import importlib
import itertools
from dataclasses import dataclass

from psycopg import sql

from portal_chassis import migrations
from portal_chassis.database import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres


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

    def migrated(self, package: str) -> DatabaseUrls:
        """A database of its own for `package` (``identity_links``), at its newest migration."""
        template = self._template(package)
        name = f"{package}_{next(self._numbers)}"
        with self._server.connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(_owner(package))
                )
            )
        return self._close(name, package)

    def empty(self, package: str) -> DatabaseUrls:
        """A database without tables, for tests of the migrations themselves."""
        name = f"{package}_{next(self._numbers)}"
        owner_url, runtime_url = self._server.ensure_database(
            name, _owner(package), _runtime(package)
        )
        return DatabaseUrls(owner_url, runtime_url)

    def drop(self, urls: DatabaseUrls) -> None:
        """Drop a database, whoever is connected to it."""
        name = urls.runtime_url.rpartition("@/")[2].partition("?")[0]
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


def _owner(package: str) -> str:
    return f"{package}_owner"


def _runtime(package: str) -> str:
    return f"{package}_runtime"
