"""pretix, running: tickets are sold by it, but its pages are the closest well-known ones.

Its tables are made by some hundred migrations, which take minutes: a dump of them is kept
beside its environment, and each run begins with that. No Redis is here to keep its caches
for it; it keeps them in each of its processes.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.request import urlopen

from bench.accounting import process_tree
from bench.context import MeasurementContext
from bench.peers.environment import NoEnvironmentError, environment_for
from bench.sides import Side
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import free_port
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_binaries import find_binaries
from portal_chassis.embedded.postgres_cluster import PORT, SUPERUSER
from portal_runner.processes import Child
from portal_runner.stack import GATEWAY_THREADS, GATEWAY_WORKERS

HERE = Path(__file__).parent / "pretix"
LOCK = HERE / "requirements.lock"
DATABASE, OWNER = "pretix", "pretix_owner"
START_SECONDS, MIGRATE_SECONDS = 90, 580


@dataclass(frozen=True)
class Pretix:
    """pretix, ready.

    Attributes:
        port: where it answers.
        pages: paths of its order's page, ``home``, and of its dates, ``month``.
        server: its PostgreSQL.
        web: gunicorn.
    """

    port: int
    pages: dict[str, str]
    server: EmbeddedPostgres
    web: Child

    def side(self, page: str) -> Side:
        """One of its pages, asked for by whoever knows the order's secret."""

        def processes() -> dict[str, list[int]]:
            return {
                "web": process_tree(self.web.pid or 0),
                "postgres": process_tree(self.server.postmaster_pid or 0),
            }

        return Side(self.port, self.pages[page], "", processes)


def start(context: MeasurementContext, month: date) -> Pretix:
    """Start it with an order and two hundred dates in `month`; it ends with the context.

    Raises:
        NoEnvironmentError: it cannot be installed here, or its tables not be made.
        TimeoutError: it does not answer; its log says why.
    """
    python = environment_for("pretix", LOCK)
    folder = context.folder / "pretix"
    folder.mkdir()
    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    context.at_the_end(server.stop)
    server.ensure_database(DATABASE, OWNER, OWNER)
    port = free_port()
    variables = _variables(folder, server, port)
    _make_tables(python, server, variables)
    made = _run([str(python), str(HERE / "seed.py"), f"{month:%Y-%m}"], variables, START_SECONDS)
    web = context.start_program(
        "pretix-web",
        [
            *(str(python), "-m", "gunicorn", "pretix.wsgi", "--worker-class=gthread"),
            *(f"--workers={GATEWAY_WORKERS}", f"--threads={GATEWAY_THREADS}"),
            *(f"--bind=127.0.0.1:{port}", "--no-control-socket", "--log-level=warning"),
            "--graceful-timeout=5",
        ],
        variables,
    )
    if not wait_until(lambda: _listens(port), within=START_SECONDS):
        raise TimeoutError("pretix does not listen")
    pages: dict[str, str] = json.loads(made.splitlines()[-1])
    for path in pages.values():
        # A process's first page takes many seconds: the load that is measured is not to wait.
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=START_SECONDS) as answer:
            answer.read()
    return Pretix(port, pages, server, web)


def _listens(port: int) -> bool:
    """Whether anybody is there: its first page takes longer than one may wait for a sign."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def _variables(folder: Path, server: EmbeddedPostgres, port: int) -> dict[str, str]:
    (folder / "data").mkdir()
    path = folder / "pretix.cfg"
    path.write_text(
        f"[pretix]\ninstance_name=Bench\nurl=http://127.0.0.1:{port}\ndatadir={folder}/data\n"
        f"[database]\nbackend=postgresql\nname={DATABASE}\nuser={OWNER}\n"
        f"host={server.socket_folder}\nport={PORT}\n"
        f"[django]\nsecret={secrets.token_urlsafe(48)}\n"
    )
    return {"PRETIX_CONFIG_FILE": str(path), "DJANGO_SETTINGS_MODULE": "pretix.settings"}


def _make_tables(python: Path, server: EmbeddedPostgres, variables: Mapping[str, str]) -> None:
    """From the dump, which is made when there is none yet."""
    dump = python.parents[1] / "tables.dump"
    as_superuser = [f"--host={server.socket_folder}", f"--port={PORT}", f"--dbname={DATABASE}"]
    as_superuser.append(f"--username={SUPERUSER}")
    if not dump.exists():
        _run([str(python), "-m", "pretix", "migrate"], variables, MIGRATE_SECONDS)
        made = dump.with_suffix(f".{os.getpid()}")
        command = [*as_superuser, "--format=custom", f"--file={made}"]
        _run([str(find_binaries().program("pg_dump")), *command], {}, START_SECONDS)
        made.rename(dump)
        return
    command = [*as_superuser, "--no-owner", f"--role={OWNER}", "--no-comments", str(dump)]
    _run([str(find_binaries().program("pg_restore")), *command], {}, START_SECONDS)


def _run(command: list[str], variables: Mapping[str, str], seconds: int) -> str:
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoEnvironmentError(f"{Path(command[0]).name} took too long") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason was given"]
        raise NoEnvironmentError(f"{Path(command[0]).name}: {said[-1]}")
    return done.stdout
