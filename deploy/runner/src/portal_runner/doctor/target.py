"""What `portal doctor` looks at: the environment's portal, or the one of a data folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from portal_chassis.broker.connection import is_memory
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_contracts.catalogue import PROCESSES, SERVICES
from portal_runner.data_folder import DataFolder
from portal_runner.running import read_running

FOLDERS = (Path("var/stack"), Path("var"))

ACCOUNT_VARIABLES = {process: f"{process.upper()}_AMQP_URI" for process in PROCESSES}
"""Where the environment has each process's address of the broker, which tells its password."""


class NothingToCheckError(RuntimeError):
    """There is no portal to look at; the text says how to start one."""


@dataclass
class Target:
    """One portal, running or not.

    Attributes:
        title: where it is, for people.
        database_urls: service name to the runtime role's address; a service
            that is absent is looked up in its settings.
        amqp_uri: its broker, for the owner; None where it is inside the portal's process,
            or down.
        broker_accounts: process name to the broker's address for its user, as far as known.
        url: where the portal answers; empty when it is not running.
        health_ports: process name to its health port, as far as known.
        folder: its data, if they are on this machine.
    """

    title: str
    database_urls: dict[str, str] = field(default_factory=dict)
    amqp_uri: str | None = None
    broker_accounts: dict[str, str] = field(default_factory=dict)
    url: str = ""
    health_ports: dict[str, int] = field(default_factory=dict)
    folder: DataFolder | None = None

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Of the gateway."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


@contextmanager
def find_target(var: Path | None) -> Iterator[Target]:
    """The portal to check. An embedded PostgreSQL that is down is started for the while.

    Args:
        var: a data folder; None takes the environment's portal if it names a
            broker, else the first data folder there is.

    Raises:
        NothingToCheckError: there is none.
    """
    if var is None and "PORTAL_AMQP_URI" in os.environ:
        yield _from_environment()
        return
    folder = _folder(var)
    with EmbeddedPostgres(folder.postgres) as server:
        yield _from_folder(folder, server)


def _from_environment() -> Target:
    uri = os.environ["PORTAL_AMQP_URI"]
    accounts = {
        process: os.environ[variable]
        for process, variable in ACCOUNT_VARIABLES.items()
        if os.environ.get(variable)
    }
    amqp_uri = None if is_memory(uri) else uri
    return Target("the environment", amqp_uri=amqp_uri, broker_accounts=accounts)


def _folder(var: Path | None) -> DataFolder:
    candidates = [var] if var is not None else sorted(FOLDERS, key=_is_down)
    for candidate in candidates:
        if (candidate / "postgres" / "data").exists():
            return DataFolder(candidate.resolve())
    where = f"in {var}" if var is not None else "here"
    message = (
        f"There is no portal {where}. Start one with `portal try`, or set PORTAL_AMQP_URI "
        "and the services' database addresses."
    )
    raise NothingToCheckError(message)


def _is_down(folder: Path) -> bool:
    return read_running(folder) is None


def _from_folder(folder: DataFolder, server: EmbeddedPostgres) -> Target:
    running = read_running(folder.path) or {}
    amqp_uri = running.get("amqp_uri")
    return Target(
        title=str(folder.path),
        database_urls={name: server.url(name, f"{name}_runtime") for name in SERVICES},
        amqp_uri=amqp_uri,
        broker_accounts={one: uri_as(one, amqp_uri) for one in PROCESSES} if amqp_uri else {},
        url=running.get("url", ""),
        health_ports=running.get("health_ports", {}),
        folder=folder,
    )
