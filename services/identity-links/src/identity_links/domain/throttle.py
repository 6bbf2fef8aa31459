"""Throttling: how long to wait after how many tries, and how much is taken in a while.

Three rules. What one person does is counted under a key (`Backoff`): each count has
a wait, and a key that has been quiet for long enough starts anew. What many do at
once, or a program that is never quiet, is counted in windows of fixed length
(`Window`): so much in each, and the rest waits for the next. What is promised as so much
in any minute is counted by parts of it (`Quota`): two windows would let twice as much pass
where they meet.

A try that is not heard is counted nowhere, so it prolongs nobody's wait. A key that
strangers share with the person they aim at has a window and no growing waits: they
can slow that person down, and not shut the door.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Backoff:
    """Waits after the first, second, third … try; the last one holds for all further tries.

    Attributes:
        waits: seconds to wait after the n-th try before the next one is heard.
        forgets_after: seconds without a try after which counting starts anew.
    """

    waits: tuple[int, ...]
    forgets_after: int

    def wait_after(self, tries: int) -> int:
        """Seconds to wait after `tries` tries (at least one)."""
        return self.waits[min(max(tries, 1), len(self.waits)) - 1]


@dataclass(frozen=True)
class Tries:
    """How a key stands: `count` tries so far, the next one heard at `free_at`."""

    count: int
    free_at: datetime
    forget_at: datetime

    def is_blocked(self, now: datetime) -> bool:
        """Whether a try at `now` is refused."""
        return now < self.free_at

    def wait_seconds(self, now: datetime) -> int:
        """Whole seconds from `now` until the next try is heard; 0 when it is heard now."""
        return max(0, math.ceil((self.free_at - now).total_seconds()))


def count_try(before: Tries | None, backoff: Backoff, now: datetime) -> Tries:
    """How a key stands after a try at `now`: the rule that the database's upsert carries out.

    A try during a wait changes nothing.
    """
    if before is not None and before.is_blocked(now):
        return before
    forgotten = before is None or before.forget_at <= now
    count = 1 if before is None or forgotten else before.count + 1
    return Tries(
        count=count,
        free_at=now + timedelta(seconds=backoff.wait_after(count)),
        forget_at=now + timedelta(seconds=backoff.forgets_after),
    )


@dataclass(frozen=True)
class Window:
    """So many uses of a key are heard within a fixed length of time, which its first use begins.

    Attributes:
        uses: how many.
        seconds: how long the window is.
    """

    uses: int
    seconds: int

    def wait_seconds(self, uses: int, ends_at: datetime, now: datetime) -> int:
        """Seconds until the next window for the `uses`-th use at `now`; 0 when it is heard."""
        if uses <= self.uses:
            return 0
        return max(1, math.ceil((ends_at - now).total_seconds()))


@dataclass(frozen=True)
class Quota:
    """So many uses of a key are heard in any stretch of this length, wherever it begins.

    A use counts until the part of the time that it fell into is over, and the whole length
    after that: at least `seconds`, and one part longer at most.

    Attributes:
        uses: how many.
        seconds: the length, a multiple of `PARTS`.
    """

    uses: int
    seconds: int

    @property
    def part(self) -> timedelta:
        """How long a part is."""
        return timedelta(seconds=self.seconds // PARTS)

    def forgotten_at(self, now: datetime) -> datetime:
        """When a use at `now` no longer counts."""
        begun = (now - _EPOCH) // self.part
        return _EPOCH + (begun + PARTS + 1) * self.part

    def wait_seconds(self, parts: Sequence[int], forgotten_at: datetime, now: datetime) -> int:
        """Seconds until a use is heard again.

        Args:
            parts: the uses of each part, the newest first.
            forgotten_at: when those of the newest no longer count.
            now: aware UTC.
        """
        left = list(parts)
        for age in reversed(range(len(parts))):
            left[age] = 0
            if sum(left) < self.uses:
                ends = forgotten_at - age * self.part
                return max(1, math.ceil((ends - now).total_seconds()))
        return self.seconds

    def more_in_seconds(self, parts: Sequence[int], forgotten_at: datetime, now: datetime) -> int:
        """Seconds until the oldest uses no longer count."""
        oldest = max((age for age, uses in enumerate(parts) if uses), default=0)
        ends = forgotten_at - oldest * self.part
        return max(1, math.ceil((ends - now).total_seconds()))


PARTS = 12
"""So many parts a quota's length has."""

_EPOCH = datetime.fromtimestamp(0, UTC)

_RISING = (30, 60, 120, 240, 480, 900)
MINUTE = 60
HOUR = 3_600
DAY = 86_400

SIGN_IN_FROM_NETWORK = Backoff(waits=(0, 0, 0, 0, *_RISING), forgets_after=HOUR)
"""Wrong passwords for one address from one network: five, then 30 s, rising to 15 minutes."""

SIGN_IN_FROM_BROWSER = Backoff(waits=(*(0,) * 9, *_RISING), forgets_after=HOUR)
"""Wrong passwords for one address from a browser that it has signed in on before: ten."""

SIGN_IN_BY_NETWORK = Window(uses=30, seconds=15 * MINUTE)
"""Wrong passwords for whatever addresses from one network, a whole office's for instance."""

SIGN_IN_BY_ADDRESS = Window(uses=100, seconds=HOUR)
"""Wrong passwords for one address from all networks together. One network has twelve at
most in an hour (`SIGN_IN_FROM_NETWORK`), so nine of them have to work together to use it up."""

LINK_BY_PERSON = Backoff(waits=(60, 60, 120, 300, 900, HOUR), forgets_after=DAY)
"""A new link after 60 s, later ones further apart."""

LINK_BY_NETWORK = Backoff(waits=(*(0,) * 19, *_RISING), forgets_after=HOUR)
"""Twenty requests from one address before it has to wait."""


INVITATIONS_BY_PRACTICE = Window(uses=50, seconds=DAY)
"""Mails that bring an invitation, sent for one practice: nobody floods strangers by them."""


def throttle_key(purpose: str, value: str) -> str:
    """The key of a count. It is a hash: what people typed is not stored."""
    return hashlib.sha256(f"{purpose}\x1f{value}".encode()).hexdigest()
