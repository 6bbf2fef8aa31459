"""The cluster in a data folder, and the server process on it: made, started, stopped."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from portal_chassis.embedded.belonging import belongs, given
from portal_chassis.embedded.postgres_binaries import PostgresBinaries, find_binaries
from portal_chassis.embedded.unprivileged import unprivileged_user

PORT = 5432
"""Only part of the socket's name: nothing listens on the network."""

SUPERUSER = "postgres"
LOG_KEPT_MB = 1024
"""The most of its log that the server keeps for a backup that does not come to fetch it."""
FIRST_MAJOR_WITH_BUILTIN_LOCALE = 17
LOG_TAIL_BYTES = 4000


class PostgresError(RuntimeError):
    """The server could not be started or stopped; the text holds its last log lines."""


SOCKET_LINE = 4
"""Which line of postmaster.pid, from 0, names the folder of the socket."""


class Cluster:
    """The data of one server.

    Args:
        folder: holds ``data`` and ``postgres.log``.
        socket_folder: where the server's socket goes.
        durable: False trades safety against a power cut for speed.
        max_connections: of all clients together.
    """

    def __init__(
        self, folder: Path, socket_folder: Path, *, durable: bool, max_connections: int
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self._lock = folder / "server.lock"
        self._socket_folder = socket_folder
        self._durable = durable
        self.max_connections = max_connections

    def make_if_absent(self) -> None:
        """Make the cluster; one that was left half-made is thrown away first.

        Raises:
            MissingPostgresError: there are no programs.
            PostgresError: it failed.
        """
        if (self.data / "PG_VERSION").exists():
            return
        # initdb works in a folder beside and is renamed when it is done, so
        # one that was killed half-way leaves nothing that looks like a cluster.
        unfinished = self.folder / "data.unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        binaries = find_binaries()
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if binaries.major >= FIRST_MAJOR_WITH_BUILTIN_LOCALE
            else ["--locale=C.UTF-8"]
        )
        sync = [] if self._durable else ["--no-sync"]
        arguments = ["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", *locale, *sync]
        self._run(binaries, "initdb", "-D", str(unfinished), *arguments)
        unfinished.rename(self.data)

    def start_server(self, within: float = 60.0) -> str | None:
        """Start the server; None when it answers in `within` seconds, else the end of its log."""
        log_begins = self.log.stat().st_size if self.log.exists() else 0
        words = " ".join(shlex.quote(f"-c{name}={value}") for name, value in self._options())
        try:
            with given(self._lock) as inherited:
                arguments = ("-w", "-t", f"{max(within, 60):.0f}", "-l", str(self.log), "-o", words)
                self._pg_ctl("start", *arguments, inherited=inherited)
        except (PostgresError, BlockingIOError) as error:
            if isinstance(error, BlockingIOError) or not self.log.exists():
                return str(error)
            with self.log.open("rb") as lines:
                lines.seek(log_begins)
                return lines.read()[-LOG_TAIL_BYTES:].decode(errors="replace")
        return None

    def stop_server(self) -> None:
        """Stop the server; open transactions are rolled back."""
        self._pg_ctl("stop", "-m", "fast", "-w", "-t", "60")

    def server_pid(self) -> int | None:
        """The process id of the server that was started on these data, or None when it is down."""
        try:
            pid = int(self._lock_file_lines()[0])
        except (OSError, ValueError):
            return None
        return pid if belongs(pid, "postgres", self.data, self._lock) else None

    def socket_folder_in_use(self) -> Path | None:
        """Where the server that runs on these data listens; None when it is down or starts up.

        Another user of these data may have chosen it by another folder for temporary files.
        """
        if self.server_pid() is None:
            return None
        lines = self._lock_file_lines()
        if len(lines) <= SOCKET_LINE or not lines[SOCKET_LINE]:
            return None
        return Path(lines[SOCKET_LINE])

    def _lock_file_lines(self) -> list[str]:
        return (self.data / "postmaster.pid").read_text().split("\n")

    def clear_lock_files(self) -> None:
        """Remove what a killed server left, or what was copied: a pid that is not our server's."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _options(self) -> list[tuple[str, str]]:
        options = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self._socket_folder),
            "unix_socket_permissions": "0700",
            "max_connections": str(self.max_connections),
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Failed statements hold people's data; the services log their own refusals.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "max_slot_wal_keep_size": f"{LOG_KEPT_MB}MB",
        }
        if not self._durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        return list(options.items())

    def _pg_ctl(self, *arguments: str, inherited: tuple[int, ...] = ()) -> None:
        major = int((self.data / "PG_VERSION").read_text())
        words = ("-D", str(self.data), *arguments)
        self._run(find_binaries(major), "pg_ctl", *words, inherited=inherited)

    def _run(
        self,
        binaries: PostgresBinaries,
        program: str,
        *arguments: str,
        inherited: tuple[int, ...] = (),
    ) -> None:
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
                pass_fds=inherited,
                **user.run_options,
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if done.returncode != 0:
            message = f"{program} failed: {said.strip()}"
            raise PostgresError(message)
