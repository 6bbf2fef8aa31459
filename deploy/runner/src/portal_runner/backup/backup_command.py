"""``portal backup``: a base backup of a data folder's portal, now, and whether it is one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from identity_links.domain.erasures import Erasure
from identity_links.transports.erasure_ledger import LedgerError, add_to_ledger
from portal_chassis.clock import Clock
from portal_chassis.database.erasure import erased_clients
from portal_chassis.database.master_key import WrongMasterKey
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.command_lines import portal_command
from portal_chassis.embedded.postgres import EmbeddedPostgres, PostgresError
from portal_chassis.embedded.postgres_binaries import MissingPostgresError
from portal_chassis.embedded.running_portal import as_portal_of, find_folder
from portal_chassis.settings import ServiceSettings
from portal_chassis.variables import SettingsError, load_settings
from portal_runner.backup.base_backup import Told, cluster_bytes, take_base
from portal_runner.backup.choosing import Choice, choose
from portal_runner.backup.coding import Identities, OneTimeKey, Recipients
from portal_runner.backup.disks import sentence_of
from portal_runner.backup.master_key import MasterKey
from portal_runner.backup.streams import BackupError
from portal_runner.backup.target import Base, Target
from portal_runner.backup.verifying import verify
from portal_runner.data_folder import KEY_VARIABLES, DataFolder
from portal_runner.modes import LEDGERS_VARIABLE

OK, FAILED, WRONG_SETTINGS = 0, 1, 2
REFUSED = (
    BackupError,
    LedgerError,
    MissingPostgresError,
    OSError,
    PostgresError,
    SettingsError,
    WrongMasterKey,
)
"""Each says in a sentence why there is no backup."""

_OPENED_BY_A_KEY_FOR_ONE_TIME = (
    "It was opened by a key that was made for this and is forgotten now. That yours opens it, only "
    "your secret key can show: try a restore with --identity where that key lies."
)

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class BackupOptions:
    """How the command was called.

    Attributes:
        target: the folder of all backups.
        var: a data folder; None: the one that is found.
        recipients: public keys, separated by spaces.
        identity: a file with a secret key, to try out what was sealed; without it a key is
            made that opens it this one time.
        tried: whether it is restored into a folder that is thrown away.
        scratch: where that is; None: among the system's temporary files.
        keep_days: older ones are removed; 0: none are.
    """

    target: Path
    var: Path | None
    recipients: str = ""
    identity: Path | None = None
    tried: bool = True
    scratch: Path | None = None
    keep_days: int = 0


def run_backup(options: BackupOptions) -> int:
    """Make a base backup, and say what it is; the exit code."""
    found = find_folder(options.var)
    if found is None:
        typer.echo(_nothing_here(options.var), err=True)
        return WRONG_SETTINGS
    try:
        return _back_up(DataFolder(found), options)
    except REFUSED as error:
        scratch = options.scratch or Path(tempfile.gettempdir())
        typer.echo(sentence_of(error, options.target, scratch), err=True)
        return FAILED


def _back_up(folder: DataFolder, options: BackupOptions) -> int:
    recipients = Recipients.named(options.recipients)
    identities, once = Identities.of(options.identity), None
    if options.tried and not identities.keys:
        once = OneTimeKey.make()
    target = Target(options.target.resolve(), folder.name)
    target.prepare()
    with as_portal_of(folder.path), EmbeddedPostgres(folder.postgres) as server:
        complete_ledger(server, target.folder)
        size = cluster_bytes(server)
        with _progress(size) as told:
            sealed_to = recipients.and_also(once)
            base = take_base(server, folder, target, sealed_to, Clock().now, told)
        _describe(base)
        if options.keep_days:
            target.prune(timedelta(days=options.keep_days), Clock().now())
        _warn_of_the_ledger(target.folder)
        if not options.tried:
            return OK
        choice = choose(target.home, None)
        if recipients.keys and once:
            # The log may have been sealed by the portal itself, which knows nothing of this key.
            choice, identities = replace(choice, run=None), once.identities
        code = _try_out(choice, folder, identities, size, options.scratch)
        if recipients.keys and once and code == OK:
            console.print(_OPENED_BY_A_KEY_FOR_ONE_TIME)
        return code


def own_key(folder: DataFolder) -> MasterKey | None:
    """The key of the portal of `folder`, whose settings are the process's; named by a variable."""
    if not any(os.environ.get(name) for name in KEY_VARIABLES):
        if not folder.master_key.exists():
            return None
        os.environ["PORTAL_MASTER_KEY_FILE"] = str(folder.master_key)
    settings = load_settings(ServiceSettings)
    key = settings.master_key_bytes()
    return None if key is None else MasterKey("", Sealer(key, settings.former_master_keys()))


def complete_ledger(server: EmbeddedPostgres, folder: Path) -> None:
    """Write every client who was erased into the ledger beside the backups.

    Raises:
        LedgerError: it cannot be written.
    """
    url = server.url("identity_links", "identity_links_runtime")
    database = Database(url, pool_size=1, application_name="backup")
    try:
        with database.transaction() as tx:
            erased = [Erasure(*one) for one in erased_clients(tx).items()]
    finally:
        database.dispose()
    add_to_ledger(folder, erased)


def _try_out(
    choice: Choice, folder: DataFolder, identities: Identities, size: int, scratch: Path | None
) -> int:
    key = own_key(folder)
    if key is None:
        console.print("Its master key is not here, so it was not tried out.")
        return OK
    console.print("Trying it out: restoring it into a folder that is thrown away …")
    wrong = verify(choice, key, identities, size, scratch or Path(tempfile.gettempdir()))
    if wrong:
        console.print("It can be restored, but not everything in it is right:")
        for sentence in wrong:
            console.print(f"  ✗ {sentence}", markup=False)
        return FAILED
    console.print("It was restored, and its invariants hold.")
    return OK


def _describe(base: Base) -> None:
    manifest = base.manifest
    size = sum(one.size for one in manifest.files)
    console.print(f"Backup of {manifest.installation}: {base.folder} ({size / 1e6:.1f} MB)")
    console.print(f"  holds everything that was acknowledged before {_at(manifest.began_at)}")
    console.print("  the master key is not in it: keep that elsewhere")
    if not manifest.ran:
        again = portal_command("restore", str(base.folder.parent.parent), "--stopped-at")
        console.print(
            "  the portal was stopped: to move it, restore this with "
            f"{again} {_at(manifest.began_at)} --var NEW",
        )


def _warn_of_the_ledger(folder: Path) -> None:
    named = [Path(one) for one in os.environ.get(LEDGERS_VARIABLE, "").split(os.pathsep) if one]
    if not any(one.resolve() == folder for one in named):
        console.print(
            f"  who is erased from now on is not written down in {folder}: name it in "
            f"{LEDGERS_VARIABLE}, or repeat the backup then"
        )


@contextmanager
def _progress(size: int) -> Iterator[Told]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("Copying", total=size)
        yield lambda number: progress.advance(bar, number)


def _at(instant: object) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _nothing_here(var: Path | None) -> str:
    where = f"in {var}" if var is not None else "here"
    return (
        f"There is no data folder {where}. A portal on servers of its own is backed up by their "
        "operators' means: see docs/operations.md."
    )
