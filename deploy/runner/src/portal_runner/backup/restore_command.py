"""``portal restore``: a backup becomes a portal again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import typer
from rich.console import Console

from portal_chassis.clock import Clock
from portal_chassis.embedded.running_portal import write_private
from portal_runner.backup.backup_command import REFUSED
from portal_runner.backup.choosing import Choice, choose
from portal_runner.backup.coding import Identities
from portal_runner.backup.disks import sentence_of
from portal_runner.backup.master_key import find_master_key
from portal_runner.backup.reconciling import LostTime
from portal_runner.backup.report import REPORT, report
from portal_runner.backup.restoring import now_or, require_free, restore
from portal_runner.backup.streams import BackupError

OK, WRONG, REFUSED_CODE = 0, 1, 2
INEXACT = timedelta(minutes=1)
"""People tell the minute; and a portal that was told to stop copies its log once more."""

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class RestoreOptions:
    """How the command was called.

    Attributes:
        archive: a folder with the backups of one portal, or that portal's own in it.
        var: the data folder to make.
        until: restore nothing that was committed after this instant; None: all there is.
        stopped_at: when the portal that is replaced stopped; None: it may have worked until now.
        key_file: the file of the master key.
        identity: a file with the secret key of a sealed backup.
        ledgers: folders with more ledgers of erased clients.
    """

    archive: Path
    var: Path
    until: datetime | None = None
    stopped_at: datetime | None = None
    key_file: Path | None = None
    identity: Path | None = None
    ledgers: list[Path] = field(default_factory=list)


def run_restore(options: RestoreOptions) -> int:
    """Restore, and report.

    Returns:
        0 when everything is as it must be, 1 when something is not, 2 when nothing was restored.
    """
    folder = options.var.resolve()
    try:
        require_free(folder)
        identities = Identities.of(options.identity)
        choice = choose(options.archive.resolve(), options.until)
        key = find_master_key(choice.base.manifest, options.key_file)
        lost = LostTime(choice.reaches, _stopped_at(options.stopped_at, choice))
        done = restore(choice, folder, key, identities, options.ledgers, lost, _step)
    except REFUSED as error:
        typer.echo(sentence_of(error, folder), err=True)
        return REFUSED_CODE
    lines = list(report(choice, folder, lost, done.reconciled, done.verdicts))
    write_private(folder / REPORT, "\n".join([*lines, ""]))
    for line in lines:
        console.print(line, markup=False)
    return OK if done.holds else WRONG


def _stopped_at(given: datetime | None, choice: Choice) -> datetime:
    """When the portal that is replaced stopped, for all that is known.

    Raises:
        BackupError: it ran after `given`: what it did then would be done twice.
    """
    ran_at = choice.ran_at
    if given is not None and ran_at is not None and given < ran_at - INEXACT:
        message = (
            f"--stopped-at: the portal still ran at {ran_at:%Y-%m-%dT%H:%M:%SZ}. "
            "Give the instant at which it stopped, or none."
        )
        raise BackupError(message)
    return now_or(given, Clock().now())


def _step(sentence: str) -> None:
    console.print(f"{sentence} …")
