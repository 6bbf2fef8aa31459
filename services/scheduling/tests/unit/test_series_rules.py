"""How a series repeats: wall time, weeks and weekdays of the month, and wishes that cannot be."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from portal_contracts.scheduling.rpc.series import Repeat
from portal_contracts.zones import zones_to_choose
from scheduling.domain.series import SeriesRule, rule_of, weeks_of_month
from scheduling.domain.wall_time import wall_instants

BERLIN = "Europe/Berlin"
START = datetime(2026, 12, 3, 9, tzinfo=UTC)
LATEST = START + timedelta(days=3660)
at = datetime.fromisoformat
WEEKLY, MONTHLY = RepeatUnit.WEEKLY, RepeatUnit.MONTHLY


def walls(repeat, start=START, zone=BERLIN):
    rule = rule_of(repeat, start, zone, latest=LATEST)
    return [f"{rule.wall(slot):%m-%d %H:%M}" for slot in range(rule.slots)]


def test_weeks_are_counted_from_the_first():
    repeat = Repeat(unit=WEEKLY, every=2, times=3)
    assert walls(repeat) == ["12-03 10:00", "12-17 10:00", "12-31 10:00"]
    until = Repeat(unit=WEEKLY, until_on=date(2026, 12, 17))
    assert walls(until) == ["12-03 10:00", "12-10 10:00", "12-17 10:00"]


@pytest.mark.parametrize(
    ("first", "week", "expected"),
    [
        (datetime(2026, 12, 8, 9, tzinfo=UTC), None, ["12-08", "01-12", "02-09"]),
        (datetime(2026, 12, 25, 9, tzinfo=UTC), -1, ["12-25", "01-29", "02-26"]),
        (datetime(2026, 12, 25, 9, tzinfo=UTC), None, ["12-25", "01-22", "02-26"]),
        (datetime(2026, 12, 31, 9, tzinfo=UTC), None, ["12-31", "01-28", "02-25"]),
    ],
)
def test_months_keep_the_weekday_and_its_number(first, week, expected):
    repeat = Repeat(unit=MONTHLY, week_of_month=week, times=3)
    assert [one[:5] for one in walls(repeat, first)] == expected


def test_ten_stays_ten_when_the_clocks_change():
    rule = rule_of(Repeat(unit=WEEKLY, times=30), START, BERLIN, latest=LATEST)
    instants = [rule.instants(slot)[0] for slot in range(rule.slots)]
    assert {one.astimezone(ZoneInfo(BERLIN)).hour for one in instants} == {10}
    assert {one.hour for one in instants} == {8, 9}


def test_a_skipped_time_is_at_no_instant_and_a_repeated_one_means_the_first():
    spring = datetime(2027, 3, 21, 1, 30, tzinfo=UTC)
    rule = rule_of(Repeat(unit=WEEKLY, times=3), spring, BERLIN, latest=LATEST)
    assert [len(rule.instants(slot)) for slot in range(3)] == [1, 0, 1]
    autumn = datetime(2027, 10, 24, 0, 30, tzinfo=UTC)
    rule = rule_of(Repeat(unit=WEEKLY, times=3), autumn, BERLIN, latest=LATEST)
    first, second = rule.instants(1)
    assert second - first == timedelta(hours=1)
    assert rule.nominal(1) == first


WRONG = [
    ({"times": 10_000}, {"times": "times_out_of_range"}),
    ({"times": 1}, {"times": "times_out_of_range"}),
    ({}, {"until_on": "end_missing"}),
    ({"times": 5, "until_on": date(2027, 1, 1)}, {"times": "until_or_times"}),
    ({"until_on": date(2026, 12, 2)}, {"until_on": "until_before_start"}),
    ({"until_on": date(2026, 12, 9)}, {"until_on": "until_too_early"}),
    ({"until_on": date(2036, 1, 1)}, {"until_on": "too_many_times"}),
    ({"until_on": date.max}, {"until_on": "too_many_times"}),
    ({"unit": MONTHLY, "every": 12, "times": 104}, {"times": "too_far"}),
    ({"unit": MONTHLY, "every": 52, "until_on": date.max}, {"until_on": "too_many_times"}),
    ({"every": 0, "times": 5}, {"every": "every_out_of_range"}),
    ({"weekday": "someday", "times": 5}, {"weekday": "weekday_unknown"}),
    ({"weekday": "tue", "times": 5}, {"weekday": "weekday_differs"}),
    ({"unit": MONTHLY, "week_of_month": 7, "times": 5}, {"week_of_month": "week_unknown"}),
    ({"unit": MONTHLY, "week_of_month": 2, "times": 5}, {"week_of_month": "week_differs"}),
]


@pytest.mark.parametrize(("said", "errors"), WRONG, ids=[str(list(said)) for said, _ in WRONG])
def test_what_cannot_be_is_said_at_its_field(said, errors):
    with pytest.raises(Invalid) as refused:
        rule_of(Repeat(**({"unit": WEEKLY} | said)), START, BERLIN, latest=LATEST)
    assert (refused.value.code, refused.value.fields) == ("series_invalid", errors)


ANY_RULE = st.builds(
    SeriesRule,
    unit=st.just(WEEKLY),
    every=st.integers(1, 8),
    first_wall=st.datetimes(at("2024-11-29"), at("2028-11-29")).map(
        lambda wall: wall.replace(second=0, microsecond=0, fold=0)
    ),
    timezone=st.sampled_from(sorted(zones_to_choose())),
    week_of_month=st.none(),
    slots=st.integers(2, 104),
)


@given(ANY_RULE, st.integers(0, 103))
def test_in_every_zone_each_occurrence_shows_the_same_wall_time(rule, slot):
    for instant in rule.instants(slot):
        shown = instant.astimezone(ZoneInfo(rule.timezone))
        assert shown.replace(tzinfo=None, fold=0) == rule.wall(slot)
        assert (shown.weekday(), shown.time()) == (
            rule.first_wall.weekday(),
            rule.first_wall.time(),
        )


@given(ANY_RULE, st.integers(0, 40))
def test_a_rule_that_is_parted_or_moved_goes_on_as_it_did(rule, slot):
    later = rule.wall(slot) + timedelta(days=1, hours=1)
    moved = rule.moved_to(slot, later)
    assert moved.wall(slot) == later
    assert moved.wall(slot + 3) - moved.wall(slot) == rule.wall(slot + 3) - rule.wall(slot)
    assert rule.part(slot).wall(2) == rule.wall(slot + 2)


def test_a_month_that_is_moved_keeps_its_number_where_the_day_has_it():
    rule = SeriesRule(MONTHLY, 1, at("2026-12-25 10:00"), BERLIN, -1, 12)
    assert rule.moved_to(1, at("2027-01-28 11:00")).week_of_month == -1
    assert rule.moved_to(1, at("2027-01-12 11:00")).wall(2) == at("2027-02-09 11:00")


def test_a_weekday_may_be_the_fourth_and_the_last():
    assert weeks_of_month(date(2026, 12, 25)) == (4, -1)
    assert weeks_of_month(date(2026, 12, 31)) == (-1,)
    assert weeks_of_month(date(2026, 12, 8)) == (2,)


def test_the_wall_shows_a_time_at_none_one_or_two_instants():
    zone = ZoneInfo(BERLIN)
    assert wall_instants(at("2027-03-28 02:30"), zone) == ()
    assert len(wall_instants(at("2027-10-31 02:30"), zone)) == 2
    assert wall_instants(at("2027-01-01 10:00"), zone) == (datetime(2027, 1, 1, 9, tzinfo=UTC),)
