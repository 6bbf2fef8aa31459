"""Identifiers that sort by time, and the time itself."""

from datetime import UTC, datetime, timedelta, timezone

from portal_chassis.clock import Clock, FixedClock
from portal_chassis.ids import new_id


def test_ids_are_of_version_7_and_grow():
    ids = [new_id() for _ in range(10_000)]
    assert {one.version for one in ids} == {7}
    assert ids == sorted(ids)
    assert len(set(ids)) == 10_000


def test_the_clock_is_aware_and_in_utc():
    assert Clock().now().utcoffset() == timedelta(0)


def test_a_fixed_clock_stands_until_it_is_moved():
    clock = FixedClock(datetime(2026, 12, 1, 13, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == clock.now() == datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    clock.advance(90)
    assert clock.now() == datetime(2026, 12, 1, 12, 1, 30, tzinfo=UTC)
