"""A backup of before the master key was replaced, whose log goes on beyond that."""

from __future__ import annotations

import base64
import contextlib
import tempfile
from pathlib import Path

import pytest

from portal_chassis.clock import Clock
from portal_chassis.database.master_key import wrap_anew
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

pytestmark = [pytest.mark.timeout(240), pytest.mark.long]

OLD, NEW = b"o" * 32, b"n" * 32
PLACE = {"table": "t", "column": "c", "row": "1"}


@pytest.fixture(scope="module")
def parent():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture(scope="module")
def replaced(parent):
    """The backups, and what was sealed by the old key: whose, and where it stands."""
    folder, clock, client_id = DataFolder(parent / "var"), Clock(), new_id()
    folder.prepare()
    (parent / "backups").mkdir()
    for name, key in (("old", OLD), ("new", NEW)):
        (parent / name).write_text(base64.b64encode(key).decode())
    with EmbeddedPostgres(folder.postgres, durable=False) as server, contextlib.ExitStack() as end:
        prepared = prepare_databases(server)
        require_master_keys(prepared.values(), Sealer(OLD))
        forms = Database(prepared["forms"].runtime_url, pool_size=1)
        end.callback(forms.dispose)
        with forms.transaction() as tx:
            blob = Sealer(OLD).seal(tx, client_id, "words", **PLACE)
        target = Target(parent / "backups", folder.name)
        target.prepare()
        log = LogArchive(server, target, Recipients(), clock.now)
        log.archive()
        take_base(server, folder, target, Recipients(), clock.now)
        both = Sealer(NEW, (OLD,))
        require_master_keys(prepared.values(), both)
        assert wrap_anew(forms, both) == 1
        log.archive()
    return parent / "backups", client_id, blob


@pytest.mark.parametrize(
    ("key", "said"),
    [("new", "PORTAL_FORMER_MASTER_KEYS_FILE"), ("old", "not the key that the data of")],
)
def test_one_of_the_keys_is_not_enough(replaced, parent, server_folder, capsys, key, said):
    backups, _, _ = replaced
    options = RestoreOptions(backups, server_folder / "made", key_file=parent / key)
    assert run_restore(options) == 2
    assert said in capsys.readouterr().err
    assert list(server_folder.iterdir()) == []


def test_with_both_it_is_restored_and_the_new_one_alone_opens_it(
    replaced, parent, server_folder, monkeypatch
):
    backups, client_id, blob = replaced
    monkeypatch.setenv("PORTAL_FORMER_MASTER_KEYS_FILE", str(parent / "old"))
    made = server_folder / "made"
    assert run_restore(RestoreOptions(backups, made, key_file=parent / "new")) == 0
    with EmbeddedPostgres(made / "postgres") as server:
        forms = Database(server.url("forms", "forms_runtime"), pool_size=1)
        with forms.transaction() as tx:
            assert Sealer(NEW).open(tx, client_id, blob, **PLACE) == "words"
        forms.dispose()
