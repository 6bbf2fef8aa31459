"""A PostgreSQL server in a folder, shared by the processes that need it.

The first process that starts it makes the cluster; others join. Every user
holds a shared lock on a file in the folder, which the kernel releases also
when a process is killed, so the last one to leave knows that it is the last
and stops the server. It listens on a Unix socket in a folder that only its
owner may enter, never on the network.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.postgres_binaries import PostgresBinaries, find_binaries
from portal_chassis.embedded.processes import runs
from portal_chassis.embedded.unprivileged import unprivileged_user

PORT = 5432
"""Only part of the socket's name: nothing listens on the network."""

SUPERUSER = "postgres"
LONGEST_SOCKET_PATH = 100
"""Linux takes 107 bytes for a socket's path, macOS 103."""

FIRST_MAJOR_WITH_BUILTIN_LOCALE = 17


class PostgresError(RuntimeError):
    """The server could not be started or stopped; the text holds its last log lines."""


class EmbeddedPostgres:
    """The PostgreSQL server of one folder.

    Args:
        folder: where its data, log, socket and locks lie; made when absent.
        durable: False trades safety against a power cut for speed (tests); what
            was committed still outlives a kill of the server.
        max_connections: of all services and their replicas together.
    """

    def __init__(self, folder: Path, *, durable: bool = True, max_connections: int = 200) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self._durable = durable
        self._max_connections = max_connections
        self._user_lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, timeout_seconds: float = 60.0) -> None:
        """Start the server, or join the one that runs in this folder.

        A server left by a process that was killed is joined; the traces of a
        server that was killed are cleared away.

        Raises:
            MissingPostgresError: there are no programs to start.
            PostgresError: it did not answer within `timeout_seconds`.
        """
        self._prepare_folder()
        with self._start_lock():
            if not self.is_running():
                self._start(timeout_seconds)
            self._join()

    def stop(self, *, even_if_used: bool = False) -> None:
        """Leave the server; it stops when no other process uses it.

        Args:
            even_if_used: stop it for everyone.
        """
        if not self.folder.exists():
            return
        with self._start_lock():
            if self._user_lock is not None:
                self._user_lock.close()
                self._user_lock = None
            if self._postmaster_pid() and (even_if_used or not self._used_by_others()):
                self._pg_ctl("stop", "-m", "fast", "-w", "-t", "60")

    def kill(self) -> None:
        """End the server as a power cut would (SIGKILL), for tests of recovery."""
        if pid := self.postmaster_pid:
            os.kill(pid, signal.SIGKILL)

    def is_running(self) -> bool:
        """Whether a server of this folder answers."""
        try:
            with self.connect() as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and Path(row[0]) == self.data

    @property
    def postmaster_pid(self) -> int | None:
        """The process id of the server, or None when it is down."""
        return self._postmaster_pid()

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: in the folder itself, unless its path is too long for one."""
        if len(str(self.folder / f".s.PGSQL.{PORT}").encode()) <= LONGEST_SOCKET_PATH:
            return self.folder
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"latchkey-{os.geteuid()}-{digest}"

    def url(self, database: str, role: str) -> str:
        """The SQLAlchemy address of a database."""
        query = urlencode({"host": str(self.socket_folder), "port": PORT}, safe="/")
        return f"postgresql+psycopg://{quote(role)}@/{quote(database)}?{query}"

    def connect(self, database: str = SUPERUSER) -> psycopg.Connection[tuple[str, ...]]:
        """A connection as the superuser, each statement committed by itself."""
        return psycopg.connect(
            host=str(self.socket_folder),
            port=PORT,
            user=SUPERUSER,
            dbname=database,
            connect_timeout=3,
            autocommit=True,
        )

    def ensure_database(
        self,
        name: str,
        owner_role: str,
        runtime_role: str,
        *,
        extensions: Sequence[str] = ("btree_gist",),
    ) -> tuple[str, str]:
        """Make a database with its two roles and extensions, where they are absent.

        The owner role owns it; the runtime role may connect and is granted
        rows by the migrations; nobody else may connect.

        Returns:
            The addresses ``postgresql+psycopg://…`` of the owner and of the runtime role.
        """
        with self.connect() as connection:
            for role in (owner_role, runtime_role):
                if not _exists(connection, "pg_roles", "rolname", role):
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if not _exists(connection, "pg_database", "datname", name):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(name), sql.Identifier(owner_role)
                    )
                )
            self.close_database(connection, name, runtime_role)
        with self.connect(name) as connection:
            for extension in extensions:
                connection.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                )
        return self.url(name, owner_role), self.url(name, runtime_role)

    @staticmethod
    def close_database(
        connection: psycopg.Connection[tuple[str, ...]], name: str, runtime_role: str
    ) -> None:
        """Let only the owner and `runtime_role` connect to database `name`."""
        connection.execute(
            sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(
                sql.Identifier(name)
            )
        )
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(runtime_role)
            )
        )

    def _prepare_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        user = unprivileged_user(self.data)
        for folder in {self.folder, self.socket_folder}:
            folder.mkdir(exist_ok=True)
            user.take_over(folder)
            folder.chmod(0o700)

    def _start(self, within: float) -> None:
        if not self._clear_away_former_server(within):
            return
        binaries = self._binaries()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(binaries)
        failure: str | None = None

        def settled() -> bool:
            nonlocal failure
            failure = self._try_to_start()
            # Backends of a server that was killed may live a moment longer and keep
            # its shared memory; a new server refuses to start until they are gone.
            return failure is None or "shared memory" not in failure

        wait_until(settled, within=within, every=0.2)
        if failure is not None:
            message = f"PostgreSQL did not start in {self.folder}:\n{failure}"
            raise PostgresError(message)

    def _clear_away_former_server(self, within: float) -> bool:
        """Wait for one that starts up or shuts down. False: it answers, there is nothing to do."""
        wait_until(lambda: self._postmaster_pid() is None or self.is_running(), within=within)
        if (pid := self._postmaster_pid()) is None:
            # Its lock files name a pid that is dead or, worse, somebody else's by now.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
            return True
        if self.is_running():
            return False
        message = (
            f"A PostgreSQL server of {self.folder} runs (process {pid}) but does not answer. "
            "Stop it and try again."
        )
        raise PostgresError(message)

    def _make_cluster(self, binaries: PostgresBinaries) -> None:
        # initdb works in a folder beside and is renamed when it is done, so
        # one that was killed half-way leaves nothing that looks like a cluster.
        unfinished = self.folder / "data.unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if binaries.major >= FIRST_MAJOR_WITH_BUILTIN_LOCALE
            else ["--locale=C.UTF-8"]
        )
        self._run(
            binaries,
            "initdb",
            "-D",
            str(unfinished),
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
            *locale,
            *([] if self._durable else ["--no-sync"]),
        )
        unfinished.rename(self.data)

    def _try_to_start(self) -> str | None:
        """Start it; None when it answers, else the end of its log."""
        log_begins = self.log.stat().st_size if self.log.exists() else 0
        options = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "max_connections": str(self._max_connections),
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Failed statements hold people's data; the services log their own refusals.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if not self._durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        words = " ".join(shlex.quote(f"-c{name}={value}") for name, value in options.items())
        try:
            self._pg_ctl("start", "-w", "-t", "60", "-l", str(self.log), "-o", words)
        except PostgresError as error:
            if not self.log.exists():
                return str(error)
            with self.log.open("rb") as lines:
                lines.seek(log_begins)
                return lines.read()[-4000:].decode(errors="replace")
        return None

    def _pg_ctl(self, *arguments: str) -> None:
        self._run(self._binaries(), "pg_ctl", "-D", str(self.data), *arguments)

    def _run(self, binaries: PostgresBinaries, program: str, *arguments: str) -> None:
        user = unprivileged_user(self.data)
        user.let_pass(binaries.folder)
        # A pipe would be inherited by the server and never reach its end: a file instead.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [binaries.program(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={key: value for key, value in os.environ.items() if not key.startswith("PG")},
                check=False,
                **user.run_options,
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if done.returncode != 0:
            message = f"{program} failed: {said.strip()}"
            raise PostgresError(message)

    def _binaries(self) -> PostgresBinaries:
        version = self.data / "PG_VERSION"
        return find_binaries(int(version.read_text()) if version.exists() else None)

    def _postmaster_pid(self) -> int | None:
        """The pid in postmaster.pid, if that process lives and is a PostgreSQL server."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if runs(pid, "postgres") else None

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _join(self) -> None:
        if self._user_lock is None:
            self._user_lock = (self.folder / "users.lock").open("wb")
            fcntl.flock(self._user_lock, fcntl.LOCK_SH)

    def _used_by_others(self) -> bool:
        with (self.folder / "users.lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False


def _exists(
    connection: psycopg.Connection[tuple[str, ...]], table: str, column: str, value: str
) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(query, [value]).fetchone() is not None
