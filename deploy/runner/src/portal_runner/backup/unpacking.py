"""A backup brought back into an empty folder: cluster, log, files; and the server that plays it."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_backup import recover, verify_data
from portal_chassis.embedded.postgres_binaries import find_binaries
from portal_chassis.embedded.unprivileged import unprivileged_user
from portal_runner.backup.base_backup import CLUSTER, FILES, known_revisions
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
    _extract(_file(choice, FILES), folder.path, identities)
    data = folder.postgres / "data"
    folder.postgres.mkdir()
    unprivileged_user(data).let_pass(folder.postgres)
    data.mkdir(mode=0o700)
    _extract(_file(choice, CLUSTER), data, identities)
    server = EmbeddedPostgres(folder.postgres)
    own(server)
    verify_data(data)
    for path, name in choice.log_files:
        with identities.open(path) as source, (data / "pg_wal" / name).open("wb") as segment:
            while block := source.read(BLOCK):
                segment.write(block)
    recover(server, choice.stops_at)
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


def _extract(path: Path, folder: Path, identities: Identities) -> None:
    with identities.open(path) as source:
        try:
            with tarfile.open(fileobj=source, mode="r|") as tar:
                for member in tar:
                    # Owners are those of the machine it was made on.
                    member.uid = member.gid = 0
                    member.uname = member.gname = ""
                    tar.extract(member, folder, numeric_owner=True, filter="tar")
            while source.read(BLOCK):
                pass  # What pads the archive: so that a damaged end is seen.
        except tarfile.TarError as error:
            message = f"{path.name} is damaged: {error}."
            raise BackupError(message) from error
