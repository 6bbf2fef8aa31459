"""How long to wait after how many tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from identity_links.domain.throttle import (
    LINK_BY_PERSON,
    SIGN_IN_FROM_NETWORK,
    Backoff,
    count_try,
    throttle_key,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def after(backoff, *seconds):
    """How a key stands after tries at these seconds."""
    tries = None
    for second in seconds:
        tries = count_try(tries, backoff, NOW + timedelta(seconds=second))
    return tries


def test_five_wrong_passwords_are_free_then_waits_grow():
    tries = after(SIGN_IN_FROM_NETWORK, 0, 1, 2, 3)
    assert tries.wait_seconds(NOW + timedelta(seconds=3)) == 0
    tries = count_try(tries, SIGN_IN_FROM_NETWORK, NOW + timedelta(seconds=4))
    assert tries.wait_seconds(NOW + timedelta(seconds=4)) == 30
    tries = count_try(tries, SIGN_IN_FROM_NETWORK, NOW + timedelta(seconds=34))
    assert tries.wait_seconds(NOW + timedelta(seconds=34)) == 60


def test_a_try_during_a_wait_changes_nothing():
    tries = after(SIGN_IN_FROM_NETWORK, 0, 1, 2, 3, 4)
    assert count_try(tries, SIGN_IN_FROM_NETWORK, NOW + timedelta(seconds=20)) == tries


def test_a_quiet_key_starts_anew():
    tries = after(SIGN_IN_FROM_NETWORK, 0, 1, 2, 3, 4, 4 + 3_600)
    assert tries.count == 1


def test_a_new_link_may_be_asked_for_after_a_minute():
    tries = after(LINK_BY_PERSON, 0)
    assert tries.wait_seconds(NOW) == 60
    assert not tries.is_blocked(NOW + timedelta(seconds=60))


@given(
    waits=st.lists(st.integers(0, 100), min_size=1, max_size=5),
    gaps=st.lists(st.integers(0, 200), max_size=20),
)
def test_heard_tries_keep_the_distance_the_waits_demand(waits, gaps):
    backoff = Backoff(tuple(waits), forgets_after=150)
    tries, at, heard = None, 0, []
    for gap in gaps:
        at += gap
        now = NOW + timedelta(seconds=at)
        if tries is None or not tries.is_blocked(now):
            heard.append(at)
        tries = count_try(tries, backoff, now)
    assert all(later - earlier >= min(waits) for earlier, later in pairwise(heard))


def test_a_key_does_not_show_what_was_typed():
    key = throttle_key("sign_in_by_email", "anna@example.org")
    assert len(key) == 64
    assert "anna" not in key
    assert key != throttle_key("link_by_email", "anna@example.org")
