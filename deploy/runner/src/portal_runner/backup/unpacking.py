"""A backup brought back into an empty folder: cluster, log, files; and the server that plays it."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath

from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_backup import LogEndsTooEarlyError, recover, verify_data
from portal_chassis.embedded.postgres_binaries import find_binaries
from portal_chassis.embedded.unprivileged import unprivileged_user
from portal_runner.backup.base_backup import CLUSTER, FILES, LEFT_OUT, known_revisions
from portal_runner.backup.choosing import Choice
from portal_runner.backup.coding import Identities, digest_of
from portal_runner.backup.streams import BLOCK, BackupError
from portal_runner.backup.target import FORMAT, Manifest
from portal_runner.data_folder import DataFolder

Told = Callable[[int], None]


def require_known(manifest: Manifest) -> None:
    """Refuse what this release cannot bring back.

    Raises:
        BackupError: it was made by a newer one, or by another PostgreSQL that is not here.
        MissingPostgresError: the latter.
    """
    known = known_revisions()
    newer = [name for name, found in manifest.revisions.items() if found > known.get(name, "")]
    if manifest.format != FORMAT or newer:
        message = (
            f"The backup was made by Latchkey {manifest.portal}, which is newer than this one. "
            "Install that release, and restore with it."
        )
        raise BackupError(message)
    find_binaries(manifest.postgres)


def check_files(choice: Choice, told: Told = lambda _bytes: None) -> None:
    """Read the files of the base backup, and compare them with its manifest.

    Raises:
        BackupError: one is missing or was changed.
    """
    for wanted in choice.base.manifest.files:
        path = choice.base.folder / wanted.name
        if not path.exists() or digest_of(path, told) != wanted:
            message = f"{path} is missing or was changed since it was written."
            raise BackupError(message)


def unpack(choice: Choice, folder: DataFolder, identities: Identities) -> EmbeddedPostgres:
    """Bring everything back into `folder`, which is empty, and play the log.

    Returns:
        The server of the folder, which runs as of the instant that was chosen.

    Raises:
        BackupError: something cannot be opened or is damaged.
        PostgresError: the cluster does not fit its manifest, or its log cannot be played.
    """
    folder.prepare()
    extract(_file(choice, FILES), folder.path, identities, never=LEFT_OUT)
    data = folder.postgres / "data"
    folder.postgres.mkdir()
    unprivileged_user(data).let_pass(folder.postgres)
    data.mkdir(mode=0o700)
    extract(_file(choice, CLUSTER), data, identities)
    server = EmbeddedPostgres(folder.postgres)
    own(server)
    verify_data(data)
    for path, name in choice.log_files:
        with identities.open(path) as source, (data / "pg_wal" / name).open("wb") as segment:
            while block := source.read(BLOCK):
                segment.write(block)
    try:
        recover(server, choice.stops_at, whole=choice.missing is None)
    except LogEndsTooEarlyError:
        message = (
            f"{choice.missing} is missing in {choice.target.log_folder}, and what was committed "
            "before it does not reach the instant of --until. Give an earlier one."
        )
        raise BackupError(message) from None
    return server


def own(server: EmbeddedPostgres) -> None:
    """Let the user whom the server runs as have its folder."""
    from portal_chassis.embedded.postgres_backup import own_data

    user = unprivileged_user(server.data)
    user.take_over(server.folder)
    own_data(server.data)


def _file(choice: Choice, name: str) -> Path:
    for stored in choice.base.manifest.files:
        if stored.name.startswith(f"{name}."):
            return choice.base.folder / stored.name
    message = f"{choice.base.folder} holds no {name}."
    raise BackupError(message)


def extract(path: Path, folder: Path, identities: Identities, never: Collection[str] = ()) -> None:
    """Bring the files and folders of a tar file back into `folder`.

    Whoever can write where the backups lie can have put anything into one, so nothing in it may
    lead out of the folder, also later on, when others write to what it holds.

    Args:
        path: the file, as `Recipients.write` wrote it.
        folder: is there.
        identities: open it.
        never: names in the folder that no backup holds.

    Raises:
        BackupError: it cannot be opened, is damaged, or holds what no backup of ours does.
    """
    with identities.open(path) as source:
        try:
            with tarfile.open(fileobj=source, mode="r|") as tar:
                for member in tar:
                    if not _is_ours(member, never):
                        message = f"{path.name} holds {member.name!r}, which no backup does."
                        raise BackupError(message)
                    # Owners are those of the machine it was made on.
                    member.uid = member.gid = 0
                    member.uname = member.gname = ""
                    tar.extract(member, folder, numeric_owner=True, filter="tar")
            while source.read(BLOCK):
                pass  # What pads the archive: so that a damaged end is seen.
        except tarfile.TarError as error:
            message = f"{path.name} is damaged: {error}."
            raise BackupError(message) from error


def _is_ours(member: tarfile.TarInfo, never: Collection[str]) -> bool:
    """Whether a backup could hold it: a file or a folder, within the folder it is brought to."""
    way = PurePosixPath(member.name)
    if way.is_absolute() or ".." in way.parts or not (member.isfile() or member.isdir()):
        return False
    return not set(way.parts[:1]) & set(never)
