"""What `portal doctor` looks at: the environment's portal, or the one of a data folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from portal_chassis.broker.connection import is_memory
from portal_chassis.embedded.command_lines import admin_command, portal_command
from portal_chassis.embedded.ports import LOOPBACK
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.embedded.running_portal import as_portal_of, find_folder, read_running
from portal_chassis.settings import names_a_broker
from portal_contracts.calls import GATEWAY
from portal_contracts.catalogue import PROCESSES, SERVICES
from portal_runner.data_folder import DataFolder

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - nothing listens here

ACCOUNT_VARIABLES = {process: f"{process.upper()}_AMQP_URI" for process in PROCESSES}
"""Where the environment has each process's address of the broker, which tells its password."""


ASKS_VARIABLE = "PORTAL_DOCTOR_ASKS"
"""Names the addresses of processes, each by its host: ``http://forms:8080 http://gateway:8000``."""


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
        url: the address that people open; empty when it is not running.
        listens_at: where the gateway answers on this machine, behind whatever is in front.
        health: process name to host and port of its health page, as far as known.
        folder: its data, if they are on this machine.
        unseen_secrets: variables that the portal was given and this command was not.
    """

    title: str
    database_urls: dict[str, str] = field(default_factory=dict)
    amqp_uri: str | None = None
    broker_accounts: dict[str, str] = field(default_factory=dict)
    url: str = ""
    listens_at: str = ""
    health: dict[str, tuple[str, int]] = field(default_factory=dict)
    folder: DataFolder | None = None
    unseen_secrets: frozenset[str] = frozenset()

    def command(self, *words: str) -> str:
        """A ``portal`` command about this portal, as it is called here."""
        return portal_command(*words, folder=self._path)

    def admin(self, service: str, *words: str) -> str:
        """A command of a service's admin script, likewise."""
        return admin_command(service, *words, folder=self._path)

    @property
    def _path(self) -> Path | None:
        return None if self.folder is None else self.folder.path

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Of the gateway, on this machine."""
        parts = urlsplit(self.listens_at or self.url)
        host = LOOPBACK if parts.hostname in EVERYWHERE else parts.hostname
        return host or "", parts.port or (443 if parts.scheme == "https" else 80)


@contextmanager
def find_target(var: Path | None) -> Iterator[Target]:
    """The portal to check. An embedded PostgreSQL that is down is started for the while.

    For the while this process has the settings of a data folder's portal (`as_portal_of`).

    Args:
        var: a data folder; None takes the environment's portal if it names a
            broker, else the first data folder there is (`find_folder`).

    Raises:
        NothingToCheckError: there is none.
    """
    if var is None and "PORTAL_AMQP_URI" in os.environ:
        yield _from_environment()
        return
    folder = _folder(var)
    with as_portal_of(folder.path) as found, EmbeddedPostgres(folder.postgres) as server:
        target = _from_folder(folder, server)
        target.unseen_secrets = frozenset(
            name for name in found.secrets if not os.environ.get(name)
        )
        yield target


def _from_environment() -> Target:
    uri = os.environ["PORTAL_AMQP_URI"]
    accounts = {
        process: os.environ[variable]
        for process, variable in ACCOUNT_VARIABLES.items()
        if names_a_broker(os.environ.get(variable, ""))
    }
    asked = {parts.hostname or "": parts for parts in _asked()}
    gateway = asked.pop(GATEWAY, None)
    return Target(
        "the environment",
        # One that is none is told of with the settings.
        amqp_uri=None if is_memory(uri) or not names_a_broker(uri) else uri,
        broker_accounts=accounts,
        url=os.environ.get("PORTAL_PUBLIC_URL", "") if gateway else "",
        listens_at=gateway.geturl() if gateway else "",
        health={name: (name, parts.port or 80) for name, parts in asked.items()},
    )


def _asked() -> list[SplitResult]:
    """The addresses of processes that the environment names."""
    return [urlsplit(one) for one in os.environ.get(ASKS_VARIABLE, "").split()]


def _folder(var: Path | None) -> DataFolder:
    found = find_folder(var)
    if found is not None:
        return DataFolder(found)
    where = f"in {var}" if var is not None else "here"
    message = (
        f"There is no portal {where}. Give its data folder with --var, or set PORTAL_AMQP_URI "
        f"and the services' database addresses; `{portal_command('try')}` starts one."
    )
    raise NothingToCheckError(message)


def _from_folder(folder: DataFolder, server: EmbeddedPostgres) -> Target:
    running = read_running(folder.path) or {}
    amqp_uri = running.get("amqp_uri")
    return Target(
        title=str(folder.path),
        database_urls={name: server.url(name, f"{name}_runtime") for name in SERVICES},
        amqp_uri=amqp_uri,
        broker_accounts={one: uri_as(one, amqp_uri) for one in PROCESSES} if amqp_uri else {},
        url=running.get("url", ""),
        listens_at=running.get("listens_at", ""),
        health={one: (LOOPBACK, port) for one, port in running.get("health_ports", {}).items()},
        folder=folder,
    )
