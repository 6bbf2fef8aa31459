"""Which base backup and which stretch of the log bring back an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from portal_runner.backup.log_archive import PARTIAL
from portal_runner.backup.streams import BackupError
from portal_runner.backup.target import Base, Run, Target, find_targets, segment_name


@dataclass(frozen=True)
class Choice:
    """What is brought back.

    Attributes:
        target: where it lies.
        base: the base backup.
        run: the log that goes on from it; None: there is none.
        until: the instant that was asked for; None: the last there is.
        segment_bytes: size of a file of the log.
    """

    target: Target
    base: Base
    run: Run | None
    until: datetime | None
    segment_bytes: int

    @property
    def reaches(self) -> datetime:
        """Everything that was acknowledged before this instant is brought back."""
        # Without the log: what was done while the base backup was made may be in it or not.
        last = self.run.until if self.run else self.base.manifest.began_at
        return min(last, self.until) if self.until else last

    @property
    def ran_at(self) -> datetime | None:
        """The last instant at which the portal is known to have run; None: at none."""
        archived = self.target.archived()
        at = [one.until for one in archived.runs] if archived else []
        at += [one.manifest.began_at for one in self.target.bases() if one.manifest.ran]
        return max(at, default=None)

    @property
    def stops_at(self) -> datetime | None:
        """The instant after which nothing is played; None: all there is."""
        return self.until if self.until and self.run and self.until < self.run.until else None

    @property
    def log_files(self) -> list[tuple[Path, str]]:
        """The files of the log that are played, and what they are called by the server.

        Where one is missing, those before it.
        """
        return list(takewhile(lambda one: one[0].exists(), self._all_log_files()))

    @property
    def missing(self) -> str | None:
        """The first file of the log that is not there; None: all are."""
        return next((path.name for path, _ in self._all_log_files() if not path.exists()), None)

    def _all_log_files(self) -> list[tuple[Path, str]]:
        if self.run is None:
            return []
        found, position = [], self.base.manifest.position
        while position < self.run.ends:
            name = segment_name(self.run.timeline, position, self.segment_bytes)
            found.append((_file_of(self.target.log_folder, name), name))
            position = (position // self.segment_bytes + 1) * self.segment_bytes
        return found


def choose(archive: Path, until: datetime | None) -> Choice:
    """What brings back `until`, or the last instant there is.

    Args:
        archive: a folder with the backups of one portal, or that portal's own in it.
        until: aware UTC.

    Raises:
        BackupError: there is nothing of that instant.
    """
    target = _only_target(archive)
    bases = target.bases()
    if not bases:
        message = f"There is no base backup in {target.home} yet."
        raise BackupError(message)
    wanted = [one for one in bases if until is None or one.manifest.ended_at <= until]
    if not wanted:
        oldest = bases[0].manifest.ended_at
        message = f"The oldest backup in {target.home} is of {oldest:%Y-%m-%dT%H:%M:%SZ}."
        raise BackupError(message)
    base, archived = wanted[-1], target.archived()
    runs = [run for run in archived.runs if run.continues(base.manifest)] if archived else []
    size = archived.segment_bytes if archived else 1
    choice = Choice(target, base, runs[-1] if runs else None, until, size)
    if choice.missing and choice.stops_at is None:
        message = (
            f"{choice.missing} is missing in {target.log_folder}. --until an instant before it."
        )
        raise BackupError(message)
    return choice


def _only_target(archive: Path) -> Target:
    found = find_targets(archive)
    if not found:
        message = f"There are no backups in {archive}: `portal backup {archive}` makes one."
        raise BackupError(message)
    if len(found) > 1:
        names = ", ".join(str(one.home) for one in found)
        message = f"{archive} holds the backups of {len(found)} portals. Name one of {names}."
        raise BackupError(message)
    return found[0]


def _file_of(folder: Path, name: str) -> Path:
    """The copy of a file of the log: whole where there is one, else up to where it was copied."""
    whole = sorted(folder.glob(f"{name}.gz*")) + sorted(folder.glob(f"{name}{PARTIAL}.gz*"))
    finished = [path for path in whole if not path.name.endswith(".unfinished")]
    return finished[0] if finished else folder / f"{name}.gz"
