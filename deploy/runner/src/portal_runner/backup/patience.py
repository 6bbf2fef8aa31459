"""How long something is waited for that gets less: as long as it does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Standing(Enum):
    """What to do: go on waiting, or stop, since it is at rest or gets no less."""

    WAITING = auto()
    AT_REST = auto()
    STUCK = auto()


@dataclass
class Patience:
    """Judges what was looked at again and again.

    Attributes:
        seconds: after so long in which nothing got less, it is stuck.
        looks: so often in a row nothing may wait, until it is at rest: what arrives may lead to
            more.
    """

    seconds: float
    looks: int
    _least: int | None = None
    _since: float = 0.0
    _quiet: int = 0

    def look(self, waiting: int, now: float) -> Standing:
        """How it stands.

        Args:
            waiting: how many wait.
            now: in seconds, on a clock that only goes forward.
        """
        self._quiet = 0 if waiting else self._quiet + 1
        if self._quiet >= self.looks:
            return Standing.AT_REST
        if self._least is None or waiting < self._least:
            self._least, self._since = waiting, now
        return Standing.STUCK if now - self._since >= self.seconds else Standing.WAITING
