"""The clock: the one place where the present time comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock


class Clock:
    """Tells the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock(Clock):
    """A clock that stands still until it is moved, for tests and rehearsals."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant.astimezone(UTC)
        self._lock = Lock()

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._instant

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`."""
        with self._lock:
            self._instant += timedelta(seconds=seconds)
