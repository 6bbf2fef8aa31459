"""The monolith, running: a PostgreSQL of its own, gunicorn as the portal's, a worker for mails.

Its PostgreSQL is the very same program with the same settings as the portal's. It is one
of its own so that what the portal's services do by themselves is not put to its account.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.accounting import process_tree
from bench.bulk import Database
from bench.context import MeasurementContext
from bench.peers.environment import environment_for
from bench.peers.loader import load, sign_in
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import free_port
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_cluster import PORT
from portal_runner.health import ask
from portal_runner.processes import Child
from portal_runner.stack import GATEWAY_THREADS, GATEWAY_WORKERS
from tests.kit.portal.portals import Portal

PROJECT = Path(__file__).parent / "monolith"
LOCK = PROJECT / "requirements.lock"
DATABASE, OWNER = "monolith", "monolith_owner"
START_SECONDS = 30
CSRF_DIGITS = 32


@dataclass(frozen=True)
class Monolith:
    """The monolith, ready.

    Attributes:
        port: where it answers.
        cookie: the header of the demo client's browser.
        server: its PostgreSQL.
        web: gunicorn.
        worker: sends the mails.
        rows: how many were loaded, by table.
    """

    port: int
    cookie: str
    server: EmbeddedPostgres
    web: Child
    worker: Child
    rows: dict[str, int]

    def processes(self) -> dict[str, list[int]]:
        """Process ids by name; as they are now."""
        return {
            "web": process_tree(self.web.pid or 0),
            "worker": process_tree(self.worker.pid or 0),
            "postgres": process_tree(self.server.postmaster_pid or 0),
        }

    def database(self) -> Database:
        """A connection as the superuser; each statement is committed by itself."""
        return superuser(self.server)


def superuser(server: EmbeddedPostgres) -> Database:
    """A connection to the monolith's database."""
    connection: Database = server.connect(DATABASE)
    connection.execute("SET timezone = 'UTC'")
    return connection


def start(context: MeasurementContext, portal: Portal) -> Monolith:
    """Start it with the rows of `portal`; it ends with the context.

    Raises:
        NoEnvironmentError: its packages cannot be installed here.
        TimeoutError: it does not answer; its log says why.
    """
    python = environment_for("monolith", LOCK)
    server = EmbeddedPostgres(context.folder / "monolith")
    server.start()
    context.at_the_end(server.stop)
    server.ensure_database(DATABASE, OWNER, OWNER)
    variables = _variables(server, context.mails.port)
    run = _runner(context, python, variables)
    migrated = run("migrate", str(PROJECT / "manage.py"), "migrate", "--run-syncdb")
    if not wait_until(lambda: not migrated.runs, within=START_SECONDS):
        raise TimeoutError("the monolith's tables are not made")
    secret = secrets.token_urlsafe(32)
    with closing(superuser(server)) as database:
        rows = load(portal, database, context.rpc)
        sign_in(database, str(portal.demo["client_id"]), secret)
    port = free_port()
    web = run(
        "web",
        *("-m", "gunicorn", "portal.wsgi", f"--chdir={PROJECT}", "--worker-class=gthread"),
        *(f"--workers={GATEWAY_WORKERS}", f"--threads={GATEWAY_THREADS}"),
        *(f"--bind=127.0.0.1:{port}", "--no-control-socket", "--log-level=warning"),
        "--graceful-timeout=5",
    )
    worker = run("worker", str(PROJECT / "manage.py"), "procrastinate", "worker")
    if not wait_until(lambda: ask("127.0.0.1", port, "/")[0] != 0, within=START_SECONDS):
        raise TimeoutError("the monolith does not listen")
    csrf = secrets.token_hex(CSRF_DIGITS // 2)
    cookie = f"device={secret}; csrftoken={csrf}"
    return Monolith(port, cookie, server, web, worker, rows)


def _variables(server: EmbeddedPostgres, smtp_port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "MONOLITH_SECRET": secrets.token_urlsafe(48),
        "MONOLITH_DATABASE": DATABASE,
        "MONOLITH_USER": OWNER,
        "MONOLITH_SOCKET": str(server.socket_folder),
        "MONOLITH_PORT": str(PORT),
        "MONOLITH_SMTP_PORT": str(smtp_port),
        # The bytes of the modules are kept where pip has put the others: not among the sources.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(PROJECT),
    }


def _runner(
    context: MeasurementContext, python: Path, variables: dict[str, str]
) -> Callable[..., Child]:
    def run(name: str, *arguments: str) -> Child:
        return context.start_program(f"monolith-{name}", [str(python), *arguments], variables)

    return run
