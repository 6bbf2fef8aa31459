"""Services under test run as processes of their own.

A service patches its process with eventlet; pytest must stay unpatched. So a
test starts the very process that is released, ``python -m
portal_chassis.launch <package>``, and talks to it over the broker.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import LOOPBACK, free_port
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from tests.kit.databases import MigratedDatabase

START_SECONDS = 30.0
STOP_SECONDS = 15.0

MASTER_KEY = "bGF0Y2hrZXktdGVzdHMtbWFzdGVyLWtleS0zMi1ieXQ="
"""A made-up master key, base64 of 32 bytes."""


@dataclass
class RunningService:
    """One service process.

    Attributes:
        name: the package, which is also its nameko name.
        process: the child process.
        health_port: answers ``/live``, ``/ready`` and ``/metrics``.
        log: where its log lines go.
    """

    name: str
    process: subprocess.Popen[bytes]
    health_port: int
    log: Path

    def is_ready(self) -> bool:
        """Whether ``/ready`` answers 200."""
        return self._get("/ready")[0] == HTTPStatus.OK

    def readiness(self) -> dict[str, Any] | None:
        """What ``/ready`` says, or None when nobody answers."""
        status, body = self._get("/ready")
        return json.loads(body) if status else None

    def metrics(self) -> str:
        """The text of ``/metrics``."""
        return self._get("/metrics")[1].decode()

    def wait_until_ready(self, within: float = START_SECONDS) -> None:
        """Wait for readiness.

        Raises:
            AssertionError: it ended or did not become ready; the text ends with its log.
        """
        wait_until(lambda: self.process.poll() is not None or self.is_ready(), within=within)
        if self.process.poll() is not None or not self.is_ready():
            message = f"{self.name} is not ready: {self.readiness()}\n{self.log_text()[-4000:]}"
            raise AssertionError(message)

    def stop(self) -> int:
        """SIGTERM, as a deployment does; the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            message = f"{self.name} did not stop on SIGTERM\n{self.log_text()[-4000:]}"
            raise AssertionError(message) from None

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is acknowledged."""
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        """Stop it from doing anything (SIGSTOP), its connections stay open."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        self.process.send_signal(signal.SIGCONT)

    def log_text(self) -> str:
        """All it has logged."""
        return self.log.read_text(errors="replace")

    def log_lines(self) -> list[dict[str, Any]]:
        """Its log lines, decoded; lines that are no JSON are left out."""
        lines: list[dict[str, Any]] = []
        for line in self.log_text().splitlines():
            try:
                decoded = json.loads(line)
            except ValueError:
                continue
            if isinstance(decoded, dict):
                lines.append(decoded)
        return lines

    def _get(self, path: str) -> tuple[int, bytes]:
        """Status and body; status 0 when nobody answers."""
        connection = http.client.HTTPConnection(LOOPBACK, self.health_port, timeout=3)
        try:
            connection.request("GET", path)
            reply = connection.getresponse()
            return reply.status, reply.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()


def service_environment(
    package: str,
    database: MigratedDatabase,
    amqp_uri: str,
    settings: Mapping[str, object],
    *,
    health_port: int,
) -> dict[str, str]:
    """The environment of a service process.

    `settings` are names of fields of its `Settings`; shared ones
    (``PORTAL_…``) are given by their full name in capitals. `amqp_uri` is the
    broker's for its owner; the service is a user of its own there.
    """
    prefix = package.upper()
    own = {
        (name if name.isupper() else f"{prefix}_{name.upper()}"): str(value)
        for name, value in settings.items()
    }
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PORTAL_", f"{prefix}_", "PG", "PYTEST_"))
    }
    return (
        inherited
        | {
            "PORTAL_AMQP_URI": uri_as(package, amqp_uri),
            "PORTAL_MASTER_KEY": MASTER_KEY,
            "PYTHONUNBUFFERED": "1",
            f"{prefix}_DATABASE_URL": database.runtime_url,
            f"{prefix}_OWNER_DATABASE_URL": database.owner_url,
            f"{prefix}_HEALTH_PORT": str(health_port),
        }
        | own
    )


def start_service(
    package: str,
    database: MigratedDatabase,
    amqp_uri: str,
    folder: Path,
    **settings: object,
) -> RunningService:
    """Start a service process; see `running_service`. Does not wait for readiness."""
    port = free_port()
    log = folder / f"{package}-{port}.log"
    output: IO[bytes]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal_chassis.launch", package],
            env=service_environment(package, database, amqp_uri, settings, health_port=port),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return RunningService(package, process, port, log)


@contextmanager
def running_service(
    package: str,
    database: MigratedDatabase,
    amqp_uri: str,
    folder: Path,
    **settings: object,
) -> Iterator[RunningService]:
    """A service that is ready, stopped at the end of the block.

    Args:
        package: ``identity_links``.
        database: its migrated database.
        amqp_uri: the broker, with the topology declared.
        folder: for its log; pytest's ``tmp_path``.
        **settings: fields of its `Settings` (``max_workers=2``), or shared
            variables by their full name (``PORTAL_PUBLIC_URL="…"``).
    """
    service = start_service(package, database, amqp_uri, folder, **settings)
    try:
        service.wait_until_ready()
        yield service
    finally:
        if service.process.poll() is None:
            service.resume()
            service.stop()
