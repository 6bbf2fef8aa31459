"""Requests: until when one is answered, by the service's rules at present."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Answering:
    """How a bookable service answers its clients.

    Attributes:
        on_request: what they book is a request, which the practice approves or declines.
        within: so long a request waits for its answer.
        notice: elapsed time before the start; nothing is answered later.
    """

    on_request: bool = False
    within: timedelta = timedelta()
    notice: timedelta = timedelta()

    def answer_by(self, starts_at: datetime, *, now: datetime) -> datetime:
        """When a request that is made now expires: never later than the start less the notice."""
        return min(now + self.within, starts_at - self.notice)
