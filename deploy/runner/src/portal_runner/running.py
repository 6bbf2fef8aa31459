"""One portal per data folder: the lock that keeps a second one out, and where the first one is."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import IO, Any


class AlreadyRunningError(RuntimeError):
    """A portal uses this data folder already; the text says which."""


class RunningPortal:
    """Holds a data folder while a portal runs there, and says where it answers.

    The lock is the kernel's: a portal that was killed does not block the next.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts = folder / "running.json"
        self._lock: IO[bytes] | None = None

    def claim(self) -> None:
        """Take the folder.

        Raises:
            AlreadyRunningError: another process holds it.
        """
        lock = (self._folder / "running.lock").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            facts = read_running(self._folder) or {}
            where = f" at {facts['url']}" if "url" in facts else ""
            process = f" (process {facts['pid']})" if "pid" in facts else ""
            message = (
                f"A portal runs with {self._folder} already{where}{process}. "
                "Stop it first, or give another folder with --var."
            )
            raise AlreadyRunningError(message) from None
        self._facts.unlink(missing_ok=True)
        self._lock = lock

    def announce(self, **facts: Any) -> None:
        """Write where it answers, for us alone: `running.json` exists while it is ready."""
        write_private(self._facts, json.dumps({"pid": os.getpid(), **facts}, indent=2))

    def release(self) -> None:
        """Give the folder free."""
        if self._lock is not None:
            self._facts.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None


def read_running(folder: Path) -> dict[str, Any] | None:
    """What a ready portal has announced in `folder`, if there is one."""
    try:
        found: dict[str, Any] = json.loads((folder / "running.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.rename(path)
