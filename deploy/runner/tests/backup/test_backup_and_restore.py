"""A cluster with a life of its own is backed up while it runs, lost, and brought back."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import shutil
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from forms.storage.tables import draft
from notifications.storage.tables import delivery
from portal_chassis.clock import Clock
from portal_chassis.database.erasure import erased_at
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_contracts.catalogue import SERVICES
from portal_runner.backup.choosing import choose
from portal_runner.backup.coding import Recipients
from portal_runner.backup.log_archive import LogArchive
from portal_runner.backup.restore_command import RestoreOptions, run_restore
from portal_runner.backup.restoring import being_made
from portal_runner.backup.target import Target
from portal_runner.data_folder import DataFolder
from scheduling.operations.restoring import RAISED_BY
from scheduling.storage.tables import appointment, chassis

pytestmark = pytest.mark.timeout(240)

KEY = b"k" * 32


@contextlib.contextmanager
def opened(folder):
    with EmbeddedPostgres(folder / "postgres") as server, contextlib.ExitStack() as end:
        found = {}
        for name in SERVICES:
            found[name] = Database(server.url(name, f"{name}_runtime"), pool_size=1)
            end.callback(found[name].dispose)
        yield found


def answer(database, query):
    with database.transaction() as tx:
        return tx.execute(query).scalars().all()


def test_all_that_was_archived_is_there_and_agrees_with_the_world(lost, restore, capsys):
    folder = restore()
    said = capsys.readouterr().out
    assert (folder / "mail" / "logo.png").read_bytes() == b"a file"
    assert DataFolder(folder).read_master_key() == KEY
    assert [path for path in folder.parent.rglob("*restor*") if path.is_file()] == [
        folder / "restored.txt"
    ]
    [former] = lost.backups.glob("portal-*")
    assert DataFolder(folder).predecessors == [former.name] != [DataFolder(folder).name]
    assert said.strip().endswith((folder / "restored.txt").read_text().strip().splitlines()[-1])
    for words in (
        "Erased again, from the ledgers: 1 client(s).",
        "Published again, because it had not arrived everywhere: 2.",
        "Invitations of 2 appointment(s) go on above what was mailed",
        "1 × Portal link, to a client",
        str(lost.mails[1]),
    ):
        assert words in said
    with opened(folder) as databases:
        for database in databases.values():
            with database.transaction() as tx:
                assert erased_at(tx, lost.erased) is not None
        scheduling, mails = databases["scheduling"], databases["notifications"]
        assert answer(scheduling, select(appointment.c.sequence_raised)) == [RAISED_BY] * 2
        assert len(answer(databases["forms"], select(draft.c.request_id))) == 2
        states = select(delivery.c.state).where(delivery.c.id.in_(lost.mails))
        assert sorted(answer(mails, states)) == ["closed", "sent"]
        # The events reached the one who plans mails, which sent none.
        reached = "SELECT count(*) FROM inbox WHERE type LIKE 'scheduling.appointment.booked%'"
        assert answer(mails, text(reached)) == [lost.events]
        assert answer(mails, select(func.count()).where(delivery.c.state == "waiting")) == [0]
        unsent = select(func.count()).where(chassis.outbox.c.sent_at.is_(None))
        assert answer(scheduling, unsent) == [0]


@pytest.mark.long
def test_an_instant_between_is_as_it_was(lost, restore, capsys):
    folder = restore(until=lost.between, stopped_at=lost.between)
    said = capsys.readouterr().out
    assert "nothing is missing" in said
    with opened(folder) as databases:
        assert len(answer(databases["scheduling"], select(appointment.c.id))) == 1
        assert answer(databases["scheduling"], select(appointment.c.sequence_raised)) == [0]
        assert answer(databases["notifications"], select(delivery.c.kind)) != ["portal_link"]
        # Erased later than that, and erased all the same.
        with databases["forms"].transaction() as tx:
            assert erased_at(tx, lost.erased) is not None


@pytest.fixture
def holed(lost, tmp_path):
    """The backups, with a hole in the log behind everything that was done."""
    shutil.copytree(lost.backups, tmp_path / "holed")
    last = max((tmp_path / "holed").glob("portal-*/log/0*.gz"), key=lambda path: path.name[:24])
    last.unlink()
    return tmp_path / "holed", last.name[:24]


@pytest.mark.long
def test_an_instant_before_a_hole_in_the_log_comes_back_whole(lost, holed, server_folder, capsys):
    archive, name = holed
    given = {"key_file": lost.key_file, "var": server_folder / "new"}
    assert run_restore(RestoreOptions(archive, **given)) == 2
    assert f"{name}.gz is missing" in capsys.readouterr().err
    behind = choose(lost.backups, None).reaches - timedelta(microseconds=1)
    options = RestoreOptions(archive, **given, until=lost.between, stopped_at=lost.between)
    assert run_restore(dataclasses.replace(options, until=behind)) == 2
    assert "does not reach the instant of --until" in capsys.readouterr().err
    assert run_restore(options) == 0
    assert "nothing is missing" in capsys.readouterr().out
    with opened(server_folder / "new") as databases:
        assert len(answer(databases["scheduling"], select(appointment.c.id))) == 1


def test_what_cannot_be_is_refused_before_anything_is_made(lost, restore, server_folder, capsys):
    wrong = server_folder / "wrong"
    wrong.write_text(base64.b64encode(b"w" * 32).decode())
    restore(2, key_file=wrong)
    assert "not the master key" in capsys.readouterr().err
    restore(2, key_file=None)
    assert "--key-file" in capsys.readouterr().err
    restore(2, until=lost.between - timedelta(days=1))
    assert "oldest backup" in capsys.readouterr().err
    restore(2, stopped_at=lost.between - timedelta(minutes=5))
    assert "still ran at" in capsys.readouterr().err
    restore(2, var=lost.backups)
    assert "is in use" in capsys.readouterr().err
    with being_made(server_folder / "new"):
        restore(2)
        assert "Another process restores to" in capsys.readouterr().err
    (server_folder / "new").rmdir()
    assert sorted(path.name for path in server_folder.iterdir()) == ["wrong"]


def test_a_file_that_was_changed_is_told_and_nothing_is_left(lost, restore, server_folder, capsys):
    [path] = lost.backups.glob("*/bases/*/files.tar.gz")
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"!")
        restore(2)
    finally:
        path.write_bytes(before)
    assert "files.tar.gz is missing or was changed" in capsys.readouterr().err
    assert list(server_folder.iterdir()) == []


def test_where_the_server_gave_the_log_up_it_begins_anew(lost, tmp_path):
    [target] = [Target(lost.backups, path.name) for path in lost.backups.glob("portal-*")]
    clock, folder = Clock(), lost.backups.parent / "var"
    elsewhere = Target(tmp_path, target.installation)
    elsewhere.prepare()
    with EmbeddedPostgres(folder / "postgres") as server:
        log = LogArchive(server, elsewhere, Recipients(), clock.now)
        first = log.archive()
        assert log.archive().begins == first.begins
        log.forget()
        again = log.archive()
        assert again.begins >= first.begins
        assert len(elsewhere.archived().runs) == 2
        log.forget()
