"""One portal per data folder: the lock that keeps a second one out, and where the first one is.

Locks are the kernel's, on files of the folder: a portal that was killed does
not block the next, and what a copy of the folder says of the portal that runs
with the original is not believed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, Any

from portal_chassis.embedded.belonging import is_held, take
from portal_chassis.embedded.running_portal import (
    lock_of,
    read_facts,
    read_running,
    write_private,
)

LOCK_SECONDS = 0.5
"""Longer than anybody takes who only looks whether the lock is held."""

FORMER_SECONDS = 30.0
"""How long the processes of a portal that was killed may take to notice and to end."""


class AlreadyRunningError(RuntimeError):
    """A portal uses this data folder already; the text says which."""


class RunningPortal:
    """Holds a data folder while a portal runs there, and says where it answers.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts = folder / "running.json"
        self._lock: IO[bytes] | None = None
        self._children: IO[bytes] | None = None

    def claim(self, *, former_seconds: float = FORMER_SECONDS) -> None:
        """Take the folder, once every process of a portal that was killed has ended.

        Args:
            former_seconds: how long to wait for them.

        Raises:
            AlreadyRunningError: another process holds it, or they do not end.
        """
        lock = take(lock_of(self._folder), within=LOCK_SECONDS)
        if lock is None:
            raise AlreadyRunningError(_who_runs(self._folder))
        children = take(self._folder / "children.lock", within=former_seconds)
        if children is None:
            lock.close()
            message = (
                f"The portal that ran with {self._folder} was killed, and processes that it had "
                f"started still run{_named(former_pids(self._folder))}. End them, and start again."
            )
            raise AlreadyRunningError(message)
        self._facts.unlink(missing_ok=True)
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        self._lock, self._children = lock, children

    @property
    def inherited(self) -> tuple[int, ...]:
        """Descriptors for the portal's own processes to inherit: they hold the folder with it."""
        return () if self._children is None else (self._children.fileno(),)

    def announce(self, **facts: Any) -> None:
        """Write where it answers, for us alone: `running.json` exists while it is ready."""
        write_private(self._facts, json.dumps({"pid": os.getpid(), **facts}, indent=2))

    def release(self) -> None:
        """Give the folder free."""
        if self._lock is not None:
            self._facts.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None
        if self._children is not None:
            self._children.close()
            self._children = None


def read_processes(folder: Path) -> dict[str, int]:
    """Process name to id of the portal that runs with `folder`."""
    found = read_facts(folder / "processes.json") if is_held(lock_of(folder)) else None
    return {name: pid for name, pid in (found or {}).items() if pid}


def former_pids(folder: Path) -> list[int]:
    """The processes that a portal of `folder` has noted down as its own."""
    return sorted({pid for pid in (read_facts(folder / "processes.json") or {}).values() if pid})


def _who_runs(folder: Path) -> str:
    facts = read_running(folder) or {}
    where = f" at {facts['url']}" if "url" in facts else ""
    pid = facts.get("pid") or lock_of(folder).read_text("ascii", errors="replace")
    process = f" (process {pid})" if pid else ""
    return (
        f"A portal runs with {folder} already{where}{process}. "
        "Stop it first, or give another folder with --var."
    )


def _named(pids: list[int]) -> str:
    return f" (of {', '.join(str(pid) for pid in pids)})" if pids else ""
