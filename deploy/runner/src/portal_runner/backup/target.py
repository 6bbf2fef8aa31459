"""Where backups lie: a folder, best on another machine's disk, with a folder for each portal in it.

::

    FOLDER/
        erased-clients.jsonl            the ledger of erased clients
        portal-1a2b3c4d/                one installation, by its name
            bases/20261201T030000Z/     base backups; manifest.json says what is in one
            log/                        PostgreSQL's log since, and archived.json

A base backup is complete once it has its name; until then it is called
``….unfinished``. Nothing that may open a sealed column is ever written here.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from portal_chassis.embedded.belonging import take
from portal_chassis.embedded.installation import NAME_PATTERN
from portal_chassis.embedded.running_portal import write_private
from portal_runner.backup.coding import Stored, sync_folder
from portal_runner.backup.streams import BackupError

FORMAT = 1
LOCK_SECONDS = 30.0
MANIFEST = "manifest.json"
ARCHIVED = "archived.json"
UNFINISHED = ".unfinished"

T = TypeVar("T")


class KeyProof(Struct, frozen=True):
    """What proves a master key without telling it: see `portal_chassis.database.master_key`."""

    id: bytes
    sealed: bytes


class Manifest(Struct, frozen=True, kw_only=True):
    """What is in a base backup.

    Attributes:
        format: of this folder.
        installation: the name of the portal's data folder.
        portal: the release that ran.
        postgres: the major version of PostgreSQL.
        timeline: of its log.
        began_at: everything that was acknowledged before this instant is in it; aware UTC.
        ended_at: nothing in it is of a later instant.
        position: in the log, up to which the base backup has to be played to fit together.
        ran: whether the portal ran meanwhile.
        revisions: service to the revision of its schema.
        master_keys: by which a master key is known to be the right one.
        files: all others of the folder.
    """

    format: int
    installation: Annotated[str, Meta(pattern=NAME_PATTERN)]
    portal: str
    postgres: int
    timeline: int
    began_at: datetime
    ended_at: datetime
    position: int
    ran: bool
    revisions: dict[str, str]
    master_keys: list[KeyProof]
    files: list[Stored]


class Run(Struct, kw_only=True):
    """A stretch of the log that was archived without a gap.

    Attributes:
        timeline: of the log.
        begins: position of its first byte.
        ends: position up to which it is archived.
        since: aware UTC instant of `begins`.
        until: everything that was acknowledged before this instant is in it.
    """

    timeline: int
    begins: int
    ends: int
    since: datetime
    until: datetime

    def continues(self, manifest: Manifest) -> bool:
        """Whether it goes on from a base backup."""
        return self.timeline == manifest.timeline and self.begins <= manifest.position <= self.ends


class Archived(Struct):
    """How far the log is archived.

    Attributes:
        segment_bytes: size of a file of the log.
        runs: the oldest first.
    """

    segment_bytes: int
    runs: list[Run]


@dataclass(frozen=True)
class Base:
    """A base backup that is complete."""

    folder: Path
    manifest: Manifest


@dataclass(frozen=True)
class Target:
    """One portal's folder among the backups.

    Attributes:
        folder: of all backups; holds the ledger of erased clients.
        installation: the portal's name.
    """

    folder: Path
    installation: str

    @property
    def home(self) -> Path:
        """The portal's own folder."""
        return self.folder / self.installation

    @property
    def bases_folder(self) -> Path:
        """Where its base backups lie."""
        return self.home / "bases"

    @property
    def log_folder(self) -> Path:
        """Where its log lies."""
        return self.home / "log"

    def prepare(self) -> None:
        """Make the folders. That of all backups has to be there: it may be a disk's.

        Raises:
            BackupError: it is not.
        """
        if not self.folder.is_dir():
            message = f"There is no folder {self.folder}. Make it, or mount the disk that it is on."
            raise BackupError(message)
        try:
            for one in (self.home, self.bases_folder, self.log_folder):
                one.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            message = f"{self.folder} cannot take backups ({error.strerror})."
            raise BackupError(message) from None

    @contextmanager
    def held(self, what: str) -> Iterator[None]:
        """Let nobody else make `what` (``base``, ``log``) here meanwhile.

        Raises:
            BackupError: somebody does.
        """
        lock = take(self.home / f"{what}.lock", within=LOCK_SECONDS)
        if lock is None:
            message = f"Another process writes the {what} in {self.home} already."
            raise BackupError(message)
        with lock:
            yield

    def bases(self) -> list[Base]:
        """Its complete base backups, the oldest first.

        Raises:
            BackupError: a manifest cannot be read.
        """
        folders = [one.parent for one in sorted(self.bases_folder.glob(f"*/{MANIFEST}"))]
        whole = [one for one in folders if not one.name.endswith(UNFINISHED)]
        return [Base(one, _read(one / MANIFEST, Manifest)) for one in whole]

    def archived(self) -> Archived | None:
        """How far its log is archived; None where there is none.

        Raises:
            BackupError: it cannot be read.
        """
        path = self.log_folder / ARCHIVED
        return _read(path, Archived) if path.exists() else None

    def write_archived(self, archived: Archived) -> None:
        """Say how far the log is archived."""
        write_private(self.log_folder / ARCHIVED, msgspec.json.encode(archived).decode())

    @contextmanager
    def new_base(self, began_at: datetime) -> Iterator[Path]:
        """A folder for a base backup, which gets its name when the block ends well."""
        for left in self.bases_folder.glob(f"*{UNFINISHED}"):
            shutil.rmtree(left, ignore_errors=True)
        name = f"{began_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        unfinished = self.bases_folder / f"{name}{UNFINISHED}"
        unfinished.mkdir(mode=0o700)
        try:
            yield unfinished
            sync_folder(unfinished)
            unfinished.rename(self.bases_folder / name)
            sync_folder(self.bases_folder)
        finally:
            # On a disk that is full this makes the room for the next try.
            shutil.rmtree(unfinished, ignore_errors=True)

    def prune(self, kept: timedelta, now: datetime, *, last_too: bool = False) -> int:
        """Remove base backups older than `kept`, and the log before the oldest that is left.

        Args:
            kept: how old they may become.
            now: aware UTC.
            last_too: also the newest one, of a portal that another one has taken over from;
                with it all that is here.

        Returns:
            How many base backups were removed.
        """
        bases = self.bases()
        prunable = bases if last_too else bases[:-1]
        old = [one for one in prunable if one.manifest.began_at < now - kept]
        for one in old:
            shutil.rmtree(one.folder)
        left = bases[len(old) :]
        if not left and last_too and self.home.exists():
            shutil.rmtree(self.home)
            return len(old)
        archived = self.archived()
        if left and archived is not None:
            self._prune_log(archived, left[0].manifest)
        return len(old)

    def _prune_log(self, archived: Archived, oldest: Manifest) -> None:
        first = segment_name(oldest.timeline, oldest.position, archived.segment_bytes)
        for path in self.log_folder.glob("*.gz*"):
            # Names of the log sort by timeline, then by position.
            if path.name < first:
                path.unlink()
        runs = [
            run
            for run in archived.runs
            if (run.timeline, run.ends) >= (oldest.timeline, oldest.position)
        ]
        if len(runs) < len(archived.runs):
            self.write_archived(Archived(archived.segment_bytes, runs))


def find_targets(folder: Path) -> list[Target]:
    """The portals that have a base backup in `folder`, or the one whose folder it is."""
    if (folder / "bases").is_dir():
        return [Target(folder.parent, folder.name)]
    found = sorted(one.parent.name for one in folder.glob("*/bases") if one.is_dir())
    return [Target(folder, name) for name in found]


def segment_name(timeline: int, position: int, segment_bytes: int) -> str:
    """The file of the log that holds the byte at `position`."""
    number = position // segment_bytes
    per_id = (1 << 32) // segment_bytes
    return f"{timeline:08X}{number // per_id:08X}{number % per_id:08X}"


def position_of(text: str) -> int:
    """A position in the log, written as PostgreSQL writes it (``0/3000028``)."""
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def position_text(position: int) -> str:
    """The same, back."""
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        message = f"{path} cannot be read, or was written by another release."
        raise BackupError(message) from None
