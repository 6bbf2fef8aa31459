"""The data folder and the master key beside it."""

import stat

import pytest

from portal_chassis.settings import SettingsError, decode_master_key
from portal_runner.data_folder import DataFolder


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path / "var")
    folder.prepare()
    return folder


def test_the_first_start_makes_a_key_outside_the_folder_for_us_alone(folder, key_home):
    folder.master_key_variable()
    [key] = (key_home / "latchkey").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(decode_master_key(key.read_text(), "PORTAL_MASTER_KEY_FILE")) == 32
    assert not list(folder.path.rglob("*.key"))


def test_the_key_is_found_again(folder):
    assert folder.master_key_variable() == DataFolder(folder.path).master_key_variable()


def test_the_key_is_found_again_when_the_folder_has_moved(folder):
    before = folder.master_key_variable()
    moved = folder.path.rename(folder.path.with_name("elsewhere"))
    assert DataFolder(moved).master_key_variable() == before


def test_two_folders_have_two_keys(folder, tmp_path):
    other = DataFolder(tmp_path / "other")
    other.prepare()
    assert folder.master_key_variable() != other.master_key_variable()


@pytest.mark.parametrize("variable", ["PORTAL_MASTER_KEY", "PORTAL_MASTER_KEY_FILE"])
def test_a_key_that_is_named_by_a_variable_is_left_alone(folder, key_home, monkeypatch, variable):
    monkeypatch.setenv(variable, "something")
    assert folder.master_key_variable() == {}
    assert not key_home.exists()


def test_data_whose_key_is_gone_are_not_given_a_new_one(folder, key_home):
    folder.master_key_variable()
    (folder.postgres / "data").mkdir(parents=True)
    [key] = (key_home / "latchkey").iterdir()
    key.unlink()
    with pytest.raises(SettingsError, match=r"PORTAL_MASTER_KEY_FILE.*backup"):
        folder.master_key_variable()
