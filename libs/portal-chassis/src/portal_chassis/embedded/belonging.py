"""Which process is a folder's own: proofs that a copy of the folder does not have.

A file that names a process proves nothing: it is copied with its folder, and
numbers are used again. Two things are not copied. A server works in a
directory of its folder, which is an inode and not a name; Linux shows it. And
a server holds a lock that it was given when it was started, on a file of its
folder; the kernel frees it when the last process that inherited it has ended.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.processes import runs

PROBE_SECONDS = 5.0
"""How long somebody who only looks whether a lock is held may be in the way."""


def belongs(pid: int, command: str, home: Path, lock: Path) -> bool:
    """Whether process `pid` is a `command` that was started from the folder of `home`.

    Args:
        pid: from a file of the folder.
        command: part of its program's name.
        home: the directory it works in.
        lock: the file whose lock it was given; counts where the system does not show `home`.
    """
    if not runs(pid, command):
        return False
    works_here = _works_in(pid, home)
    return is_held(lock) if works_here is None else works_here


def is_held(lock: Path) -> bool:
    """Whether a process holds the lock on the file `lock`."""
    try:
        file = lock.open("rb")
    except OSError:
        return False
    with file:
        try:
            # Shared: two that look at the same moment do not see each other.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def take(lock: Path, *, within: float = PROBE_SECONDS) -> IO[bytes] | None:
    """Lock the file `lock` until the returned file is closed, here and in whoever inherits it.

    Returns:
        None where another process still holds it after `within` seconds.
    """
    file = open_lock(lock)

    def taken() -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    if wait_until(taken, within=within):
        return file
    file.close()
    return None


def open_lock(lock: Path) -> IO[bytes]:
    """The file `lock`, for its owner alone: whoever can open one can hold it, and keep us out.

    Raises:
        OSError: it cannot be opened, or is a symbolic link: a server's user, who owns the
            server's folder, could have us open any file by one.
    """
    descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    # One of an earlier release was for everybody; not every file system can change that.
    with suppress(OSError):
        os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "ab")


@contextmanager
def given(lock: Path) -> Iterator[tuple[int, ...]]:
    """The lock on `lock` as descriptors for a child to inherit (`pass_fds`); ours is let go.

    Raises:
        BlockingIOError: a process that was given it lives on.
    """
    file = take(lock)
    if file is None:
        message = f"A process that was started with {lock} has not ended."
        raise BlockingIOError(message)
    with file:
        yield (file.fileno(),)


def _works_in(pid: int, home: Path) -> bool | None:
    """Whether `home` is the working directory of `pid`; None where the system does not show it."""
    try:
        here = home.stat()
        its = Path(f"/proc/{pid}/cwd").stat()
    except OSError:
        return None
    return (its.st_dev, its.st_ino) == (here.st_dev, here.st_ino)
