"""The distributed portal on one machine, without Docker: ``portal stack``.

A private RabbitMQ node and PostgreSQL under the data folder, one process per
service (or several), gunicorn for the gateway, and a supervisor that starts
again whatever dies.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from portal_chassis.broker import topology
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import LOOPBACK, free_port
from portal_chassis.embedded.postgres import EmbeddedPostgres, PostgresError
from portal_chassis.embedded.rabbitmq import RabbitMQError, RabbitNode
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.embedded.rabbitmq_programs import find_server
from portal_chassis.embedded.running_portal import write_private
from portal_contracts.broker_accounts import USERS
from portal_contracts.calls import GATEWAY
from portal_contracts.catalogue import SERVICES
from portal_runner.backup_process import backup_process
from portal_runner.data_folder import DataFolder
from portal_runner.databases import ServiceDatabase, prepare_databases, require_master_keys
from portal_runner.health import is_ready
from portal_runner.modes import PortalSettings
from portal_runner.processes import INHERITED, Child, stop_all

log = structlog.get_logger(__name__)

READY_SECONDS = 90.0
GATEWAY_WORKERS = 2
GATEWAY_THREADS = 16
"""Of a worker; they wait for services most of the time. Fewer spare nothing (bench/PROFILE.md)."""
LAUNCHER = "portal_chassis.launch"
"""The module that each service's process runs, with the service's name."""


@dataclass(frozen=True)
class StackOptions:
    """How the stack was asked to run.

    Attributes:
        folder: where its data lie.
        host: where the gateway listens.
        port: its port.
        replicas: processes per service.
        inherited: descriptors that every process holds open while it lives.
    """

    folder: DataFolder
    host: str
    port: int
    replicas: int
    inherited: tuple[int, ...] = ()


class Stack:
    """Starts, supervises and stops every process.

    Settings come from the environment, checked before (`portal_runner.modes`).
    """

    def __init__(self, options: StackOptions, settings: PortalSettings) -> None:
        self.options = options
        self.sealer = settings.sealer
        self._settings = settings
        self.url = os.environ["PORTAL_PUBLIC_URL"]
        self._postgres = EmbeddedPostgres(
            options.folder.postgres, max_connections=settings.most_connections(options.replicas)
        )
        self._rabbitmq = RabbitNode(options.folder.rabbitmq)
        self._databases: dict[str, ServiceDatabase] = {}
        self._services: list[Child] = []
        self._gateway: list[Child] = []
        self._backup: list[Child] = []
        self._health_ports: dict[str, int] = {}

    @property
    def amqp_uri(self) -> str:
        """The private node's address, for its owner."""
        return self._rabbitmq.uri

    @property
    def databases(self) -> dict[str, ServiceDatabase]:
        """The services' databases."""
        return self._databases

    def start(self) -> None:
        """Start everything, and wait until every process is ready.

        Raises:
            MissingRabbitMQError, RabbitMQError, MissingPostgresError, PostgresError:
                a server cannot run here.
            WrongMasterKey: the data were sealed with another key.
            TimeoutError: a process does not become ready; the text names it and its log.
        """
        find_server()
        self._postgres.start()
        self._databases = prepare_databases(self._postgres)
        require_master_keys(self._databases.values(), self.sealer)
        self._start_rabbitmq()
        for service in SERVICES:
            for number in range(1, self.options.replicas + 1):
                self._services.append(self._service(service, number))
        self._gateway.append(self._gateway_child())
        backup = backup_process(
            self._settings.backups, self.options.folder, self._postgres, self.options.inherited
        )
        self._backup += [backup] if backup is not None else []
        for child in self._children:
            child.start()
        self.write_processes()
        self._wait_until_ready()

    def keep_alive(self) -> None:
        """Look after every process once: start again what has died."""
        revived = [child.name for child in self._children if child.revive()]
        servers: dict[str, Callable[[], None]] = {}
        if not self._rabbitmq.pid:
            servers["rabbitmq"] = self._start_rabbitmq
        if not self._postgres.postmaster_pid:
            servers["postgres"] = self._postgres.start
        for name, start in servers.items():
            log.warning("process_died", process=name)
            try:
                start()
            except (RabbitMQError, PostgresError) as error:
                # The next look tries again; what is committed waits.
                log.error("process_does_not_start", process=name, error=type(error).__name__)
            else:
                revived.append(name)
        if revived:
            self.write_processes()

    def stop(self) -> None:
        """Stop everything, in reverse order."""
        stop_all(self._gateway)
        stop_all(self._services)
        # Last, so that all that the services did is in the copy of the log.
        stop_all(self._backup)
        self._rabbitmq.stop()
        self._postgres.stop()
        (self.options.folder.path / "processes.json").unlink(missing_ok=True)

    def write_processes(self) -> None:
        """Write ``processes.json`` (name → pid): what a fault test needs to know."""
        pids = {child.name: child.pid for child in self._children}
        pids |= {"rabbitmq": self._rabbitmq.pid, "postgres": self._postgres.postmaster_pid}
        write_private(self.options.folder.path / "processes.json", json.dumps(pids, indent=2))

    def facts(self) -> dict[str, Any]:
        """Addresses of all parts, for `portal doctor` and for tests."""
        return {
            "url": self.url,
            "listens_at": f"http://{self.options.host}:{self.options.port}",
            "amqp_uri": self.amqp_uri,
            "databases": {
                name: {"owner_url": one.owner_url, "runtime_url": one.runtime_url}
                for name, one in self._databases.items()
            },
            "health_ports": self._health_ports,
        }

    @property
    def _children(self) -> list[Child]:
        return [*self._services, *self._gateway, *self._backup]

    def _start_rabbitmq(self) -> None:
        self._rabbitmq.start()
        topology.declare(self.amqp_uri)

    def _service(self, service: str, number: int) -> Child:
        name = f"{service.replace('_', '-')}-{number}"
        port = self._health_ports[name] = free_port()
        prefix = service.upper()
        database = self._databases[service]
        environment = self._environment(service) | {
            f"{prefix}_DATABASE_URL": database.runtime_url,
            f"{prefix}_OWNER_DATABASE_URL": database.owner_url,
            f"{prefix}_HEALTH_PORT": str(port),
        }
        command = [sys.executable, "-m", LAUNCHER, service]
        return self._child(name, command, environment)

    def _gateway_child(self) -> Child:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config=python:gateway.serving",
            "gateway.wsgi:application",
            f"--workers={GATEWAY_WORKERS}",
            f"--threads={GATEWAY_THREADS}",
            f"--bind={self.options.host}:{self.options.port}",
            "--graceful-timeout=10",
            "--log-level=warning",
        ]
        # Its workers are processes, which count into files of a folder.
        metrics = self.options.folder.metrics
        metrics.mkdir(mode=0o700, exist_ok=True)
        environment = self._environment(GATEWAY) | {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        return self._child("gateway", command, environment)

    def _child(self, name: str, command: list[str], environment: dict[str, str]) -> Child:
        log_file = self.options.folder.logs / f"{name}.log"
        return Child(name, command, environment, log_file, inherited=self.options.inherited)

    def _environment(self, process: str) -> dict[str, str]:
        """What a process is given: settings by their prefixes, and what programs need."""
        ours = tuple(f"{name.upper()}_" for name in ("portal", "gateway", *SERVICES))
        passed = {
            key: value
            for key, value in os.environ.items()
            if key in INHERITED or key.startswith(ours)
        }
        return passed | {
            "PORTAL_AMQP_URI": uri_as(process, self.amqp_uri),
            "PORTAL_BROKER_USERS": USERS,
        }

    def _wait_until_ready(self) -> None:
        waiting = {
            **{name: (LOOPBACK, port, "/ready") for name, port in self._health_ports.items()},
            "gateway": (self.options.host, self.options.port, "/health/ready"),
        }

        def all_ready() -> bool:
            for name in [name for name, where in waiting.items() if is_ready(*where)]:
                del waiting[name]
            self.keep_alive()
            return not waiting

        if not wait_until(all_ready, within=READY_SECONDS, every=0.2):
            names = ", ".join(sorted(waiting))
            logs = self.options.folder.logs
            message = f"Not ready after {READY_SECONDS:.0f} seconds: {names}. Look into {logs}."
            raise TimeoutError(message)
