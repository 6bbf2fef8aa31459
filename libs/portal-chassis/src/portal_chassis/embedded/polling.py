"""Waiting for another process, which cannot wake us: look again and again, with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable

POLL_SECONDS = 0.05


def wait_until(
    predicate: Callable[[], bool],
    *,
    within: float,
    every: float | Callable[[], float] = POLL_SECONDS,
) -> bool:
    """Ask `predicate` every `every` seconds until it holds.

    Args:
        predicate: what is waited for.
        within: seconds.
        every: seconds, or what tells how many before each time it is asked again.

    Returns:
        Whether it held within `within` seconds. It is asked at least once.
    """
    deadline = time.monotonic() + within
    while not predicate():
        if time.monotonic() > deadline:
            return False
        time.sleep(every() if callable(every) else every)  # noqa: TID251 -- the one place that polls
    return True
