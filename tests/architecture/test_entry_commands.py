"""What the containers start, started as it is written: jobs, services, gateway, health checks.

Only addresses differ: containers find their servers by name and may all listen
on one port, processes of one machine may not.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from portal_chassis.embedded.ports import free_port
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_binaries import find_binaries
from portal_chassis.embedded.rabbitmq import RabbitNode
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_contracts.catalogue import PROCESSES as PROCESSES_AT_THE_BROKER
from portal_contracts.catalogue import SERVICES
from tests.kit.mail_server import RecordingMailServer
from tests.kit.portal.images import image
from tests.kit.portal.manifests import built, of_kind, pod
from tests.kit.waiting import eventually

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]

VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
JOBS = ["topology", *(f"{name.replace('_', '-')}-migration" for name in SERVICES)]
PROCESSES = [*(name.replace("_", "-") for name in SERVICES), "gateway"]
READY_SECONDS = 60.0


@dataclass
class Machine:
    """Runs containers' commands with the addresses of this machine.

    Attributes:
        compose: `docker-compose.yml`.
        given: what `.env` holds.
        addresses: text of an address in there, and what stands for it here.
        folder: where a command runs; empty before and after.
        metrics: stands for the gateway's mount.
    """

    compose: dict[str, Any]
    given: dict[str, str]
    addresses: dict[str, str]
    folder: Path
    metrics: Path

    def command(self, name: str) -> list[str]:
        described = self.compose["services"][name]
        return described.get("command") or self.image(name).command

    def image(self, name: str):
        return image(
            self.compose["services"][name]["image"].removeprefix("latchkey/").partition(":")[0]
        )

    def port(self, name: str) -> str:
        return self.image(name).one("EXPOSE").rest

    def environment(self, name: str, port: str) -> dict[str, str]:
        written = self.image(name).environment | self.compose["services"][name]["environment"]
        filled = {key: self.here(VARIABLE.sub(self._fill, str(v))) for key, v in written.items()}
        for key in filled:
            if key.endswith("_HEALTH_PORT"):
                filled[key] = port
        if "PROMETHEUS_MULTIPROC_DIR" in filled:
            filled["PROMETHEUS_MULTIPROC_DIR"] = str(self.metrics)
        programs = str(Path(sys.executable).parent)
        return filled | {"PATH": f"{programs}:{os.defpath}", "PYTHONDONTWRITEBYTECODE": "1"}

    def here(self, text: str) -> str:
        for there, instead in self.addresses.items():
            text = re.sub(there, instead, text)
        return text

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(name),
            env=self.environment(name, ""),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def _fill(self, match: re.Match[str]) -> str:
        name, _, text = match.groups()
        return self.given.get(name) or text or ""


@dataclass
class Process:
    """One that runs.

    Attributes:
        name: of its container.
        port: where it answers here.
        process: itself.
        health: the health check of its image.
    """

    name: str
    port: str
    process: subprocess.Popen[str]
    health: list[str]
    environment: dict[str, str]

    def is_healthy(self) -> bool:
        assert self.process.poll() is None, f"{self.name} has ended"
        done = subprocess.run(self.health, env=self.environment, capture_output=True, check=False)
        return done.returncode == 0

    def answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as reply:
                return reply.status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def machine(root: Path, rabbitmq: RabbitNode) -> Iterator[Machine]:
    compose = yaml.safe_load((root / "docker-compose.yml").read_text("utf-8"))
    program = str(root / "deploy/docker/new-environment")
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    given = dict(line.split("=", 1) for line in printed.splitlines() if re.match(r"\w+=", line))
    # The test kit's own users have the names of the containers', and must keep their passwords.
    given |= passwords_of(rabbitmq)
    with (
        tempfile.TemporaryDirectory(prefix="latchkey-", ignore_cleanup_errors=True) as place,
        EmbeddedPostgres(Path(place) / "postgres", durable=False) as server,
        recording_mail_server() as mail_server,
    ):
        host, _, port = mail_server.address.rpartition(":")
        given |= {"NOTIFICATIONS_SMTP_HOST": host, "NOTIFICATIONS_SMTP_PORT": port}
        make_databases(root, server, given)
        make_broker_accounts(root, rabbitmq, Path(place) / "definitions", given)
        addresses = {
            r"@postgres:5432/(\w+)": rf"@/\1?host={server.socket_folder}",
            "@rabbitmq:5672/": f"@127.0.0.1:{rabbitmq.port}/",
        }
        folder, metrics = Path(place) / "work", Path(place) / "metrics"
        folder.mkdir()
        metrics.mkdir()
        yield Machine(compose, given, addresses, folder, metrics)


@contextmanager
def recording_mail_server() -> Iterator[RecordingMailServer]:
    server = RecordingMailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def make_databases(root: Path, server: EmbeddedPostgres, given: dict[str, str]) -> None:
    programs = find_binaries(None).program("psql").rpartition("/")[0]
    environment = given | {
        "PATH": f"{programs}:{os.defpath}",
        "PGHOST": str(server.socket_folder),
        "POSTGRES_USER": "postgres",
    }
    subprocess.run([root / "deploy/postgres/10-databases.sh"], env=environment, check=True)


def passwords_of(node: RabbitNode) -> dict[str, str]:
    others = {
        f"{process.upper()}_BROKER_PASSWORD": urlsplit(uri_as(process, node.uri)).password
        for process in PROCESSES_AT_THE_BROKER
    }
    return {"RABBITMQ_PASSWORD": node.password, **others}


def make_broker_accounts(root: Path, node: RabbitNode, folder: Path, given: dict[str, str]) -> None:
    environment = given | {
        "PATH": os.defpath,
        "LATCHKEY_BROKER_USER": "latchkey",
        "LATCHKEY_BROKER_PASSWORD": given["RABBITMQ_PASSWORD"],
        "LATCHKEY_DEFINITIONS": str(folder),
    }
    subprocess.run([root / "deploy/rabbitmq/start", "true"], env=environment, check=True)
    node.control("eval", f'rabbit_definitions_import_local_filesystem:load(true, "{folder}").')


@pytest.fixture(scope="module")
def jobs(machine: Machine) -> dict[str, subprocess.CompletedProcess[str]]:
    return {name: machine.run(name) for name in JOBS}


@contextmanager
def running(machine: Machine, name: str) -> Iterator[Process]:
    there, port = machine.port(name), str(free_port())
    environment = machine.environment(name, port)
    command, health = (
        [re.sub(rf":{there}\b", f":{port}", word) for word in words]
        for words in (machine.command(name), machine.image(name).health)
    )
    with (machine.folder.parent / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=machine.folder, stdout=log, stderr=log, text=True
        )
    try:
        yield Process(name, port, process, health, environment)
    finally:
        process.kill()
        process.wait()


def test_everything_starts_is_healthy_and_stops_when_it_is_told(machine, jobs, root):
    assert {
        name: (one.returncode, one.stderr) for name, one in jobs.items() if one.returncode
    } == {}
    deployments = of_kind(built(root / "deploy/kubernetes/base"), "Deployment")
    with ExitStack() as stack:
        processes = [stack.enter_context(running(machine, name)) for name in PROCESSES]
        for one in processes:
            eventually(one.is_healthy, within=READY_SECONDS, every=0.5)
            (container,) = pod(deployments[one.name])["containers"]
            for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
                path = container[kind]["httpGet"]["path"]
                eventually(lambda one=one, path=path: one.answers(path), within=READY_SECONDS)
        # It asks processes by the names of their containers, which nobody here has;
        # how it does is tested with the doctor.
        machine.compose["services"]["doctor"]["environment"]["PORTAL_DOCTOR_ASKS"] = ""
        doctor = machine.run("doctor")
        assert doctor.returncode == 0, doctor.stdout + doctor.stderr
        for one in processes:
            one.process.send_signal(signal.SIGTERM)
        ended = {one.name: one.process.wait(timeout=30) for one in processes}
    assert ended == dict.fromkeys(PROCESSES, 0)
    assert list(machine.folder.iterdir()) == []


def test_jobs_can_be_repeated(machine, jobs):
    again = machine.run(JOBS[-1])
    assert again.returncode == jobs[JOBS[-1]].returncode == 0, again.stderr
