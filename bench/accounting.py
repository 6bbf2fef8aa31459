"""CPU time and memory of processes, as Linux accounts for them under ``/proc``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from bench.timing import MILLISECONDS
from tests.kit.portal.portals import Portal

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KILOBYTES_PER_MEGABYTE = 1024
_SPENT = (11, 12, 13, 14)
"""Positions after the program's name, which may hold spaces (proc(5)): utime, stime, and the
same of its children that have ended and were waited for."""


def process_tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for path in (PROC / str(pid) / "task").glob("*/children"):
        try:
            children = [int(word) for word in path.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += process_tree(child)
    return found


def processes_of(portal: Portal, names: Iterable[str]) -> dict[str, list[int]]:
    """The process ids of a stack's services and servers, by name, with all their children."""
    pids = {name.removesuffix("-1"): pid for name, pid in portal.pids.items()}
    return {name: process_tree(pids[name]) for name in names}


def cpu_seconds(pids: Iterable[int]) -> float:
    """The CPU time that processes have used so far, with that of their children that ended.

    A process that has ended itself counts nothing here, but with its parent, once that has
    waited for it: of a whole tree nothing gets lost.
    """
    total = 0
    for pid in pids:
        try:
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(fields[position]) for position in _SPENT)
    return total / TICKS_PER_SECOND


def cpu_per_piece(
    processes: Mapping[str, Sequence[int]], work: Callable[[], int]
) -> dict[str, float]:
    """Milliseconds of CPU that processes spend on a piece of work, by their names.

    What they start meanwhile counts too.

    Args:
        processes: process ids by name.
        work: done once; answers how many pieces it was.
    """
    before = {name: cpu_seconds(pids) for name, pids in processes.items()}
    count = work()
    return {
        name: (cpu_seconds(_with_new_children(pids)) - before[name]) / count * MILLISECONDS
        for name, pids in processes.items()
    }


def _with_new_children(pids: Sequence[int]) -> set[int]:
    return {one for pid in pids for one in process_tree(pid)}


def cpu_in_words(spent: Mapping[str, float]) -> str:
    """The same as words: ``gateway 3.95, forms 3.29``."""
    return ", ".join(f"{name} {milliseconds:.2f}" for name, milliseconds in spent.items())


def memory_megabytes(pid: int) -> tuple[float, float]:
    """RSS and PSS of a process. PSS counts a page that n processes share as its n-th part."""
    found = {}
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        found[name] = int(rest.split()[0]) / KILOBYTES_PER_MEGABYTE
    return found["Rss"], found["Pss"]
