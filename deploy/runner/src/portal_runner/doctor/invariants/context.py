"""What the checks look at: the services' databases, the broker, the key, what tests kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.embedded.command_lines import admin_command
from portal_runner.doctor.invariants.journal import RecordedAct

STATEMENT_SECONDS = 120
"""A check reads whole tables; it may take longer than a person's request."""


@dataclass(frozen=True)
class Allowed:
    """What a test did on purpose, and is therefore no breach.

    Attributes:
        dead_letters: exactly so many poison messages and dead events were planted.
        resent: at most so many mails went out twice, because their sender was killed.
        memory_mb: what one process may use; None: not looked at.
        due_mails: mails may be due, because nothing is sent.
    """

    dead_letters: int = 0
    resent: int = 0
    memory_mb: int | None = None
    due_mails: bool = False


@dataclass(frozen=True)
class Context:
    """All that a check may look at.

    Attributes:
        databases: service name to its database.
        sealer: opens sealed answers; None where the master key is not known.
        amqp_uri: the broker; None where it is inside the portal's process.
        journal: what a test did, by act; None without one.
        mails: a folder of ``.eml`` files, or what a mail server accepted as lines of
            JSON with a ``message_id``; None without either.
        allowed: what was done on purpose.
        pids: process name to id, where they run on this machine.
        clock: tells the time.
        folder: the portal's data, if they are on this machine.
    """

    databases: Mapping[str, Database]
    sealer: Sealer | None = None
    amqp_uri: str | None = None
    journal: list[RecordedAct] | None = None
    mails: Path | None = None
    allowed: Allowed = field(default_factory=Allowed)
    pids: Mapping[str, int] | None = None
    clock: Clock = field(default_factory=Clock)
    folder: Path | None = None

    def admin(self, service: str, *words: str) -> str:
        """A command of a service's admin script about this portal, as it is called here."""
        return admin_command(service, *words, folder=self.folder)

    @property
    def now(self) -> datetime:
        """Aware UTC."""
        return self.clock.now()

    @contextmanager
    def look_into(self, service: str) -> Iterator[Transaction]:
        """A transaction that reads, all at one instant."""
        with self.databases[service].transaction() as tx:
            tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            tx.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'"))
            yield tx
