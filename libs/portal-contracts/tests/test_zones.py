"""One list of zones: what is entered, under which name it is kept, and what a wall clock shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from portal_contracts.wall_clock import clock_time, utc_offset
from portal_contracts.zones import entered_zone, known_zone, zones_to_choose

AUTUMN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("US/Pacific", "America/Los_Angeles"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Iceland", "Atlantic/Reykjavik"),
        ("EST5EDT", "America/New_York"),
        ("Etc/UTC", "UTC"),
        ("GMT", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        (" europe/berlin ", "Europe/Berlin"),
        ("Factory", None),
        ("localtime", None),
        ("Mars/Olympus", None),
        ("", None),
    ],
)
def test_an_alias_is_entered_as_the_zone_it_means(entered, kept):
    assert known_zone(entered) == kept


def test_whatever_the_data_knows_is_entered_as_one_of_the_list_with_the_same_clocks():
    chosen = set(zones_to_choose())
    days = [datetime(2027, month, 1, tzinfo=UTC) for month in range(1, 13)]
    for name in available_timezones() - {"Factory", "localtime"}:
        kept = known_zone(name)
        assert kept in chosen
        assert kept == name or name not in chosen
        for day in days:
            there = day.astimezone(ZoneInfo(kept)).utcoffset()
            assert day.astimezone(ZoneInfo(name)).utcoffset() == there, name


def test_what_is_stored_stays_when_it_comes_back_unchanged():
    assert entered_zone("US/Pacific", "US/Pacific") == "US/Pacific"
    assert entered_zone("Mars/Olympus", "Mars/Olympus") == "Mars/Olympus"
    assert entered_zone("Asia/Calcutta", "US/Pacific") == "Asia/Kolkata"
    assert entered_zone("", "") is None


@pytest.mark.parametrize(
    ("zone", "instant", "first", "second"),
    [
        ("Europe/Berlin", AUTUMN, "02:30 (UTC+2)", "02:30 (UTC+1)"),
        ("Europe/London", AUTUMN, "01:30 (UTC+1)", "01:30 (UTC+0)"),
        (
            "America/St_Johns",
            datetime(2026, 11, 1, 4, 0, tzinfo=UTC),
            "01:30 (UTC\N{MINUS SIGN}2:30)",
            "01:30 (UTC\N{MINUS SIGN}3:30)",
        ),
    ],
)
def test_the_hour_that_comes_twice_is_written_with_its_offset(zone, instant, first, second):
    assert clock_time(instant, zone) == first
    assert clock_time(instant + timedelta(hours=1), zone) == second
    assert "(" not in clock_time(instant + timedelta(hours=2), zone)
    assert "(" not in clock_time(instant - timedelta(hours=1), zone)


def test_half_an_hour_that_comes_twice_is_written_with_its_offset_and_no_more():
    last = datetime(2026, 4, 4, 15, 15, tzinfo=UTC)
    assert clock_time(last - timedelta(minutes=30), "Australia/Lord_Howe") == "01:45 (UTC+11)"
    assert clock_time(last, "Australia/Lord_Howe") == "01:45 (UTC+10:30)"
    assert clock_time(last - timedelta(minutes=60), "Australia/Lord_Howe") == "01:15"


def test_times_that_the_clocks_skip_need_no_offset():
    spring = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    times = [clock_time(spring + timedelta(hours=hour), "Europe/Berlin") for hour in (0, 1)]
    assert times == ["01:30", "03:30"]


def test_an_offset_has_the_sign_that_people_give_it():
    assert utc_offset(AUTUMN, "Etc/GMT+5") == "UTC\N{MINUS SIGN}5"
