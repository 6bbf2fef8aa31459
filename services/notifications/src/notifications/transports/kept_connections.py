"""Connections to mail servers that are kept for the next mail, for a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable

from notifications.transports.bounded import BoundedSmtp, leave

KEPT_SECONDS = 10.0
"""Less than any server waits (RFC 5321, section 4.5.3.2, asks for five minutes)."""


class KeptConnections:
    """What is kept for each server, by the settings under which it was connected to and signed in.

    One connection serves one mail at a time. Whoever takes one asks it for a sign of life first:
    a server may have closed it without a word.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, list[tuple[float, BoundedSmtp]]] = {}

    def take(self, server: Hashable) -> BoundedSmtp | None:
        """The connection to a server that was used last, or None."""
        with self._lock:
            kept = self._kept.get(server)
            return kept.pop()[1] if kept else None

    def keep(self, server: Hashable, connection: BoundedSmtp) -> None:
        """Keep a connection on which nothing is under way."""
        with self._lock:
            self._kept.setdefault(server, []).append((time.monotonic(), connection))

    def leave_idle(self, *, longer_than: float = KEPT_SECONDS) -> None:
        """Say goodbye on what was kept for longer than so many seconds, in vain."""
        before = time.monotonic() - longer_than
        with self._lock:
            idle = [one for kept in self._kept.values() for one in kept if one[0] <= before]
            self._kept = {
                server: fresh
                for server, kept in self._kept.items()
                if (fresh := [one for one in kept if one[0] > before])
            }
        for _, connection in idle:
            leave(connection)
