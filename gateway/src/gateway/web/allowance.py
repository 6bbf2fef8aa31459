"""How often something may happen under a name, kept in memory and bounded."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Final

PERIOD_SECONDS: Final = 60.0
MOST_NAMES: Final = 20_000
"""Beyond them the name that was heard of longest ago begins anew. Some 3 MB at most."""


class Allowance:
    """So much at once, and then as much in a minute, evenly (GCRA, ITU-T I.371).

    Each process has its own: with several the allowance is as many times as large.

    Args:
        per_minute: how often.
    """

    def __init__(self, per_minute: int) -> None:
        self._step = PERIOD_SECONDS / per_minute
        self._used_until: OrderedDict[Hashable, float] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many names are remembered."""
        return len(self._used_until)

    def use(self, name: Hashable, now: float) -> int:
        """Use it once; else the whole seconds until it can be used again, and nothing is used.

        Args:
            name: whose allowance.
            now: monotonic seconds.
        """
        with self._lock:
            seconds = self._wait(name, now)
            if not seconds:
                self._used_until[name] = max(self._used_until.get(name, now), now) + self._step
                self._used_until.move_to_end(name)
                if len(self._used_until) > MOST_NAMES:
                    self._used_until.popitem(last=False)
            return seconds

    def wait(self, name: Hashable, now: float) -> int:
        """The whole seconds until it can be used; 0 is now."""
        with self._lock:
            return self._wait(name, now)

    def _wait(self, name: Hashable, now: float) -> int:
        used_until = self._used_until.get(name, now)
        # Rounding must not take from a full allowance.
        left = used_until + self._step - now - PERIOD_SECONDS - self._step / 1000
        return max(0, math.ceil(left))
