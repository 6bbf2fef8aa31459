"""A base backup: the whole cluster at one position of its log, the files, the broker's definitions.

All four databases lie in one cluster, so what one service had told another fits together.
The master key is not in it: it lies outside the data folder, and secrets are in no file there.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import MetaData, select

from portal_chassis.broker import topology
from portal_chassis.database import revisions
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_backup import base_backup
from portal_chassis.embedded.postgres_binaries import find_binaries
from portal_chassis.embedded.running_portal import read_running
from portal_chassis.metrics import portal_version
from portal_chassis.tables import safekeeping_tables
from portal_contracts.catalogue import SERVICES
from portal_runner.backup.coding import Recipients, Stored
from portal_runner.backup.target import (
    FORMAT,
    MANIFEST,
    Base,
    KeyProof,
    Manifest,
    Target,
    position_of,
)
from portal_runner.data_folder import DataFolder

CLUSTER, FILES, BROKER = "cluster.tar", "files.tar", "broker.json"

LEFT_OUT = {"postgres", "rabbitmq", "logs", "metrics", "place.json", "running.json",
            "processes.json", "backup.json", "installation"}  # fmt: skip
"""Of the data folder: servers' own files, what is only so while the portal runs or where it is."""

Told = Callable[[int], None]

_master_key = safekeeping_tables(MetaData()).master_key


def take_base(
    server: EmbeddedPostgres,
    folder: DataFolder,
    target: Target,
    recipients: Recipients,
    now: Callable[[], datetime],
    told: Told = lambda _bytes: None,
) -> Base:
    """Make a base backup of a cluster that runs; nobody who works with it is held up.

    Args:
        server: of `folder`, runs.
        folder: of the portal.
        target: prepared.
        recipients: who may open it.
        now: tells the time.
        told: hears how many bytes of the cluster were read, again and again.

    Raises:
        BackupError: another one is being made.
        PostgresError: the server refused it.
        OSError: the target cannot be written.
    """
    began_at = now()
    with target.held("base"), target.new_base(began_at) as unfinished:
        with base_backup(server) as made:
            cluster = recipients.write(_Told(made.tar, told), unfinished, CLUSTER)
        with _files_of(folder.path) as tar:
            files = recipients.write(tar, unfinished, FILES)
        definitions = json.dumps(topology.definitions("/")).encode()
        broker = recipients.write(io.BytesIO(definitions), unfinished, BROKER)
        manifest = _manifest(server, folder, began_at, now(), made.points, [cluster, files, broker])
        _write_manifest(unfinished, manifest)
    [base] = [one for one in target.bases() if one.manifest.began_at == began_at]
    return base


def cluster_bytes(server: EmbeddedPostgres) -> int:
    """About how large the cluster is, for a progress bar."""
    with server.connect() as connection:
        query = "SELECT sum(pg_database_size(oid))::bigint FROM pg_database"
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _manifest(
    server: EmbeddedPostgres,
    folder: DataFolder,
    began_at: datetime,
    ended_at: datetime,
    points: dict[str, str],
    files: list[Stored],
) -> Manifest:
    databases = {name: server.url(name, f"{name}_runtime") for name in SERVICES}
    with server.connect() as connection:
        query = "SELECT timeline_id FROM pg_control_checkpoint()"
        row = connection.execute(query).fetchone()
    return Manifest(
        format=FORMAT,
        installation=folder.name,
        portal=portal_version(),
        postgres=find_binaries(int((server.data / "PG_VERSION").read_text())).major,
        timeline=int(row[0]) if row else 1,
        began_at=began_at,
        ended_at=ended_at,
        position=position_of(points["end"]),
        ran=read_running(folder.path) is not None,
        revisions={name: revisions.current(url) or "" for name, url in databases.items()},
        master_keys=_key_proofs(databases["identity_links"]),
        files=files,
    )


def known_revisions() -> dict[str, str]:
    """Service to the newest revision that this release knows."""
    packages = {name: importlib.import_module(f"{name}.migrations").__name__ for name in SERVICES}
    return {name: revisions.head(package) or "" for name, package in packages.items()}


def _key_proofs(url: str) -> list[KeyProof]:
    database = Database(url, pool_size=1, application_name="backup")
    try:
        with database.transaction() as tx:
            rows = tx.execute(select(_master_key).order_by(_master_key.c.created_at)).all()
        return [KeyProof(bytes(row.id), bytes(row.sealed)) for row in rows]
    finally:
        database.dispose()


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    import msgspec

    path = folder / MANIFEST
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _files_of(folder: Path) -> Iterator[IO[bytes]]:
    """What the data folder holds besides servers' data, as a tar file."""
    reading, writing = os.pipe()
    failures: list[OSError] = []

    def pour() -> None:
        with os.fdopen(writing, "wb") as sink:
            try:
                with tarfile.open(fileobj=sink, mode="w|") as tar:
                    for path in sorted(folder.iterdir()):
                        if path.name not in LEFT_OUT and path.suffix not in {
                            ".lock",
                            ".unfinished",
                        }:
                            tar.add(path, path.name)
            except BrokenPipeError:
                pass  # Whoever reads has failed, and tells it.
            except OSError as error:
                failures.append(error)

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as tar_file:
            yield tar_file
    finally:
        thread.join()
    if failures:
        raise failures[0]


class _Told:
    """Reads on, and tells how much."""

    def __init__(self, source: IO[bytes], told: Told) -> None:
        self._source = source
        self._told = told

    def read(self, size: int = -1, /) -> bytes:
        block = self._source.read(size)
        self._told(len(block))
        return block
