"""The data folder and the master key beside it."""

import shutil
import stat

import pytest

from portal_chassis.settings import decode_master_key
from portal_chassis.variables import SettingsError
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


@pytest.mark.parametrize("place", ["a-file", "a-file/below/it", "closed/var"])
def test_where_no_folder_can_be_is_said_in_words(tmp_path, place):
    (tmp_path / "a-file").touch()
    (tmp_path / "closed").symlink_to("/proc")
    with pytest.raises(SettingsError, match=rf"--var: .*{place}"):
        DataFolder(tmp_path / place).prepare()


def test_where_no_key_can_be_is_said_in_words(folder, key_home):
    key_home.touch()
    with pytest.raises(SettingsError, match=r"PORTAL_MASTER_KEY_FILE: .*latchkey"):
        folder.master_key_variable()


class TestACopy:
    """Of a folder that was started: ``cp -a var copy``."""

    @pytest.fixture
    def original(self, folder):
        folder.settle()
        folder.master_key_variable()
        folder.port.write_text("{}")
        return folder

    @pytest.fixture
    def copy(self, original):
        return DataFolder(shutil.copytree(original.path, original.path.with_name("copy")))

    def test_it_knows_what_it_is_a_copy_of(self, original, copy):
        assert copy.original == original.path
        assert original.original is None

    def test_its_first_start_makes_it_its_own(self, original, copy):
        key = original.read_master_key()
        assert copy.settle() == original.path
        assert copy.name != original.name
        assert copy.master_key != original.master_key
        assert copy.read_master_key() == key
        assert not copy.port.exists()
        assert copy.original is None
        assert copy.settle() is None

    def test_the_original_may_go_afterwards_with_its_key(self, original, copy):
        copy.settle()
        original.master_key.unlink()
        shutil.rmtree(original.path)
        assert copy.read_master_key()

    def test_a_folder_that_was_moved_is_none(self, original):
        name = original.name
        moved = DataFolder(original.path.rename(original.path.with_name("moved")))
        assert moved.original is None
        assert moved.settle() is None
        assert moved.name == name

    def test_one_whose_original_is_gone_was_restored(self, original, copy):
        name = original.name
        shutil.rmtree(original.path)
        assert copy.original is None
        assert copy.settle() is None
        assert copy.name == name

    def test_one_that_was_restored_in_its_own_place_is_none(self, original):
        spare = shutil.copytree(original.path, original.path.with_name("spare"))
        shutil.rmtree(original.path)
        shutil.move(spare, original.path)
        assert original.settle() is None

    @pytest.mark.parametrize("said", ["", "[]", '{"path": 1}'])
    def test_a_damaged_note_of_the_place_is_written_anew(self, original, said):
        (original.path / "place.json").write_text(said)
        assert original.original is None
        assert original.settle() is None
        assert original.original is None


def test_what_is_no_name_is_no_predecessor(tmp_path):
    folder = DataFolder(tmp_path)
    (tmp_path / "predecessors").write_text("portal-1a2b3c4d\n../elsewhere\n/etc\n..\n")
    assert folder.predecessors == ["portal-1a2b3c4d"]
