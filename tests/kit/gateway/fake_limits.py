"""How often somebody may try, and how much a program may ask: identity-links' rules, in memory."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from identity_links.domain.throttle import Backoff, Quota, Tries, Window, count_try
from portal_contracts.identity_links.rpc.api_tokens import RequestAllowance


@dataclass
class FakeLimits:
    """Counts of tries and of uses, each under a key."""

    tries: dict[str, Tries] = field(default_factory=dict)
    uses: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    heard: dict[str, list[datetime]] = field(default_factory=dict)

    def count_try(self, key: str, backoff: Backoff, now: datetime) -> int:
        """Count a try; 0 when it is heard, else the seconds to wait."""
        if wait := self.wait_seconds(key, now):
            return wait
        self.tries[key] = count_try(self.tries.get(key), backoff, now)
        return 0

    def wait_seconds(self, key: str, now: datetime) -> int:
        """Seconds until the next try is heard."""
        return self.tries[key].wait_seconds(now) if key in self.tries else 0

    def forget(self, key: str) -> None:
        """Count anew: the last try was a good one."""
        self.tries.pop(key, None)

    def count_use(self, key: str, window: Window, now: datetime) -> int:
        """Count a use; 0 when it is heard, else the seconds until the next window."""
        count, ends_at = self.uses.get(key, (0, now))
        if ends_at <= now:
            count, ends_at = 0, now + timedelta(seconds=window.seconds)
        self.uses[key] = (count + 1, ends_at)
        return window.wait_seconds(count + 1, ends_at, now)

    def count_in_quota(self, key: str, quota: Quota, now: datetime) -> RequestAllowance | int:
        """Count a use: what is left when it is heard, else the seconds to wait."""
        counted = [one for one in self.heard.get(key, []) if quota.forgotten_at(one) > now]
        self.heard[key] = counted
        if len(counted) >= quota.uses:
            return math.ceil((quota.forgotten_at(counted[-quota.uses]) - now).total_seconds())
        counted.append(now)
        more_in = math.ceil((quota.forgotten_at(counted[0]) - now).total_seconds())
        return RequestAllowance(
            limit=quota.uses,
            seconds=quota.seconds,
            left=quota.uses - len(counted),
            more_in_seconds=more_in,
        )
