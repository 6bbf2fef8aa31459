"""A restore that does not come to its end says so, and is in the way of no other."""

from __future__ import annotations

import contextlib
import subprocess
import sys

import psutil
import pytest

from portal_chassis.embedded.installation import key_folder
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_runner.backup import reconciling
from portal_runner.data_folder import DataFolder
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(240)


@pytest.mark.long
def test_what_a_restore_left_that_was_killed_is_said_and_removed(
    lost, restore, server_folder, capsys
):
    left = server_folder / "new.restoring"
    command = [sys.executable, "-m", "portal_runner.cli", "restore", str(lost.backups)]
    command += ["--var", str(server_folder / "new"), "--key-file", str(lost.key_file)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as killed:
        settling = eventually(lambda: _settling(killed.pid), within=120, every=0.05)
        killed.kill()
    eventually(lambda: not settling.is_running(), within=20)
    server = EmbeddedPostgres(left / "postgres")
    assert server.is_running()
    [key] = key_folder().glob("*.key")
    folder = restore()
    assert f"Removing {left}, which a restore left" in capsys.readouterr().out
    assert not left.exists()
    assert list(key_folder().glob("*.key")) == [DataFolder(folder).master_key] != [key]


def _settling(pid):
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(pid).children():
            if "portal_runner.backup.settling" in child.cmdline():
                return child
    return None


def test_a_folder_of_that_name_that_no_restore_made_is_left_alone(restore, server_folder, capsys):
    other = server_folder / "new.restoring" / "mine"
    other.parent.mkdir()
    other.write_text("of value")
    restore(2)
    assert "new.restoring is in the way" in capsys.readouterr().err
    assert other.read_text() == "of value"


@pytest.mark.long
def test_services_that_do_not_come_to_rest_are_told_in_a_sentence(
    restore, server_folder, capsys, monkeypatch
):
    monkeypatch.setattr(reconciling, "SETTLING_SECONDS", 0.1)
    restore(2)
    assert "have not come to rest within" in capsys.readouterr().err
    assert list(server_folder.iterdir()) == []
