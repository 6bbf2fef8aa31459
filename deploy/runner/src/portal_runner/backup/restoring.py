"""A backup becomes a portal again, in a folder beside, which gets its name when all is done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal_chassis.database.transactions import Database
from portal_chassis.embedded.belonging import take
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.running_portal import read_facts, write_private
from portal_contracts.catalogue import SERVICES
from portal_runner.backup.choosing import Choice
from portal_runner.backup.coding import Identities
from portal_runner.backup.disks import room_in
from portal_runner.backup.master_key import FORMER_VARIABLE, MasterKey
from portal_runner.backup.reconciling import LostTime, Reconciled, reconcile
from portal_runner.backup.streams import BackupError
from portal_runner.backup.unpacking import check_files, require_known, unpack
from portal_runner.data_folder import KEY_VARIABLES, DataFolder
from portal_runner.doctor.invariants.checking import examine
from portal_runner.doctor.invariants.context import Allowed, Context
from portal_runner.doctor.invariants.verdict import Verdict
from portal_runner.modes import LEDGERS_VARIABLE

UNFINISHED = ".restoring"
REST_SECONDS = 5.0
PLACES = {
    *KEY_VARIABLES,
    FORMER_VARIABLE,
    LEDGERS_VARIABLE,
    "PORTAL_BACKUP_FOLDER",
    "NOTIFICATIONS_MAIL_FOLDER",
    "GATEWAY_DEV_MAIL_FOLDER",
}
"""Settings that name a place on the machine where the backup was made."""

Told = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What came of it."""

    reconciled: Reconciled
    verdicts: list[Verdict]

    @property
    def holds(self) -> bool:
        """Whether all is as it must be."""
        return self.reconciled.at_rest and all(one.holds for one in self.verdicts)


def require_free(folder: Path) -> None:
    """Refuse a folder that holds anything.

    Raises:
        BackupError: it does.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} is in use. Give a folder that is not there yet with --var."
        raise BackupError(message)


def restore(
    choice: Choice,
    folder: Path,
    key: MasterKey,
    identities: Identities,
    ledgers: Sequence[Path],
    lost: LostTime,
    told: Told,
) -> Restored:
    """Bring `choice` back as the portal of `folder`, and stop its server.

    Args:
        choice: what is brought back.
        folder: is not there, or empty; is complete when it has its name.
        key: the master key.
        identities: open a sealed backup.
        ledgers: folders with ledgers of erased clients, besides that of the backups.
        lost: see `LostTime`.
        told: hears of each step.

    Raises:
        BackupError, PostgresError, LedgerError, WrongMasterKey, OSError: it cannot be; the
            sentence says why, and nothing is left.
    """
    require_known(choice.base.manifest)
    told("Checking the files")
    check_files(choice)
    with being_made(folder, told) as unfinished, room_in(unfinished.path):
        told("Unpacking, and playing the log")
        server = unpack(choice, unfinished, identities)
        try:
            adopt_settings(unfinished.path, unfinished.path)
            unfinished.add_predecessor(choice.base.manifest.installation)
            told("Reconciling with the time that was lost")
            variables = key.install(unfinished)
            all_ledgers = [choice.target.folder, unfinished.path, *ledgers]
            done = reconcile(server, unfinished, key.sealer, variables, all_ledgers, lost)
            told("Checking the invariants")
            verdicts = check(server, key)
        finally:
            server.stop(even_if_used=True)
        adopt_settings(unfinished.path, folder)
    return Restored(done, verdicts)


@contextmanager
def being_made(folder: Path, told: Told = lambda _step: None) -> Iterator[DataFolder]:
    """A data folder that is called ``….restoring`` until the block ends well.

    What a restore left there that was killed is removed first, its server and its key with it.

    Args:
        folder: is not there, or empty.
        told: hears of what is removed.

    Raises:
        BackupError: the folder holds anything, another process restores to it, or something
            stands in the way that no restore made.
        OSError: it cannot be made.
    """
    with _held(folder):
        require_free(folder)
        unfinished = DataFolder(folder.with_name(f"{folder.name}{UNFINISHED}"))
        _remove_what_was_left(unfinished, told)
        unfinished.path.mkdir()
        _mark_of(unfinished).touch()
        try:
            yield unfinished
        except BaseException:
            _remove(unfinished)
            raise
        if folder.exists():
            folder.rmdir()
        unfinished.path.rename(folder)
        # Last: one that is killed before has left what the next may remove.
        _mark_of(DataFolder(folder)).unlink()


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Let nobody else restore to `folder`: what one finds unfinished it removes."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    path = folder.with_name(f"{folder.name}{UNFINISHED}.lock")
    lock = take(path, within=0)
    if lock is None:
        message = f"Another process restores to {folder}. Wait for it, or give another --var."
        raise BackupError(message)
    with lock:
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def check(server: EmbeddedPostgres, key: MasterKey) -> list[Verdict]:
    """The invariants of what a server holds that sends nothing."""
    with ExitStack() as stack:
        databases = {}
        for name in SERVICES:
            url = server.url(name, f"{name}_runtime")
            databases[name] = Database(url, pool_size=1, application_name="restore")
            stack.callback(databases[name].dispose)
        allowed = Allowed(due_mails=True, dead_letters=_dead(databases))
        context = Context(databases=databases, sealer=key.sealer, allowed=allowed)
        return examine(context, within_seconds=REST_SECONDS)


def adopt_settings(folder: Path, as_folder: Path) -> None:
    """Let the settings that were kept count for the place they are in now.

    Args:
        folder: with the file of settings, if there is one.
        as_folder: what that folder is, or will be, called.
    """
    path = folder / "settings.json"
    kept = read_facts(path)
    if kept is None:
        return
    variables: Mapping[str, str] = kept.get("variables", {})
    kept["variables"] = {name: one for name, one in variables.items() if name not in PLACES}
    kept["folder"] = str(as_folder)
    write_private(path, json.dumps(kept, indent=2))


def _dead(databases: Mapping[str, Database]) -> int:
    """Events that had been given up before: they are no breach of the restore's."""
    from portal_chassis.clock import Clock
    from portal_chassis.process.housekeeping import count_backlog

    dead = 0
    for database in databases.values():
        with database.transaction() as tx:
            dead += count_backlog(tx, Clock().now()).dead
    return dead


def _mark_of(unfinished: DataFolder) -> Path:
    """What a restore writes first and removes last: with it, all of the folder may be removed."""
    return unfinished.path / "unfinished-restore"


def _remove_what_was_left(unfinished: DataFolder, told: Told) -> None:
    path = unfinished.path
    if not path.exists():
        return
    if not path.is_dir() or (any(path.iterdir()) and not _mark_of(unfinished).exists()):
        message = f"{path} is in the way, and no restore made it. Move it, or give another --var."
        raise BackupError(message)
    told(f"Removing {path}, which a restore left that was ended in the middle")
    _remove(unfinished)


def _remove(unfinished: DataFolder) -> None:
    if not unfinished.path.exists():
        return
    if unfinished.postgres.exists():
        EmbeddedPostgres(unfinished.postgres).stop(even_if_used=True)
    if (unfinished.path / "installation").exists():
        unfinished.master_key.unlink(missing_ok=True)
    shutil.rmtree(unfinished.path)


def now_or(instant: datetime | None, now: datetime) -> datetime:
    """`instant`, but never later than now."""
    return min(instant, now) if instant else now
