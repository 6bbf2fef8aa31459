"""What makes a restored portal agree with the world that went on without it.

In this order: who was erased is erased again; what was published and not taken is published
again; invitations get sequences above what may have been mailed; the services come to
rest without sending; then mails, links and devices that the lost time may have used up are closed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import MetaData, update

from identity_links.operations.restoring import EndedAccess, end_access
from notifications.operations.restoring import hold_perhaps_sent
from notifications.storage.restored import HeldMail
from portal_chassis.clock import Clock
from portal_chassis.database.master_key import count_foreign_keys
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.running_portal import PREFIXES, settings_in_use
from portal_chassis.events.republish import republish, span
from portal_chassis.tables import chassis_tables
from portal_contracts.catalogue import SERVICES
from portal_runner.backup.streams import BackupError
from portal_runner.data_folder import DataFolder
from portal_runner.databases import free_leases, prepare_databases, require_master_keys
from portal_runner.doctor.invariants.context import Context
from portal_runner.doctor.invariants.journeys import lost_since
from portal_runner.erasures import replay_erasures
from portal_runner.modes import MEMORY_BROKER
from portal_runner.processes import end_with_parent
from scheduling.operations.restoring import raise_sequences

UNSEEN = timedelta(minutes=1)
"""A time lost that is shorter ends no links and devices: hardly one was revoked in it."""

SETTLING_SECONDS = 3600.0
"""For services that hang; those that get on end by themselves when they stop getting on."""

DEFAULT_REMINDER_HOURS = 24

_chassis = chassis_tables(MetaData())


@dataclass(frozen=True)
class LostTime:
    """Between what is restored and the end of the portal that is replaced.

    Attributes:
        since: everything that was acknowledged before is restored; aware UTC.
        stopped_at: after this the lost portal did nothing.
    """

    since: datetime
    stopped_at: datetime

    @property
    def any(self) -> bool:
        """Whether anything can have been lost."""
        return self.stopped_at > self.since

    @property
    def ends_access(self) -> bool:
        """Whether links and devices may have been revoked in it."""
        return self.stopped_at - self.since > UNSEEN


@dataclass
class Reconciled:
    """What was done.

    Attributes:
        erased: clients in the ledgers.
        published_again: events.
        sequences_raised: appointments whose invitations go on higher.
        held: mails that may have gone out.
        ended: links and devices; None where none had to be.
        at_rest: whether all events arrived.
    """

    erased: int = 0
    published_again: int = 0
    sequences_raised: int = 0
    held: list[HeldMail] = field(default_factory=list)
    ended: EndedAccess | None = None
    at_rest: bool = True


def reconcile(
    server: EmbeddedPostgres,
    folder: DataFolder,
    sealer: Sealer,
    key_variables: Mapping[str, str],
    ledgers: Sequence[Path],
    lost: LostTime,
) -> Reconciled:
    """Do all of it; nothing answers and no mail leaves meanwhile.

    Args:
        server: of `folder`, runs.
        folder: restored.
        sealer: of the master key.
        key_variables: what names that key to the services.
        ledgers: folders with a ledger of erased clients.
        lost: see `LostTime`.

    Raises:
        WrongMasterKey: the key is another's.
        LedgerError: a ledger was changed.
        BackupError: the services do not run.
    """
    done = Reconciled()
    began_at = Clock().now()
    databases = prepare_databases(server)
    require_master_keys(databases.values(), sealer)
    free_leases(databases.values())
    with _opened(server) as opened:
        _require_former_keys(opened, sealer)
        done.erased = replay_erasures(opened, ledgers)
        done.published_again = _publish_again(opened, began_at)
        if lost.any:
            with opened["scheduling"].transaction() as tx:
                done.sequences_raised = raise_sequences(tx)
    done.at_rest = _settle(folder, key_variables)
    with _opened(server) as opened:
        if lost.any:
            with opened["notifications"].transaction() as tx:
                done.held = hold_perhaps_sent(
                    tx,
                    stopped_at=lost.stopped_at,
                    began_at=began_at,
                    reminder_hours=_reminder_hours(folder),
                )
        if lost.ends_access:
            with opened["identity_links"].transaction() as tx:
                done.ended = end_access(tx, now=Clock().now())
    if done.ended is not None:
        # Whoever revokes a link says so to others.
        done.at_rest = _settle(folder, key_variables) and done.at_rest
    return done


def _require_former_keys(databases: Mapping[str, Database], sealer: Sealer) -> None:
    for service, database in databases.items():
        with database.transaction() as tx:
            closed = count_foreign_keys(tx, sealer)
        if closed:
            message = (
                f"{closed} data key(s) of {service} were wrapped by a former master key. Name the "
                "file with the keys of before in PORTAL_FORMER_MASTER_KEYS_FILE, and restore again."
            )
            raise BackupError(message)


def _publish_again(databases: Mapping[str, Database], now: datetime) -> int:
    """What was sent and is not where it should have arrived; and what waits is due now."""
    again = 0
    lost = lost_since(Context(databases=databases))
    for service, database in databases.items():
        if service in lost:
            again += republish(database, span(lost[service], None, now), now=now, told=_silent)
        outbox, inbox = _chassis.outbox, _chassis.inbox
        with database.transaction() as tx:
            tx.execute(update(outbox).where(outbox.c.sent_at.is_(None)).values(next_attempt_at=now))
            tx.execute(
                update(inbox)
                .where(inbox.c.handled_at.is_(None), ~inbox.c.dead)
                .values(next_attempt_at=now)
            )
    return again


def _settle(folder: DataFolder, key_variables: Mapping[str, str]) -> bool:
    kept = settings_in_use(folder.path).variables
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)
    }
    environment |= dict(kept) | {
        "PORTAL_AMQP_URI": MEMORY_BROKER,
        "NOTIFICATIONS_MAIL_TRANSPORT": "folder",
        "NOTIFICATIONS_MAIL_FOLDER": str(folder.mail),
        "NOTIFICATIONS_SENDING": "false",
        **{f"{name.upper()}_HEALTH_PORT": "0" for name in SERVICES},
        **key_variables,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "portal_runner.backup.settling", str(folder.path)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=SETTLING_SECONDS,
            check=False,
            # Else it would go on in the folder of whoever restores there next.
            preexec_fn=end_with_parent if sys.platform == "linux" else None,
        )
    except subprocess.TimeoutExpired:
        message = (
            f"The services have not come to rest within {SETTLING_SECONDS:.0f} seconds on what was "
            "restored. See that the machine is not busy with something else, and restore again."
        )
        raise BackupError(message) from None
    if done.returncode not in {0, 1}:
        message = f"The services do not run with what was restored: {done.stderr.strip()[-1000:]}"
        raise BackupError(message)
    return done.returncode == 0


def _reminder_hours(folder: DataFolder) -> int:
    text = settings_in_use(folder.path).variables.get("NOTIFICATIONS_REMINDER_HOURS", "")
    return int(text) if text.isdigit() else DEFAULT_REMINDER_HOURS


@contextmanager
def _opened(server: EmbeddedPostgres) -> Iterator[dict[str, Database]]:
    with ExitStack() as stack:
        found = {}
        for name in SERVICES:
            url = server.url(name, f"{name}_runtime")
            found[name] = Database(url, pool_size=1, application_name="restore")
            stack.callback(found[name].dispose)
        yield found


def _silent(_number: int) -> None:
    pass
