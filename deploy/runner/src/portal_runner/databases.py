"""The services' databases on the embedded PostgreSQL: made, and brought up to date."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from portal_chassis import migrations
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_contracts.catalogue import SERVICES


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
        migrations.upgrade(
            owner_url,
            package.__name__,
            runtime_role=runtime_role,
            append_only=getattr(package, "APPEND_ONLY", ()),
        )
        found[service] = ServiceDatabase(service, owner_url, runtime_url)
    return found
