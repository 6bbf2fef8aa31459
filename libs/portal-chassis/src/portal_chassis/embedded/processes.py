"""Processes of which only the number is known, from a file that a former process wrote."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from portal_chassis.embedded.polling import wait_until


def runs(pid: int, command: str) -> bool:
    """Whether process `pid` lives and its program's name holds `command`.

    Numbers are used again: the process that has one today may be another
    program. A dead process that nobody has waited for does not count.
    """
    # Linux tells it in a file; starting `ps` for it takes a hundred times as long.
    shown = _from_proc(pid) if Path("/proc/self/stat").exists() else _from_ps(pid)
    state, _, name = shown.partition(" ")
    return command in name and not state.startswith("Z")


def _from_proc(pid: int) -> str:
    """State and name of a process, ``S postgres``; empty when there is none."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return ""
    # A name may hold blanks and parentheses itself: it ends at the last one.
    name, _, rest = line.partition("(")[2].rpartition(")")
    return f"{rest.split()[0]} {name}"


def _from_ps(pid: int) -> str:
    """The same, of a system that does not show its processes as files."""
    answer = subprocess.run(
        ["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def end(pid: int, command: str, *, within: float = 10.0) -> bool:
    """Kill process `pid` if it still is a `command`; whether it is gone."""

    def is_gone() -> bool:
        if not runs(pid, command):
            return True
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return False

    return wait_until(is_gone, within=within)
