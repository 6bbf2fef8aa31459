"""A failure in a sentence for people: which disk is full, which file cannot be read."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from portal_chassis.embedded.postgres_cluster import PostgresError
from portal_runner.backup.streams import BackupError

FULL = {errno.ENOSPC, errno.EDQUOT}
LEAST_BYTES = 64_000_000
"""With less, PostgreSQL cannot go on: it writes its log in files of 16 MB, some ahead."""


def sentence_of(error: Exception, *folders: Path) -> str:
    """What a person reads of a failure.

    Args:
        error: what was raised.
        folders: that were written to. A full disk is told as that of the one with the least room,
            and where no file is known, the first stands for it.
    """
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    if error.errno in FULL:
        fullest = min(folders, key=free_bytes)
        return (
            f"{fullest} cannot be written: {error.strerror} "
            f"({_megabytes(free_bytes(fullest))} are free)."
        )
    return f"{error.filename or folders[0]}: {error.strerror}."


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Tell failures in the block that come of a full disk as what they are.

    PostgreSQL and the services say it in their own words and languages, or not at all: so of
    theirs it is added where the disk of `folder` has hardly any room.

    Raises:
        BackupError: the disk is full; else what the block raises.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise BackupError(sentence_of(error, folder)) from error
    except (BackupError, PostgresError, SQLAlchemyError) as error:
        free = free_bytes(folder)
        if free >= LEAST_BYTES:
            raise
        said = "The database failed." if isinstance(error, SQLAlchemyError) else str(error)
        message = f"The disk of {folder} is full: {_megabytes(free)} are free. {said}"
        raise BackupError(message) from error


def free_bytes(folder: Path) -> int:
    """What is free on the disk of `folder`, or of the nearest above it that is there."""
    there = next((one for one in (folder, *folder.absolute().parents) if one.exists()), Path("/"))
    return shutil.disk_usage(there).free


def _megabytes(number: int) -> str:
    return f"{number / 1e6:.0f} MB"
