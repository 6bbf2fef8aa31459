"""PostgreSQL's log, copied to the backups as it grows.

A replication slot keeps the server from throwing away what is not copied yet, up to
`portal_chassis.embedded.postgres_cluster.LOG_KEPT_MB`: beyond that the server gives the
slot up rather than fill its disk, and the log begins anew with a gap before it. The file
that is being written is copied again and again, up to what has reached the disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import LiteralString

import psycopg
import structlog

from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_backup import LOG_SLOT, drop_log_slots
from portal_runner.backup.coding import Recipients
from portal_runner.backup.streams import Joined
from portal_runner.backup.target import (
    Archived,
    Run,
    Target,
    position_of,
    position_text,
    segment_name,
)

log = structlog.get_logger(__name__)

PARTIAL = ".partial"


class LogArchive:
    """Copies the log of one server to one target.

    Args:
        server: runs.
        target: prepared.
        recipients: who may open the copies; may be changed, for those of from then on.
        now: tells the time.
    """

    def __init__(
        self,
        server: EmbeddedPostgres,
        target: Target,
        recipients: Recipients,
        now: Callable[[], datetime],
    ) -> None:
        self._server = server
        self._target = target
        self.recipients = recipients
        self._now = now
        digest = hashlib.sha256(str(target.home).encode()).hexdigest()[:12]
        self._slot = f"{LOG_SLOT}{digest}"

    def archive(self) -> Run:
        """Copy what has been written since the last time.

        Returns:
            The stretch that now ends at the present.

        Raises:
            OSError: the target cannot be written; nothing is forgotten by the server.
            psycopg.Error: the server does not answer.
        """
        with self._server.connect() as connection:
            segment_bytes = _segment_bytes(connection)
            archived = self._target.archived() or Archived(segment_bytes, [])
            timeline = _timeline(connection)
            run = self._run_to_go_on_with(connection, archived, timeline)
            until = self._now()
            ends = _position(connection, "SELECT pg_current_wal_flush_lsn()")
            self._copy(run, ends, segment_bytes)
            run.ends, run.until = ends, until
            self._target.write_archived(archived)
            connection.execute(
                "SELECT pg_replication_slot_advance(%s, %s::pg_lsn)",
                [self._slot, position_text(ends)],
            )
        return run

    def forget(self) -> None:
        """Let the server throw its log away again."""
        drop_log_slots(self._server)

    def _run_to_go_on_with(
        self, connection: psycopg.Connection[tuple[str, ...]], archived: Archived, timeline: int
    ) -> Run:
        begins = _slot_begins(connection, self._slot)
        last = archived.runs[-1] if archived.runs else None
        if last is not None and last.timeline == timeline and begins is not None:
            whole = last.ends // archived.segment_bytes * archived.segment_bytes
            if begins // archived.segment_bytes * archived.segment_bytes <= whole:
                return last
        if begins is None:
            connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [self._slot])
            begins = _slot_begins(connection, self._slot)
            assert begins is not None  # noqa: S101 - it was made a moment ago
        if last is not None:
            log.warning("log_has_a_gap", before=position_text(begins))
        whole = begins // archived.segment_bytes * archived.segment_bytes
        now = self._now()
        run = Run(timeline=timeline, begins=whole, ends=whole, since=now, until=now)
        archived.runs.append(run)
        return run

    def _copy(self, run: Run, ends: int, segment_bytes: int) -> None:
        if ends == run.ends:
            return
        position = run.ends // segment_bytes * segment_bytes
        while position < ends:
            name = segment_name(run.timeline, position, segment_bytes)
            source = self._server.data / "pg_wal" / name
            filled = min(ends - position, segment_bytes)
            if filled == segment_bytes:
                self.recipients.write(Joined([source.read_bytes()]), self._folder, name)
                for partial in self._folder.glob(f"{name}{PARTIAL}.*"):
                    partial.unlink()
            else:
                with source.open("rb") as file:
                    written = file.read(filled)
                # What lies behind it is of an earlier use of the file.
                pieces = [written, bytes(segment_bytes - filled)]
                self.recipients.write(Joined(pieces), self._folder, f"{name}{PARTIAL}")
            position += segment_bytes

    @property
    def _folder(self) -> Path:
        return self._target.log_folder


def _slot_begins(connection: psycopg.Connection[tuple[str, ...]], slot: str) -> int | None:
    """From where on the slot keeps the log; None where there is none. A lost one is dropped."""
    row = connection.execute(
        "SELECT restart_lsn, wal_status FROM pg_replication_slots WHERE slot_name = %s", [slot]
    ).fetchone()
    if row is None:
        return None
    if not row[0] or row[1] == "lost":
        connection.execute("SELECT pg_drop_replication_slot(%s)", [slot])
        return None
    return position_of(row[0])


def _timeline(connection: psycopg.Connection[tuple[str, ...]]) -> int:
    # Of the file that is written now: the checkpoint's is of before a promotion.
    row = connection.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone()
    return int(row[0][:8], 16) if row else 1


def _segment_bytes(connection: psycopg.Connection[tuple[str, ...]]) -> int:
    query = "SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'"
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 1 << 24


def _position(connection: psycopg.Connection[tuple[str, ...]], query: LiteralString) -> int:
    row = connection.execute(query).fetchone()
    return position_of(row[0]) if row else 0
