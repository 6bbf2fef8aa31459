"""The address of the first run: a person at a terminal reads it, or the owner of the folder."""

import pytest

from portal_runner.data_folder import DataFolder
from portal_runner.first_run import tell_setup_address

ADDRESS = "https://portal.example.org/setup/s3cret"


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path / "var")
    folder.prepare()
    return folder


def test_without_a_terminal_it_is_written_for_the_owner_of_the_folder_alone(folder, capsys):
    tell_setup_address(folder, ADDRESS)
    said = capsys.readouterr().out
    assert (str(folder.setup_address) in said, "s3cret" in said) == (True, False)
    assert folder.setup_address.read_text() == f"{ADDRESS}\n"
    assert folder.setup_address.stat().st_mode & 0o777 == 0o600


def test_at_a_terminal_it_is_printed_and_stays_in_no_file(folder, capsys, monkeypatch):
    tell_setup_address(folder, ADDRESS)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    tell_setup_address(folder, ADDRESS)
    assert ADDRESS in capsys.readouterr().out
    assert not folder.setup_address.exists()


def test_where_there_is_an_owner_a_former_address_goes_and_nothing_is_said(folder, capsys):
    tell_setup_address(folder, ADDRESS)
    capsys.readouterr()
    tell_setup_address(folder, None)
    assert capsys.readouterr().out == ""
    assert not folder.setup_address.exists()
