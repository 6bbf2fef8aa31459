"""Where appointments stand in a day's column: rows, lanes, hours, empty time, changes of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.console.schedule.calendar import lay_out
from gateway.console.schedule.day_layout import (
    MOST_LANES,
    Band,
    Block,
    ClockChange,
    band_on,
    blocks_on,
    clocks_changed,
    cut_to,
    empty_cells,
    hours_shown,
    side_by_side,
)
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.calendar import Calendar, Stretch
from tests.kit.gateway.made_schedule import made_entry

ZONE = "Europe/Berlin"
DAY = date(2026, 12, 3)
SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
EARLY = datetime(2026, 1, 1, tzinfo=UTC)


def wall(day, clock, fold=0):
    hour, minute = map(int, clock.split(":"))
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE))
    return (midnight + timedelta(hours=hour, minutes=minute)).replace(fold=fold).astimezone(UTC)


def entry(start, end, day=DAY, **fields):
    return made_entry(wall(day, start), ends_at=wall(day, end), **fields)


def minutes(clock):
    hour, minute = map(int, clock.split(":"))
    return 60 * hour + minute


def band(start, end):
    return Band(minutes(start), minutes(end) - minutes(start))


@pytest.mark.parametrize(
    ("start", "end", "drawn"),
    [
        ("09:00", "09:50", band("09:00", "09:50")),
        ("09:07", "09:51", band("09:05", "09:55")),
        ("00:00", "24:00", band("00:00", "24:00")),
        ("23:30", "24:30", band("23:30", "24:00")),
        ("-1:00", "01:00", band("00:00", "01:00")),
        ("-1:00", "30:00", band("00:00", "24:00")),
        ("-2:00", "00:00", None),
        ("24:00", "25:00", None),
        ("12:00", "12:00", None),
        ("12:00", "11:00", None),
    ],
)
def test_a_stretch_takes_the_rows_of_its_wall_time(start, end, drawn):
    begin, over = (
        wall(DAY, "00:00") + timedelta(minutes=60 * int(text[:-3]) + int(text[-2:]))
        for text in (start, end)
    )
    assert band_on(DAY, begin, over, ZONE) == drawn


@pytest.mark.parametrize(
    ("day", "start", "end", "drawn"),
    [
        # 02:00 to 03:00 is skipped: the hour from 01:30 on ends at 03:30 on the wall.
        (SPRING, (0, 30), (1, 30), band("01:30", "03:30")),
        # 02:00 to 03:00 comes twice: from the first 02:30 to the second 02:15 are 45 minutes.
        (AUTUMN, (0, 30), (1, 15), band("02:30", "03:15")),
        (AUTUMN, (0, 30), (1, 45), band("02:30", "02:45")),
        (AUTUMN, (1, 15), (2, 15), band("02:15", "03:15")),
        (AUTUMN, (-2, 0), (23, 0), band("00:00", "24:00")),
    ],
)
def test_what_happens_while_clocks_change_keeps_its_wall_time(day, start, end, drawn):
    begin, over = (
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)
        for hour, minute in (start, end)
    )
    assert band_on(day, begin, over, ZONE) == drawn


def lanes(*spans):
    blocks = side_by_side([Block(EARLY, EARLY, band(start, end)) for start, end in spans])
    return [(one.lane, one.lanes) for one in blocks]


@pytest.mark.parametrize(
    ("spans", "placed"),
    [
        ([], []),
        ([("09:00", "10:00")], [(0, 1)]),
        ([("09:00", "10:00"), ("10:00", "11:00")], [(0, 1), (0, 1)]),
        ([("09:00", "10:00"), ("09:30", "10:30")], [(0, 2), (1, 2)]),
        ([("09:00", "10:00"), ("09:00", "10:00"), ("09:00", "10:00")], [(0, 3), (1, 3), (2, 3)]),
        # The third has room below the first, and is as wide as the two beside the second.
        ([("09:00", "10:00"), ("09:30", "11:00"), ("10:00", "10:30")], [(0, 2), (1, 2), (0, 2)]),
        # What comes after them has the whole width again.
        ([("09:00", "10:00"), ("09:30", "11:00"), ("11:00", "12:00")], [(0, 2), (1, 2), (0, 1)]),
        # Whatever order they are told in.
        ([("09:30", "11:00"), ("09:00", "10:00")], [(1, 2), (0, 2)]),
    ],
)
def test_what_overlaps_stands_side_by_side(spans, placed):
    assert lanes(*spans) == placed


def test_blocks_in_one_lane_never_overlap():
    spans = [
        (
            f"{8 + start // 4:02}:{start % 4 * 15:02}",
            f"{9 + start // 4 + start % 3:02}:{start % 4 * 15:02}",
        )
        for start in range(36)
    ]
    blocks = side_by_side([Block(EARLY, EARLY, band(*span)) for span in spans])
    for number, one in enumerate(blocks):
        assert 0 <= one.lane < one.lanes
        for other in blocks[number + 1 :]:
            apart = one.band.end <= other.band.start or other.band.end <= one.band.start
            assert apart or one.lane != other.lane


def test_there_are_no_more_lanes_than_there_are_classes_for():
    placed = lanes(*[("09:00", "10:00")] * (MOST_LANES + 3))
    assert all(0 <= lane < count == MOST_LANES for lane, count in placed)


def test_what_is_short_is_drawn_so_that_it_can_be_pressed_and_beside_what_it_would_cover():
    blocks = blocks_on(DAY, [entry("09:00", "09:10"), entry("09:15", "10:00")], [], ZONE)
    assert [(one.band, one.lanes) for one in blocks] == [
        (band("09:00", "09:30"), 2),
        (band("09:15", "10:00"), 2),
    ]
    (late,) = blocks_on(DAY, [entry("23:50", "24:00")], [], ZONE)
    assert late.band == band("23:30", "24:00")


def test_what_goes_on_over_midnight_is_on_both_days():
    night = entry("23:00", "25:00")
    (before,) = blocks_on(DAY, [night], [], ZONE)
    (after,) = blocks_on(DAY + timedelta(days=1), [night], [], ZONE)
    assert (before.band, before.continued) == (band("23:00", "24:00"), False)
    assert (after.band, after.continued) == (band("00:00", "01:00"), True)


def test_busy_time_that_an_appointment_covers_is_that_appointment():
    elsewhere = [(wall(DAY, "09:00"), wall(DAY, "09:50")), (wall(DAY, "09:30"), wall(DAY, "11:00"))]
    blocks = blocks_on(DAY, [entry("09:00", "09:50")], elsewhere, ZONE)
    assert [one.band for one in blocks] == [band("09:00", "09:50"), band("09:30", "11:00")]
    called_off = entry("09:00", "09:50", status=AppointmentStatus.CANCELLED)
    assert len(blocks_on(DAY, [called_off], elsewhere, ZONE)) == 3


@pytest.mark.parametrize(
    ("bands", "shown"),
    [
        ([], (8, 18)),
        ([band("09:00", "17:00")], (9, 17)),
        ([band("09:30", "16:10")], (9, 17)),
        ([band("09:00", "17:00"), band("06:45", "07:30")], (6, 17)),
        ([band("09:00", "17:00"), band("21:00", "22:05")], (9, 23)),
        ([band("09:00", "10:00")], (9, 15)),
        ([band("22:00", "24:00")], (18, 24)),
        ([band("00:00", "24:00")], (0, 24)),
    ],
)
def test_the_hours_shown_hold_all_that_there_is(bands, shown):
    assert hours_shown(bands) == shown


@pytest.mark.parametrize(
    ("one", "left"),
    [
        (band("07:00", "10:00"), band("09:00", "10:00")),
        (band("10:00", "19:00"), band("10:00", "17:00")),
        (band("07:00", "09:00"), None),
        (band("17:00", "18:00"), None),
    ],
)
def test_what_is_cut_to_the_shown_hours_is_inside_them(one, left):
    assert cut_to(one, (9, 17)) == left


def cells(*entries, day=DAY, hours=(9, 11), now=EARLY, elsewhere=()):
    blocks = blocks_on(day, entries, elsewhere, ZONE)
    return [
        f"{cell.start // 60:02}:{cell.start % 60:02}+{cell.minutes}"
        for cell in empty_cells(day, blocks, hours, ZONE, now)
    ]


def test_empty_time_is_offered_by_half_hours():
    assert cells() == ["09:00+30", "09:30+30", "10:00+30", "10:30+30"]


def test_what_is_left_beside_an_appointment_is_offered_if_one_can_meet_in_it():
    assert cells(entry("09:00", "09:50")) == ["10:00+30", "10:30+30"]
    assert cells(entry("09:00", "09:45")) == ["09:45+15", "10:00+30", "10:30+30"]
    assert cells(entry("09:15", "10:45")) == ["09:00+15", "10:45+15"]


def test_time_that_is_busy_elsewhere_is_not_empty_and_that_of_what_was_called_off_is():
    busy = [(wall(DAY, "09:00"), wall(DAY, "10:30"))]
    assert cells(elsewhere=busy) == ["10:30+30"]
    gone = entry("09:00", "10:30", status=AppointmentStatus.CANCELLED)
    assert len(cells(gone)) == 4


def test_time_that_is_over_is_not_offered():
    assert cells(now=wall(DAY, "09:40")) == ["10:00+30", "10:30+30"]
    assert cells(now=wall(DAY, "30:00")) == []


def test_what_the_clocks_skip_is_not_offered_and_what_they_show_twice_once():
    assert cells(day=SPRING, hours=(1, 4)) == ["01:00+30", "01:30+30", "03:00+30", "03:30+30"]
    assert len(cells(day=AUTUMN, hours=(1, 4))) == 6


@pytest.mark.parametrize(
    ("day", "zone", "change"),
    [
        (DAY, ZONE, None),
        (SPRING, ZONE, ClockChange(minutes("02:00"), minutes("03:00"))),
        (AUTUMN, ZONE, ClockChange(minutes("03:00"), minutes("02:00"))),
        (date(2026, 10, 4), "Australia/Lord_Howe", ClockChange(minutes("02:00"), minutes("02:30"))),
        (date(2026, 9, 6), "America/Santiago", ClockChange(minutes("00:00"), minutes("01:00"))),
        (date(2026, 9, 5), "America/Santiago", None),
        (date(2026, 4, 4), "America/Santiago", ClockChange(minutes("24:00"), minutes("23:00"))),
        (DAY, "UTC", None),
    ],
)
def test_a_day_tells_how_its_clocks_change(day, zone, change):
    assert clocks_changed(day, zone) == change


def told(*entries, hours=(), elsewhere=()):
    made = [
        [Stretch(starts_at=wall(DAY, start), ends_at=wall(DAY, end)) for start, end in spans]
        for spans in (hours, elsewhere)
    ]
    return Calendar(
        practitioner_id=entry("09:00", "10:00").id,
        timezone=ZONE,
        items=list(entries),
        hours=made[0],
        busy_elsewhere=made[1],
    )


def test_appointments_outside_the_hours_are_shown_and_busy_time_elsewhere_widens_nothing():
    calendar = told(
        entry("06:30", "07:20"),
        hours=[("09:00", "17:00")],
        elsewhere=[("00:00", "08:00"), ("20:00", "22:00")],
    )
    grid = lay_out([(calendar, None)], [DAY], ZONE, EARLY)
    assert (grid.first_hour, grid.last_hour) == (6, 17)
    early, appointment, late = grid.columns[0].blocks
    assert early.band == band("06:00", "08:00")
    assert appointment.band == band("06:30", "07:20")
    assert late.outside


def test_the_present_time_is_in_the_column_of_today_alone():
    calendar = told(hours=[("09:00", "17:00")])
    days = [DAY, DAY + timedelta(days=1)]
    grid = lay_out([(calendar, None)], days, ZONE, wall(DAY, "12:07"))
    assert [column.now for column in grid.columns] == [Band(minutes("12:05"), 5), None]
    night = lay_out([(calendar, None)], days, ZONE, wall(DAY, "20:00"))
    assert [column.now for column in night.columns] == [None, None]
