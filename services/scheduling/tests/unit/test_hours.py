"""Reading a practitioner's hours."""

from datetime import date

import pytest
from msgspec.structs import replace

from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.availability import (
    Availability,
    Holidays,
    Override,
    TimeOff,
    Window,
)
from scheduling.domain.hours import check_availability, closed_hours
from scheduling.domain.wall_time import WallWindow

MONDAY = date(2026, 12, 7)


def said(*monday, timezone="Europe/Berlin", overrides=(), time_off=()):
    return Availability(
        timezone=timezone,
        weekly=[[Window(start=start, end=end) for start, end in monday], *([] for _ in range(6))],
        overrides=list(overrides),
        time_off=list(time_off),
    )


def errors(hours):
    with pytest.raises(Invalid) as refused:
        check_availability(hours)
    assert refused.value.code == "availability_fields"
    return refused.value.fields


def test_hours_are_read_as_the_engine_takes_them():
    closed = Override(on=date(2026, 12, 8), windows=[])
    off = TimeOff(first_on=date(2026, 12, 24), last_on=date(2026, 12, 31))
    read = check_availability(said(("09:00", "24:00"), overrides=[closed], time_off=[off]))
    assert read.zone.key == "Europe/Berlin"
    assert read.windows_on(MONDAY) == (WallWindow(540, 1440),)
    assert read.windows_on(date(2026, 12, 8)) == ()
    assert read.spans_on(date(2026, 12, 28)) == ()
    assert read.spans_on(date(2027, 1, 4)) != ()


def test_windows_may_overlap():
    read = check_availability(said(("09:00", "12:00"), ("11:00", "15:00")))
    (span,) = read.spans_on(MONDAY)
    assert (span.end - span.start).total_seconds() == 6 * 3600


def test_everything_wrong_is_told_at_once_by_its_place():
    hours = said(
        ("09:00", "12:00"),
        ("14:00", "13:00"),
        ("9", "25:00"),
        ("24:00", "24:00"),
        timezone="Europe/Nowhere",
        overrides=[
            Override(on=MONDAY, windows=[]),
            Override(on=MONDAY, windows=[Window(start="x", end="10:00")]),
        ],
        time_off=[TimeOff(first_on=MONDAY, last_on=date(2026, 12, 6))],
    )
    assert errors(hours) == {
        "timezone": "unknown_timezone",
        "weekly.0.1.end": "end_before_start",
        "weekly.0.2.start": "not_a_time",
        "weekly.0.2.end": "not_a_time",
        "weekly.0.3.start": "not_a_time",
        "overrides.1.on": "twice",
        "overrides.1.windows.0.start": "not_a_time",
        "time_off.0.last_on": "end_before_start",
    }


def test_the_week_has_seven_days_and_lists_have_an_end():
    assert errors(Availability(timezone="UTC", weekly=[])) == {"weekly": "seven_days"}
    assert errors(said(*[("09:00", "10:00")] * 21)) == {"weekly.0": "too_many"}
    off = [TimeOff(first_on=MONDAY, last_on=MONDAY)] * 201
    assert errors(said(time_off=off)) == {"time_off": "too_many"}


def test_time_off_has_an_order_and_an_end_and_dates_are_those_of_a_life():
    off = [
        TimeOff(first_on=MONDAY, last_on=MONDAY, start="12:00", end="11:00"),
        TimeOff(first_on=MONDAY, last_on=MONDAY, start="noon", end="25:00"),
        TimeOff(first_on=MONDAY, last_on=date(2054, 4, 24)),
        TimeOff(first_on=date(1, 1, 1), last_on=date(1, 1, 2)),
        TimeOff(first_on=MONDAY, last_on=date(2026, 12, 8), start="12:00", end="09:00"),
    ]
    ever = [Override(on=date(9999, 12, 31), windows=[])]
    assert errors(said(time_off=off, overrides=ever)) == {
        "time_off.0.end": "end_before_start",
        "time_off.1.start": "not_a_time",
        "time_off.1.end": "not_a_time",
        "time_off.2.last_on": "time_off_too_long",
        "time_off.3.first_on": "date_out_of_range",
        "time_off.3.last_on": "date_out_of_range",
        "overrides.0.on": "date_out_of_range",
    }


@pytest.mark.parametrize(
    ("country", "region", "wrong"),
    [
        ("XX", "", {"holidays.country": "unknown_country"}),
        ("de", "", {"holidays.country": "unknown_country"}),
        ("DE", "BC", {"holidays.region": "unknown_region"}),
    ],
)
def test_holidays_are_of_a_country_and_a_region_that_there_are(country, region, wrong):
    hours = replace(said(), holidays=Holidays(country=country, region=region))
    assert errors(hours) == wrong


def test_the_holidays_of_a_region_close_unless_they_are_worked_on():
    epiphany, labour_day = date(2027, 1, 6), date(2027, 5, 1)
    week = [[Window(start="09:00", end="10:00")]] * 7
    hours = replace(said(), weekly=week)
    bavaria = replace(hours, holidays=Holidays(country="DE", region="BY"))
    germany = replace(hours, holidays=Holidays(country="DE", open_on=[labour_day]))
    assert check_availability(bavaria).spans_on(epiphany) == ()
    assert check_availability(germany).spans_on(epiphany) != ()
    assert check_availability(germany).spans_on(labour_day) != ()
    assert check_availability(bavaria).spans_on(labour_day) == ()


def test_closed_hours_are_hours():
    assert check_availability(closed_hours("UTC")).windows_on(MONDAY) == ()
