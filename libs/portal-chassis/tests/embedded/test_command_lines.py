"""Commands are printed as they are called from where one is."""

import sys

import pytest

from portal_chassis.embedded.command_lines import admin_command, portal_command


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with an environment of its own, and a portal's data."""
    scripts = tmp_path / ".venv" / "bin"
    scripts.mkdir(parents=True)
    for name in ("portal", "forms-admin"):
        (scripts / name).write_text("#!/bin/sh")
        (scripts / name).chmod(0o755)
    (tmp_path / "var" / "postgres").mkdir(parents=True)
    (tmp_path / "my data" / "postgres").mkdir(parents=True)
    monkeypatch.setattr(sys, "executable", str(scripts / "python"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_script_that_the_shell_does_not_find_is_named_by_its_path(here, monkeypatch):
    assert portal_command("doctor") == ".venv/bin/portal doctor"
    monkeypatch.chdir("/usr")
    assert portal_command("doctor") == f"{here}/.venv/bin/portal doctor"
    monkeypatch.setenv("PATH", f"{here}/.venv/bin")
    assert portal_command("doctor") == "portal doctor"


def test_the_folder_is_named_where_the_command_would_not_find_it(here, monkeypatch):
    assert admin_command("forms", "status", folder=here / "var") == ".venv/bin/forms-admin status"
    other = here / "my data"
    assert portal_command("doctor", folder=other) == ".venv/bin/portal doctor --var 'my data'"
    monkeypatch.chdir("/usr")
    told = admin_command("forms", "status", folder=other)
    assert told == f"{here}/.venv/bin/forms-admin --var '{other}' status"
    assert "--var" not in admin_command("forms", "status", folder=None)
