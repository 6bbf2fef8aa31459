"""CPU time and memory of processes, as Linux accounts for them under ``/proc``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KILOBYTES_PER_MEGABYTE = 1024
_UTIME, _STIME = 11, 12
"""Positions after the program's name, which may hold spaces (proc(5))."""


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for path in (PROC / str(pid) / "task").glob("*/children"):
        try:
            children = [int(word) for word in path.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += family(child)
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """The CPU time that processes have used so far; those that have ended count nothing."""
    total = 0
    for pid in pids:
        try:
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[_UTIME]) + int(fields[_STIME])
    return total / TICKS_PER_SECOND


def memory_megabytes(pid: int) -> tuple[float, float]:
    """RSS and PSS of a process. PSS counts a page that n processes share as its n-th part."""
    found = {}
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        found[name] = int(rest.split()[0]) / KILOBYTES_PER_MEGABYTE
    return found["Rss"], found["Pss"]
