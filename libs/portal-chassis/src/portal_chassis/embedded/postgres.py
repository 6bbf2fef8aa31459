"""A PostgreSQL server in a folder, shared by the processes that need it.

The first process that starts it makes the cluster; others join. Every user
holds a shared lock on a file in the folder, which the kernel releases also
when a process is killed, so the last one to leave knows that it is the last
and stops the server. It listens on a Unix socket in a folder that only its
owner may enter, never on the network.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from portal_chassis.embedded.belonging import open_lock
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.postgres_cluster import PORT, SUPERUSER, Cluster, PostgresError
from portal_chassis.embedded.unprivileged import unprivileged_user

__all__ = ["EmbeddedPostgres", "PostgresError"]

LONGEST_SOCKET_PATH = 100
"""Linux takes 107 bytes for a socket's path, macOS 103."""


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
        self._cluster = Cluster(
            self.folder, self._own_socket_folder, durable=durable, max_connections=max_connections
        )
        self.data = self._cluster.data
        self.log = self._cluster.log
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

        A server left by a process that was killed is joined, unless it allows fewer
        connections than we need; the traces of a server that was killed are cleared away.

        Raises:
            MissingPostgresError: there are no programs to start.
            PostgresError: it did not answer within `timeout_seconds`.
        """
        self._prepare_folder()
        with self._start_lock():
            if self.is_running() and self._is_too_small() and not self._used_by_others():
                self._cluster.stop_server()
            if not self.is_running():
                self._start(timeout_seconds)
            self._join()

    def stop(self, *, even_if_used: bool = False) -> None:
        """Leave the server; it stops when no other process uses it.

        A server that this object did not start or join is left alone.

        Args:
            even_if_used: stop it for everyone, and also if we have not joined it.
        """
        if not self.folder.exists():
            return
        if self._user_lock is None and not even_if_used:
            return
        with self._start_lock():
            if self._user_lock is not None:
                self._user_lock.close()
                self._user_lock = None
            if self.postmaster_pid and (even_if_used or not self._used_by_others()):
                socket_folder = self.socket_folder
                self._cluster.stop_server()
                if socket_folder != self.folder:
                    with contextlib.suppress(OSError):
                        socket_folder.rmdir()

    def kill(self) -> None:
        """End the server as a power cut would (SIGKILL), for tests of recovery."""
        if pid := self.postmaster_pid:
            os.kill(pid, signal.SIGKILL)

    def is_running(self) -> bool:
        """Whether a server of this folder answers; that of a folder it is a copy of is none."""
        if self.postmaster_pid is None:
            return False
        try:
            with self.connect() as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and Path(row[0]) == self.data

    @property
    def postmaster_pid(self) -> int | None:
        """The process id of the server, or None when it is down."""
        return self._cluster.server_pid()

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: of a server that runs, where whoever started it has put it."""
        return self._cluster.socket_folder_in_use() or self._own_socket_folder

    @property
    def _own_socket_folder(self) -> Path:
        """In the folder itself, unless its path is too long for one."""
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
            _refuse_a_strangers(folder)
            user.take_over(folder)
            folder.chmod(0o700)

    def _start(self, within: float) -> None:
        if not self._clear_away_former_server(within):
            return
        self._cluster.make_if_absent()
        failure: str | None = None

        def settled() -> bool:
            nonlocal failure
            failure = self._cluster.start_server(within)
            # Backends of a server that was killed may live a moment longer and keep
            # its shared memory; a new server refuses to start until they are gone.
            return failure is None or "shared memory" not in failure

        wait_until(settled, within=within, every=0.2)
        if failure is not None:
            message = f"PostgreSQL did not start in {self.folder}:\n{failure}"
            raise PostgresError(message)

    def _clear_away_former_server(self, within: float) -> bool:
        """Wait for one that starts up or shuts down. False: it answers, there is nothing to do."""
        wait_until(lambda: self.postmaster_pid is None or self.is_running(), within=within)
        if (pid := self.postmaster_pid) is None:
            self._cluster.clear_lock_files()
            return True
        if self.is_running():
            return False
        message = (
            f"A PostgreSQL server of {self.folder} runs (process {pid}) but does not answer. "
            "Stop it and try again."
        )
        raise PostgresError(message)

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        with open_lock(self.folder / "start.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _join(self) -> None:
        if self._user_lock is None:
            self._user_lock = open_lock(self.folder / "users.lock")
            fcntl.flock(self._user_lock, fcntl.LOCK_SH)

    def _is_too_small(self) -> bool:
        with self.connect() as connection:
            row = connection.execute("SHOW max_connections").fetchone()
        return row is not None and int(row[0]) < self._cluster.max_connections

    def _used_by_others(self) -> bool:
        with open_lock(self.folder / "users.lock") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False


def _refuse_a_strangers(folder: Path) -> None:
    """Refuse a folder in /tmp that somebody else has put there to listen in."""
    known = {os.geteuid(), *([unprivileged_user(folder).uid] if os.geteuid() == 0 else [])}
    if folder.is_symlink() or folder.stat().st_uid not in known:
        message = f"{folder} belongs to somebody else. Remove it, or use another data folder."
        raise PostgresError(message)


def _exists(
    connection: psycopg.Connection[tuple[str, ...]], table: str, column: str, value: str
) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(query, [value]).fetchone() is not None
