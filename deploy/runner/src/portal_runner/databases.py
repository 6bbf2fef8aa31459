"""The services' databases on the embedded PostgreSQL: made, and brought up to date."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnClause, TableClause, column, text, update

from portal_chassis.database import revisions
from portal_chassis.database.master_key import (
    Standing,
    WrongMasterKey,
    require_master_key,
    standing,
    wrong_master_key,
)
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_contracts.catalogue import SERVICES

_LEASED_TABLES = text(
    "SELECT table_name FROM information_schema.columns "
    "WHERE table_schema = 'public' AND column_name = 'claimed_until' ORDER BY table_name"
)


@dataclass(frozen=True)
class ServiceDatabase:
    """The addresses of one service's database."""

    service: str
    owner_url: str
    runtime_url: str


def prepare_databases(server: EmbeddedPostgres) -> dict[str, ServiceDatabase]:
    """Make each service's database and roles where absent, and migrate it to the newest schema."""
    found = {}
    for service in SERVICES:
        runtime_role = f"{service}_runtime"
        owner_url, runtime_url = server.ensure_database(service, f"{service}_owner", runtime_role)
        package = importlib.import_module(f"{service}.migrations")
        if revisions.current(owner_url) != revisions.head(package.__name__):
            # Only here: what has nothing to migrate does without alembic's 7 MB.
            from portal_chassis.database import migrations

            migrations.upgrade(
                owner_url,
                package.__name__,
                runtime_role=runtime_role,
                append_only=getattr(package, "APPEND_ONLY", ()),
            )
        found[service] = ServiceDatabase(service, owner_url, runtime_url)
    return found


def require_master_keys(databases: Iterable[ServiceDatabase], sealer: Sealer) -> None:
    """Refuse a master key that is not the right one of every database, before it is noted in any.

    Raises:
        WrongMasterKey: nothing was written.
    """
    with ExitStack() as stack:
        opened = {}
        for one in databases:
            opened[one.service] = Database(one.runtime_url, pool_size=1, application_name="start")
            stack.callback(opened[one.service].dispose)
        for service, database in opened.items():
            with database.transaction() as tx:
                if standing(tx, sealer) is Standing.WRONG:
                    raise WrongMasterKey(wrong_master_key(service))
        for service, database in opened.items():
            require_master_key(database, sealer, service)


def free_leases(databases: Iterable[ServiceDatabase]) -> None:
    """Give free what a killed portal had claimed, so that it is taken up at once.

    Only where nobody else can be at work on these databases: the portal in
    one process holds its data folder alone. Elsewhere leases end by themselves.
    """
    for one in databases:
        database = Database(one.runtime_url, pool_size=1, application_name="start")
        try:
            with database.transaction() as tx:
                for table in tx.execute(_LEASED_TABLES).scalars().all():
                    holder: ColumnClause[str | None] = column("claimed_by")
                    until: ColumnClause[datetime | None] = column("claimed_until")
                    tx.execute(
                        update(TableClause(table, holder, until))
                        .where(holder.is_not(None))
                        .values(claimed_by=None, claimed_until=None)
                    )
        finally:
            database.dispose()
