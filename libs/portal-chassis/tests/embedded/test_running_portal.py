"""What a data folder tells commands of other processes."""

import json
import os
import sys

import pytest

from portal_chassis.embedded.belonging import take
from portal_chassis.embedded.running_portal import (
    as_portal_of,
    find_folder,
    keep_settings,
    lock_of,
)
from portal_chassis.settings import ServiceSettings


class Settings(ServiceSettings, prefix="FORMS_"):
    """Read from ``FORMS_*``."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder whose portal was started with a port and a key of its own."""
    path = tmp_path / "var"
    (path / "postgres").mkdir(parents=True)
    monkeypatch.setenv("FORMS_HEALTH_PORT", "9001")
    monkeypatch.setenv("PORTAL_MASTER_KEY", "s3cret")
    monkeypatch.setenv("FORMS_DATABASE_URL", "postgresql+psycopg://us:s3cret@db/forms")
    monkeypatch.setenv("FORMS_UNKNOWN", "anything")
    keep_settings(path, [Settings])
    for name in ("FORMS_HEALTH_PORT", "PORTAL_MASTER_KEY", "FORMS_DATABASE_URL", "FORMS_UNKNOWN"):
        monkeypatch.delenv(name)
    return path


@pytest.fixture
def running(folder):
    with take(lock_of(folder)):
        (folder / "running.json").write_text("{}")
        yield folder


def test_no_secret_is_kept_in_the_folder(folder):
    kept = (folder / "settings.json").read_text()
    assert "s3cret" not in kept
    assert (folder / "settings.json").stat().st_mode & 0o077 == 0


def test_a_folder_sets_nothing_but_settings(running, monkeypatch):
    """Whoever made the folder says what its portal runs with, not what a command runs."""
    facts = json.loads((running / "settings.json").read_text())
    facts["variables"] |= {"PATH": "/elsewhere", "LD_PRELOAD": "/elsewhere/it.so"}
    (running / "settings.json").write_text(json.dumps(facts))
    before = os.environ["PATH"]
    with as_portal_of(running) as found:
        assert os.environ["FORMS_HEALTH_PORT"] == "9001"
        assert os.environ["PATH"] == before
        assert "LD_PRELOAD" not in os.environ
        assert set(found.variables) == {"FORMS_HEALTH_PORT"}


@pytest.mark.parametrize(
    "facts", ["[]", "{}", '{"folder": 1}', '{"folder": "FOLDER", "variables": {"FORMS_X": 1}}']
)
def test_a_file_of_settings_that_is_none_is_as_good_as_missing(running, facts):
    (running / "settings.json").write_text(facts.replace("FOLDER", str(running)))
    with as_portal_of(running) as found:
        assert not found.variables


def test_nobody_else_can_hold_a_portals_locks(folder):
    """Who can open the file can lock it, and so keep a portal from starting."""
    before = folder / "before.lock"
    before.touch(mode=0o644)
    for path in (lock_of(folder), before):
        with take(path):
            assert path.stat().st_mode & 0o077 == 0


def test_a_lock_that_leads_to_another_file_is_not_opened(folder):
    another = folder / "another"
    another.write_text("as it was")
    another.chmod(0o644)
    lock_of(folder).symlink_to(another)
    with pytest.raises(OSError, match="symbolic links"):
        take(lock_of(folder))
    assert another.read_text() == "as it was"
    assert another.stat().st_mode & 0o777 == 0o644


def test_a_running_portal_alone_says_what_it_runs_with(running, monkeypatch):
    monkeypatch.setenv("FORMS_HEALTH_PORT", "1")
    monkeypatch.setenv("FORMS_MAX_WORKERS", "3")
    with as_portal_of(running) as found:
        assert os.environ["FORMS_HEALTH_PORT"] == "9001"
        assert "FORMS_MAX_WORKERS" not in os.environ
        assert "PORTAL_MASTER_KEY" in found.secrets
    assert os.environ["FORMS_HEALTH_PORT"] == "1"


def test_a_secret_that_a_command_has_too_is_used(running, monkeypatch):
    monkeypatch.setenv("PORTAL_MASTER_KEY", "the same")
    with as_portal_of(running):
        assert os.environ["PORTAL_MASTER_KEY"] == "the same"


def test_one_that_is_down_would_start_with_what_the_environment_says_now(folder, monkeypatch):
    monkeypatch.setenv("FORMS_MAX_WORKERS", "3")
    with as_portal_of(folder):
        assert (os.environ["FORMS_HEALTH_PORT"], os.environ["FORMS_MAX_WORKERS"]) == ("9001", "3")


def test_a_copy_does_not_have_the_settings_of_its_original(folder):
    copy = folder.rename(folder.with_name("copy"))
    with as_portal_of(copy):
        assert "FORMS_HEALTH_PORT" not in os.environ


def test_the_folder_is_the_one_named_or_here_or_beside_the_installation(
    folder, tmp_path, monkeypatch
):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(sys, "prefix", str(elsewhere / ".venv"))
    assert find_folder(None) is None
    assert find_folder(elsewhere) is None
    assert find_folder(folder) == folder
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert find_folder(None) == folder
    monkeypatch.chdir(tmp_path)
    assert find_folder(None) == folder


def test_of_two_the_one_that_runs_is_meant(running, monkeypatch):
    monkeypatch.chdir(running.parent)
    (running / "stack" / "postgres").mkdir(parents=True)
    assert find_folder(None) == running
