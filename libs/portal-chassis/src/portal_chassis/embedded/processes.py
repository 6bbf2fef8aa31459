"""Processes of which only the number is known, from a file that a former process wrote."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess

from portal_chassis.embedded.polling import wait_until


def runs(pid: int, command: str) -> bool:
    """Whether process `pid` lives and its program's name holds `command`.

    Numbers are used again: the process that has one today may be another
    program. A dead process that nobody has waited for does not count.
    """
    answer = subprocess.run(
        ["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, name = answer.stdout.strip().partition(" ")
    return command in name and not state.startswith("Z")


def end(pid: int, command: str, *, within: float = 10.0) -> bool:
    """Kill process `pid` if it still is a `command`; whether it is gone."""

    def is_gone() -> bool:
        if not runs(pid, command):
            return True
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return False

    return wait_until(is_gone, within=within)
