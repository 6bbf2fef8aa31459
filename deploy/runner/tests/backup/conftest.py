"""A portal that is gone, with backups of it."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from identity_links.domain.erasures import Erasure
from identity_links.transports.erasure_ledger import add_to_ledger
from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.ids import new_id
from portal_runner.backup.base_backup import take_base
from portal_runner.backup.coding import Recipients
from portal_runner.backup.log_archive import LogArchive
from portal_runner.backup.restore_command import RestoreOptions, run_restore
from portal_runner.backup.target import Target
from portal_runner.data_folder import DataFolder
from portal_runner.databases import prepare_databases, require_master_keys
from tests.kit.planted import Planted

KEY = b"k" * 32


@dataclasses.dataclass
class Lost:
    """A portal that is gone, and what is known of it.

    Attributes:
        backups: where they lie.
        key_file: its master key.
        planted: who was in it.
        between: an instant after the first appointment and before the second.
        mails: one that had been sent, and one that waited.
        erased: a client who was erased after all of it.
        events: of scheduling, published and taken by nobody.
    """

    backups: Path
    key_file: Path
    planted: Planted
    between: datetime
    mails: list[UUID]
    erased: UUID
    events: int


@pytest.fixture(scope="package")
def lost():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as parent:
        Path(parent).chmod(0o711)
        yield _live_and_die(Path(parent))


def _live_and_die(parent):
    clock = Clock()
    folder, backups = DataFolder(parent / "var"), parent / "backups"
    folder.prepare()
    backups.mkdir()
    (folder.mail / "logo.png").write_bytes(b"a file")
    key_file = parent / "key"
    key_file.write_text(base64.b64encode(KEY).decode())
    with EmbeddedPostgres(folder.postgres, durable=False) as server, contextlib.ExitStack() as end:
        prepared = prepare_databases(server)
        require_master_keys(prepared.values(), Sealer(KEY))
        databases = {}
        for name, one in prepared.items():
            databases[name] = Database(one.runtime_url, pool_size=1)
            end.callback(databases[name].dispose)
        target = Target(backups, folder.name)
        target.prepare()
        log = LogArchive(server, target, Recipients(), clock.now)
        log.archive()
        planted = Planted(databases, clock.now(), Sealer(KEY))
        planted.book(planted.now + timedelta(days=2))
        planted.save(1, "{}")
        take_base(server, folder, target, Recipients(), clock.now)
        between = clock.now()
        planted.book(planted.now + timedelta(days=3))
        planted.save(1, "{}")
        mails = [planted.deliver()]
        waits = {"state": "waiting", "sent_at": None, "next_attempt_at": clock.now()}
        mails.append(planted.deliver(accepted=0, **waits))
        log.archive()
        with server.connect() as connection:
            connection.execute("SELECT pg_switch_wal()")
            connection.execute("SELECT pg_logical_emit_message(true, 'test', 'a second file')")
        log.archive()
        # Never archived: it is lost.
        planted.book(planted.now + timedelta(days=4))
    erased = new_id()
    add_to_ledger(backups, [Erasure(erased, clock.now())])
    return Lost(backups, key_file, planted, between, mails, erased, events=2)


@pytest.fixture
def restore(lost, server_folder):
    def run(code=0, **options):
        given = {"key_file": lost.key_file, "var": server_folder / "new", **options}
        assert run_restore(RestoreOptions(lost.backups, **given)) == code
        return server_folder / "new"

    return run
