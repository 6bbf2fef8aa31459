"""A failure is told as a sentence that names the right disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from portal_chassis.embedded.postgres_cluster import PostgresError
from portal_runner.backup import disks
from portal_runner.backup.disks import LEAST_BYTES, room_in, sentence_of
from portal_runner.backup.streams import BackupError

BACKUPS, VAR = Path("/backups"), Path("/srv/var")


@pytest.fixture
def free(monkeypatch):
    """What is free, by folder; all else has plenty."""
    found = {}
    monkeypatch.setattr(disks, "free_bytes", lambda folder: found.get(folder, 10**12))
    return found


def no_space(filename=None):
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), filename)


@pytest.mark.parametrize("full", [BACKUPS, VAR])
def test_the_disk_that_is_full_is_named_and_no_other(free, full):
    free[full] = 3_000_000
    assert sentence_of(no_space(), BACKUPS, VAR) == (
        f"{full} cannot be written: No space left on device (3 MB are free)."
    )


def test_another_failure_names_the_file_where_it_is_known(free):
    denied = PermissionError(errno.EACCES, "Permission denied", "/backups/x.gz")
    assert sentence_of(denied, BACKUPS) == "/backups/x.gz: Permission denied."
    broken = OSError(errno.EIO, "Input/output error")
    assert sentence_of(broken, BACKUPS, VAR) == "/backups: Input/output error."


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (no_space("/srv/var/x"), "/srv/var cannot be written: No space left"),
        (
            PostgresError("It did not start."),
            "The disk of /srv/var is full: 1 MB are free. It did not start.",
        ),
        (
            OperationalError("INSERT name", {}, Exception("x")),
            "The disk of /srv/var is full: 1 MB are free. The database failed.",
        ),
        (
            BackupError("They do not run."),
            "The disk of /srv/var is full: 1 MB are free. They do not run.",
        ),
    ],
    ids=["file", "server", "statement", "services"],
)
def test_what_comes_of_a_full_disk_says_so(free, error, said):
    free[VAR] = 1_000_000
    with pytest.raises(BackupError, match="1 MB are free") as told, room_in(VAR):
        raise error
    assert str(told.value).startswith(said)


def test_with_room_enough_a_failure_stays_what_it_is(free):
    free[VAR] = LEAST_BYTES
    for error in (PostgresError("It did not start."), PermissionError(errno.EACCES, "no")):
        with pytest.raises(type(error)) as told, room_in(VAR):
            raise error
        assert told.value is error


def test_the_room_of_a_folder_that_is_not_there_yet_is_that_of_its_disk(tmp_path):
    assert disks.free_bytes(tmp_path / "not" / "yet") == disks.free_bytes(tmp_path)
