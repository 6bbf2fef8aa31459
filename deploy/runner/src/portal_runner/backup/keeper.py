"""Keeps backups while a portal runs: ``python -m portal_runner.backup.keeper FOLDER``.

The log is copied every few seconds, a base backup is made once a day, is tried out, and old ones
go. What fails is tried again, and is told in the log, to the doctor and nowhere
else: the portal goes on. When it is told to stop it copies the log a last time.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from portal_chassis.clock import Clock
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.logging import configure_logging
from portal_chassis.variables import load_settings
from portal_runner.backup import trial
from portal_runner.backup.backup_command import REFUSED, complete_ledger
from portal_runner.backup.base_backup import take_base
from portal_runner.backup.coding import OneTimeKey, Recipients
from portal_runner.backup.disks import sentence_of
from portal_runner.backup.log_archive import LogArchive
from portal_runner.backup.target import Run, Target
from portal_runner.backup_schedule import BackupSettings, read_state, write_state
from portal_runner.data_folder import DataFolder

log = structlog.get_logger(__name__)

TRY_AGAIN = timedelta(minutes=10)
"""After a base backup that failed."""

ENDING_SECONDS = 10.0
"""How long a trial may take to put its copy away."""

TROUBLES = (*REFUSED, SQLAlchemyError, psycopg.Error)


class Keeper:
    """Keeps the backups of one data folder.

    Args:
        folder: of a portal that runs.
        settings: with a folder for backups.
    """

    def __init__(self, folder: DataFolder, settings: BackupSettings) -> None:
        assert settings.folder is not None  # noqa: S101 - whoever calls has seen to it
        self._folder = folder
        self._settings = settings
        self._clock = Clock()
        self._server = EmbeddedPostgres(folder.postgres)
        self._target = Target(settings.folder.resolve(), folder.name)
        self._recipients = Recipients.named(settings.recipients)
        self._log = LogArchive(self._server, self._target, self._recipients, self._clock.now)
        self._state = read_state(folder.path)
        self._base: threading.Thread | None = None
        self._trial: subprocess.Popen[str] | None = None
        self._ended = False
        self._trying = threading.Lock()
        self._telling = threading.Lock()
        self._base_due = self._clock.now()

    def keep(self, stopping: threading.Event) -> None:
        """Go on until `stopping` is set."""
        while not stopping.is_set():
            self.once()
            stopping.wait(self._settings.log_seconds)
        self._end_trial()
        self._copy_log()

    def once(self) -> None:
        """Copy the log, and begin a base backup if one is due."""
        run = self._copy_log()
        if run is not None and self._is_base_due(run):
            self._base = threading.Thread(target=self.make_base, daemon=True)
            self._base.start()

    def wait_for_base(self) -> None:
        """Wait for the base backup that was begun, if one was."""
        if self._base is not None:
            self._base.join()

    def make_base(self) -> None:
        """Make a base backup, remove old ones, and try it out."""
        now, once = self._clock.now(), OneTimeKey.make() if self._settings.tried else None
        recipients = self._recipients.and_also(once)
        # The log that goes on from it as well: all of that is copied, or copied again, from now on.
        self._log.recipients = recipients
        try:
            complete_ledger(self._server, self._target.folder)
            base = take_base(self._server, self._folder, self._target, recipients, self._clock.now)
            self._state.based_at = base.manifest.began_at
            self._prune(now)
            self._state.base_problem = self._tried_out(once) if once else ""
        except TROUBLES as error:
            self._state.base_problem = self._sentence_of(error)
            self._base_due = now + TRY_AGAIN
        finally:
            self._log.recipients = self._recipients
        if self._state.base_problem:
            log.error("base_backup_failed", problem=self._state.base_problem)
        self._tell()

    def _prune(self, now: datetime) -> None:
        kept = timedelta(days=self._settings.kept_days)
        self._target.prune(kept, now)
        # Nobody else does it for a portal that this one has taken over from.
        for name in self._folder.predecessors:
            Target(self._target.folder, name).prune(kept, now, last_too=True)

    def _copy_log(self) -> Run | None:
        try:
            self._target.prepare()
            with self._target.held("log"):
                run = self._log.archive()
        except TROUBLES as error:
            problem = self._sentence_of(error)
            if problem != self._state.log_problem:
                log.error("log_not_copied", problem=problem)
            self._state.log_problem = problem
            self._tell()
            return None
        self._state.log_problem = ""
        self._state.archived_until = run.until
        self._tell()
        return run

    def _sentence_of(self, error: Exception) -> str:
        return sentence_of(error, self._target.folder, self._folder.path)

    def _tell(self) -> None:
        # The log and a base backup go on beside each other.
        with self._telling:
            write_state(self._folder.path, self._state)

    def _is_base_due(self, run: Run) -> bool:
        if self._base is not None and self._base.is_alive():
            return False
        if self._clock.now() < self._base_due:
            return False
        bases = self._target.bases()
        if not bases or not run.continues(bases[-1].manifest):
            return True
        age: timedelta = self._clock.now() - bases[-1].manifest.began_at
        return age >= timedelta(hours=self._settings.every_hours)

    def _tried_out(self, once: OneTimeKey) -> str:
        """What is wrong with the newest backup; empty where nothing is, or nobody can know."""
        command = [sys.executable, "-m", trial.__name__]
        command += [str(self._folder.path), str(self._target.folder)]
        with self._trying:
            if self._ended:
                return ""
            self._trial = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        # Not as an argument or a variable, which other processes can read.
        said, _ = self._trial.communicate("\n".join(once.identities.keys))
        if self._trial.returncode == trial.HOLDS:
            self._state.tried_at = self._clock.now()
        if self._trial.returncode in {trial.HOLDS, trial.NOT_TRIED} or self._ended:
            return ""
        return said or "It could not be tried out: backup.log says more."

    def _end_trial(self) -> None:
        with self._trying:
            self._ended = True
        if self._trial is not None and self._trial.poll() is None:
            self._trial.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._trial.wait(ENDING_SECONDS)


def run(folder: Path) -> int:
    """Keep the backups of the portal of `folder` until SIGTERM; the exit code."""
    configure_logging("backup", "INFO", "json")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    Keeper(DataFolder(folder), load_settings(BackupSettings)).keep(stopping)
    return 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
