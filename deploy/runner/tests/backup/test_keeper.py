"""Backups that a portal makes by itself, and what the doctor says of them."""

from __future__ import annotations

import base64
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from portal_chassis.clock import Clock
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_backup import drop_log_slots
from portal_runner.backup.backup_command import BackupOptions, run_backup
from portal_runner.backup.choosing import choose
from portal_runner.backup.coding import Identities
from portal_runner.backup.keeper import Keeper
from portal_runner.backup.target import Target
from portal_runner.backup_process import backup_process
from portal_runner.backup_schedule import BackupSettings, BackupState, read_state, write_state
from portal_runner.data_folder import DataFolder
from portal_runner.databases import prepare_databases
from portal_runner.doctor.backups import check_backups
from portal_runner.doctor.finding import State
from portal_runner.doctor.target import Target as Looked


@pytest.fixture(scope="module")
def running():
    """A folder whose server runs."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as parent:
        Path(parent).chmod(0o711)
        folder = DataFolder(Path(parent) / "var")
        folder.prepare()
        with EmbeddedPostgres(folder.postgres, durable=False) as server:
            prepare_databases(server)
            yield folder, server


@pytest.fixture
def folder(running):
    folder, server = running
    (folder.path / "backup.json").unlink(missing_ok=True)
    yield folder
    drop_log_slots(server)


@pytest.fixture
def keeper(folder, tmp_path):
    return Keeper(folder, BackupSettings(folder=tmp_path, tried=False))


def slots(server):
    with server.connect() as connection:
        return connection.execute("SELECT slot_name FROM pg_replication_slots").fetchall()


def test_the_log_is_copied_and_the_first_base_backup_made_at_once_and_no_second(
    keeper, folder, tmp_path
):
    keeper.once()
    keeper.wait_for_base()
    keeper.once()
    keeper.wait_for_base()
    target = Target(tmp_path, folder.name)
    assert len(target.bases()) == 1
    state = read_state(folder.path)
    assert state.based_at == target.bases()[0].manifest.began_at
    assert (state.log_problem, state.base_problem) == ("", "")
    # The log goes on from it.
    assert choose(tmp_path, None).reaches == state.archived_until
    assert (tmp_path / "erased-clients.jsonl").exists()


def test_a_target_that_is_gone_is_told_and_tried_again(keeper, folder, tmp_path):
    away = tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}-away"))
    keeper.once()
    assert "mount" in read_state(folder.path).log_problem
    away.rename(tmp_path)
    keeper.once()
    keeper.wait_for_base()
    assert read_state(folder.path).log_problem == ""


def test_a_base_backup_that_fails_leaves_the_log_going_on(keeper, folder, tmp_path):
    keeper.once()
    keeper.wait_for_base()
    ledger = tmp_path / "erased-clients.jsonl"
    ledger.unlink()
    ledger.mkdir()
    keeper.make_base()
    assert "erased-clients.jsonl" in read_state(folder.path).base_problem
    keeper.once()
    assert read_state(folder.path).log_problem == ""


def test_a_portal_that_ends_while_a_backup_is_tried_out_leaves_nothing_of_the_copy(
    folder, tmp_path, server_folder, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(server_folder))
    monkeypatch.setenv("PORTAL_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    keeper, stopping = Keeper(folder, BackupSettings(folder=tmp_path)), threading.Event()
    keeping = threading.Thread(target=keeper.keep, args=[stopping])
    keeping.start()
    begun = wait_until(lambda: any(server_folder.glob("latchkey-scratch-*/*")), within=60)
    stopping.set()
    keeping.join()
    keeper.wait_for_base()
    assert begun
    assert list(server_folder.iterdir()) == []
    assert read_state(folder.path).base_problem == ""


@pytest.mark.long
@pytest.mark.timeout(240)
def test_a_sealed_backup_is_tried_out_with_nobodys_secret_key(
    folder, tmp_path, server_folder, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(server_folder))
    monkeypatch.setenv("PORTAL_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    owner = pyrage.x25519.Identity.generate()
    settings = BackupSettings(folder=tmp_path, recipients=str(owner.to_public()))
    keeper = Keeper(folder, settings)
    tried_out, logged = keeper._tried_out, []

    def with_the_log(once):
        keeper._copy_log()
        logged.extend(choose(tmp_path, None).log_files)
        return tried_out(once)

    monkeypatch.setattr(keeper, "_tried_out", with_the_log)
    keeper.once()
    keeper.wait_for_base()
    state = read_state(folder.path)
    assert (state.base_problem, state.tried_at is not None) == ("", True)
    assert logged
    assert list(server_folder.iterdir()) == []
    # Whom it is for opens all of it; the key of the trial is none of those it goes on with.
    [path] = choose(tmp_path, None).base.folder.glob("cluster.tar.gz.age")
    with Identities((str(owner),)).open(path) as whole:
        assert whole.read(1)
    assert keeper._log.recipients.keys == (str(owner.to_public()),)


@pytest.mark.long
@pytest.mark.timeout(240)
def test_the_command_tries_a_sealed_backup_out_too_and_says_what_that_does_not_show(
    folder, tmp_path, server_folder, monkeypatch, capsys
):
    monkeypatch.setenv("PORTAL_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    owner = pyrage.x25519.Identity.generate()
    given = {"recipients": str(owner.to_public()), "scratch": server_folder}
    assert run_backup(BackupOptions(tmp_path, folder.path, **given)) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "It was restored, and its invariants hold." in said
    assert "That yours opens it, only your secret key can show" in said
    assert list(server_folder.iterdir()) == []


def test_a_portal_that_makes_none_keeps_no_log_for_them(running, folder, keeper):
    keeper.once()
    keeper.wait_for_base()
    assert slots(running[1])
    assert backup_process(BackupSettings(folder=None), folder, running[1]) is None
    assert slots(running[1]) == []


def now():
    return Clock().now()


@pytest.mark.parametrize(
    ("state", "found", "says"),
    [
        (None, State.NOTE, "by itself"),
        (BackupState(), State.NOTE, "first"),
        (BackupState(based_at=now(), archived_until=now()), State.OK, "with the log until"),
        (BackupState(based_at=now() - timedelta(days=3)), State.TROUBLE, "the last base backup"),
        (BackupState(log_problem="It is full."), State.TROUBLE, "not copied: It is full."),
        (BackupState(based_at=now(), base_problem="Bad."), State.TROUBLE, "failed: Bad."),
    ],
)
def test_the_doctor_says_how_they_stand(folder, tmp_path, monkeypatch, state, found, says):
    if state is not None:
        monkeypatch.setenv("PORTAL_BACKUP_FOLDER", str(tmp_path))
        write_state(folder.path, state)
    [finding] = check_backups(Looked("here", folder=folder))
    assert (finding.state, says in finding.says) == (found, True)
    assert finding.fix or found is not State.TROUBLE
