"""Lets a restored portal come to rest: what was under way arrives, and no mail leaves.

``python -m portal_runner.backup.settling FOLDER``: the four services in one process,
over a broker of their own that is empty, until nothing waits in outboxes and inboxes. It is
patched before anything else is imported.
"""

import portal_chassis.process.patching  # isort: skip # noqa: F401 - before anything else

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import eventlet

from portal_chassis.broker import topology
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.logging import configure_logging
from portal_chassis.process.housekeeping import count_backlog
from portal_chassis.rpc.client import RpcClient
from portal_chassis.variables import SettingsError
from portal_runner.backup.patience import Patience, Standing
from portal_runner.databases import prepare_databases
from portal_runner.modes import MEMORY_BROKER, load_portal_settings
from portal_runner.service_group import ServiceGroup

REST_SECONDS = 120.0
"""After so long in which nothing got less that waits, it is not waited for any more."""

LOOK_EVERY_SECONDS = 0.2
AT_REST_LOOKS = 3
"""So often in a row nothing waits: an event that arrives may lead to another."""

OK, NOT_AT_REST = 0, 1


def settle(folder: Path) -> int:
    """Run the services until they are at rest; 1 where they do not come to it."""
    settings = load_portal_settings({})
    configure_logging("restore", "WARNING", "json")
    with EmbeddedPostgres(folder / "postgres") as server:
        databases = prepare_databases(server)
        topology.declare(MEMORY_BROKER)
        services = {
            name: replace(
                its,
                database_url=databases[name].runtime_url,
                owner_database_url=databases[name].owner_url,
            )
            for name, its in settings.services.items()
        }
        rpc = RpcClient(MEMORY_BROKER, "portal")
        died: list[str] = []
        group = ServiceGroup(services, rpc)
        group.start(on_death=died.append)
        try:
            looked = [
                Database(one.runtime_url, pool_size=1, application_name="restore")
                for one in databases.values()
            ]
            return OK if _come_to_rest(looked, died) else NOT_AT_REST
        finally:
            group.stop()
            rpc.close()


def _come_to_rest(databases: list[Database], died: list[str]) -> bool:
    patience, stands = Patience(REST_SECONDS, AT_REST_LOOKS), Standing.WAITING
    while stands is Standing.WAITING and not died:
        eventlet.sleep(LOOK_EVERY_SECONDS)
        stands = patience.look(sum(_waiting(one) for one in databases), time.monotonic())
    return stands is Standing.AT_REST


def _waiting(database: Database) -> int:
    """How many events wait in its outbox and inbox."""
    from portal_chassis.clock import Clock

    with database.transaction() as tx:
        backlog = count_backlog(tx, Clock().now())
    return backlog.unsent + backlog.waiting


if __name__ == "__main__":
    try:
        code = settle(Path(sys.argv[1]))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        code = 2
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
