"""The database's upsert counts tries as the rule says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from identity_links.domain import throttle as rule
from identity_links.domain.second_check import ANSWERS_BY_CLIENT
from identity_links.operations import housekeeping
from identity_links.storage import throttle

KEY = rule.throttle_key("test", "x")
BACKOFFS = {
    "sign in": rule.SIGN_IN_FROM_NETWORK,
    "link": rule.LINK_BY_PERSON,
    "second check": ANSWERS_BY_CLIENT,
    "short": rule.Backoff((0, 2, 5), forgets_after=4),
}
GAPS = [0, 0, 1, 0, 0, 29, 1, 60, 5, 3, 120, 7_200, 0, 0, 4, 1, 100_000, 0]


@pytest.mark.parametrize("which", BACKOFFS)
def test_the_upsert_follows_the_rule(world, which):
    backoff, tries = BACKOFFS[which], None
    for gap in GAPS:
        world.later(seconds=gap)
        blocked = tries is not None and tries.is_blocked(world.now)
        expected = tries.wait_seconds(world.now) if blocked else 0
        assert world.run(throttle.count_try, KEY, backoff, world.now) == expected
        tries = rule.count_try(tries, backoff, world.now)
        assert world.run(throttle.wait_seconds, KEY, world.now) == tries.wait_seconds(world.now)


def test_a_forgiven_try_never_was(world):
    backoff = rule.Backoff((0, 60), forgets_after=3_600)
    for _ in range(5):
        assert world.run(throttle.count_try, KEY, backoff, world.now) == 0
        world.run(throttle.forgive, KEY, world.now)


def test_uses_are_counted_in_windows_and_the_rest_waits_for_the_next(world):
    window = rule.Window(uses=3, seconds=60)

    def use():
        return world.run(throttle.count_use, KEY, window, world.now)

    for seconds in (0, 20, 20):
        world.later(seconds=seconds)
        assert use() == 0
    assert use() == 20
    world.later(seconds=19)
    assert use() == 1
    world.later(seconds=1)
    assert [use() for _ in range(4)] == [0, 0, 0, 60]


def test_forgotten_counts_are_pruned_and_others_stay(world):
    backoff = rule.Backoff((0,), forgets_after=60)
    world.run(throttle.count_try, KEY, backoff, world.now)
    other = rule.throttle_key("test", "y")
    world.later(seconds=59)
    world.run(throttle.count_try, other, backoff, world.now)
    world.later(seconds=1)
    pruned = world.run(
        housekeeping.prune,
        devices_kept=timedelta(days=30),
        tokens_kept=timedelta(days=30),
        refusals_kept=timedelta(days=30),
        now=world.now,
    )
    assert {name: count for name, count in pruned.items() if count} == {"throttle": 1}
