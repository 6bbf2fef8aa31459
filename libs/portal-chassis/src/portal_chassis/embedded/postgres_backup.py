"""PostgreSQL's own programs for backups, run on the server of a data folder.

`pg_basebackup` copies the whole cluster while it runs, `pg_verifybackup` compares what
was brought back with the manifest that was written with it, and a server that finds
``recovery.signal`` plays the log up to an instant before it lets anybody write.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import psycopg

from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_binaries import find_binaries
from portal_chassis.embedded.postgres_cluster import PORT, SUPERUSER, PostgresError
from portal_chassis.embedded.unprivileged import unprivileged_user

RECOVERY_SECONDS = 24 * 3600.0
"""How long playing the log may take: that of a busy day on a slow disk is an hour."""

LOG_SLOT = "latchkey_log_"
"""What the names of slots begin with that keep the log for a copy of it."""

_POINT = re.compile(r"write-ahead log (start|end) point: ([0-9A-F]+/[0-9A-F]+)")
_END_TOO_EARLY = "recovery ended before configured recovery target was reached"


@dataclass
class BaseBackup:
    """A base backup that is being made.

    Attributes:
        tar: the whole cluster with the log that it needs, as one tar file.
        points: ``start`` and ``end`` to the position in the log, once it was read to its end.
    """

    tar: IO[bytes]
    points: dict[str, str] = field(default_factory=dict)


@contextmanager
def base_backup(server: EmbeddedPostgres) -> Iterator[BaseBackup]:
    """Make a base backup of a server that runs; the block reads it to its end.

    Raises:
        PostgresError: it failed.
    """
    user = unprivileged_user(server.data)
    program = find_binaries().program("pg_basebackup")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    arguments = [
        *("--host", str(server.socket_folder), "--port", str(PORT), "--username", SUPERUSER),
        *("--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast"),
        *("--no-password", "--verbose", "--label=latchkey"),
    ]
    with _log_kept(server), tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            cwd=server.folder,
            env=environment | {"LC_ALL": "C"},
            **user.run_options,
        )
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        made = BaseBackup(process.stdout)
        try:
            yield made
            process.stdout.close()
            code = process.wait()
        finally:
            process.kill()
            process.wait()
        said.seek(0)
        text = said.read().decode(errors="replace")
        if code != 0:
            message = f"pg_basebackup failed: {text.strip()[-1000:]}"
            raise PostgresError(message)
        made.points = dict(_POINT.findall(text))


def verify_data(data: Path) -> None:
    """Compare a cluster that was brought back with the manifest of its base backup.

    Raises:
        PostgresError: something is missing or was changed.
    """
    major = int((data / "PG_VERSION").read_text())
    done = subprocess.run(
        [find_binaries(major).program("pg_verifybackup"), "--quiet", str(data)],
        capture_output=True,
        text=True,
        check=False,
        cwd=data.parent,
        **unprivileged_user(data).run_options,
    )
    if done.returncode != 0:
        message = f"The base backup does not fit its manifest: {done.stderr.strip()[-1000:]}"
        raise PostgresError(message)


def own_data(data: Path) -> None:
    """Give all of a cluster that was brought back to the user whom its server runs as."""
    user = unprivileged_user(data)
    if user.uid is None or user.gid is None:
        return
    for folder, _folders, files in os.walk(data):
        os.chown(folder, user.uid, user.gid)
        for name in files:
            os.chown(Path(folder) / name, user.uid, user.gid, follow_symlinks=False)


class LogEndsTooEarlyError(PostgresError):
    """A part of the log does not reach the instant that was asked for."""


def recover(server: EmbeddedPostgres, until: datetime | None, *, whole: bool = True) -> None:
    """Start a cluster that was brought back, and play the log in its ``pg_wal`` to the end.

    Args:
        server: of the folder; runs afterwards, and may be written to.
        until: play nothing that was committed after this instant.
        whole: whether the log has no end before that instant but for want of commits.

    Raises:
        LogEndsTooEarlyError: it is not whole, and has an end before `until`.
        PostgresError: it failed.
    """
    try:
        _recover(server, until)
    except PostgresError as error:
        if until is None or _END_TOO_EARLY not in _end_of(server.log):
            raise
        if not whole:
            server.stop(even_if_used=True)
            raise LogEndsTooEarlyError(str(error)) from error
        # Nothing was committed after that instant: all of the log is what is wanted.
        server.stop(even_if_used=True)
        _recover(server, None)


def drop_log_slots(server: EmbeddedPostgres) -> None:
    """Let a server that runs throw away the log that it keeps for copies nobody makes any more."""
    with server.connect() as connection:
        connection.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
            " WHERE starts_with(slot_name, %s) AND NOT active",
            [LOG_SLOT],
        )


def _recover(server: EmbeddedPostgres, until: datetime | None) -> None:
    lines = ["restore_command = 'false'", "recovery_target_timeline = 'current'"]
    if sys.platform == "linux":
        # What was just written is on its way to the disk anyway: once for all files.
        lines.append("recovery_init_sync_method = 'syncfs'")
    if until is not None:
        lines.append(f"recovery_target_time = '{until.astimezone(UTC).isoformat()}'")
        lines.append("recovery_target_action = 'promote'")
    settings = server.data / "postgresql.auto.conf"
    before = settings.read_text()
    settings.write_text(before + "".join(f"{line}\n" for line in lines))
    (server.data / "recovery.signal").touch()
    own_data(server.data)
    try:
        server.start(RECOVERY_SECONDS)
        _wait_for_the_end(server)
    finally:
        settings.write_text(before)
        own_data(server.data)


def _wait_for_the_end(server: EmbeddedPostgres) -> None:
    def ended() -> bool:
        if server.postmaster_pid is None:
            message = f"PostgreSQL could not play its log: {_end_of(server.log)}"
            raise PostgresError(message)
        with suppress(psycopg.OperationalError), server.connect() as connection:
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
            return row is not None and not row[0]
        return False

    if not wait_until(ended, within=RECOVERY_SECONDS, every=0.05):
        message = f"PostgreSQL has not played its log in {RECOVERY_SECONDS:.0f} seconds."
        raise PostgresError(message)


def _end_of(path: Path) -> str:
    return path.read_text(errors="replace")[-2000:] if path.exists() else ""


@contextmanager
def _log_kept(server: EmbeddedPostgres) -> Iterator[None]:
    """Let the server throw away nothing of its log meanwhile."""
    with server.connect() as connection:
        name = f"latchkey_base_{os.getpid()}"
        connection.execute("SELECT pg_create_physical_replication_slot(%s, true, true)", [name])
        yield
