"""The slot engine against its rules, and against a slow one that looks at every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal_contracts.zones import zones_to_choose
from scheduling.domain.availability import Availability, TimeOff
from scheduling.domain.service_rules import Alignment, Booked, ServiceRules
from scheduling.domain.slots import Calendar, Refusal
from scheduling.domain.wall_time import Span, WallWindow, window_spans

BERLIN = ZoneInfo("Europe/Berlin")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
EVERY_DAY = range(7)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(start: str, end: str) -> WallWindow:
    def minute(text: str) -> int:
        hour, rest = text.split(":")
        return int(hour) * 60 + int(rest)

    return WallWindow(minute(start), minute(end))


def calendar(
    *windows: WallWindow,
    zone: ZoneInfo = BERLIN,
    duration: int = 60,
    increment: int = 60,
    booked: tuple[Booked, ...] = (),
    external: tuple[Span, ...] = (),
    now: datetime = LONG_AGO,
    overrides: dict[date, tuple[WallWindow, ...]] | None = None,
    time_off: tuple[TimeOff, ...] = (),
    holidays: frozenset[date] = frozenset(),
    **rules: object,
) -> Calendar:
    return Calendar(
        Availability(zone, dict.fromkeys(EVERY_DAY, windows), overrides or {}, time_off, holidays),
        ServiceRules(duration=minutes(duration), increment=minutes(increment), **rules),
        booked=booked,
        external=external,
        now=now,
    )


def day_span(day: str, zone: ZoneInfo = BERLIN) -> Span:
    start = datetime.fromisoformat(day).replace(tzinfo=zone)
    return Span(start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC))


def wall(starts: list[datetime], zone: ZoneInfo = BERLIN) -> list[str]:
    return [start.astimezone(zone).strftime("%H:%M") for start in starts]


def test_starts_step_from_the_start_of_the_hours() -> None:
    free = calendar(window("09:00", "12:30")).free_starts(day_span("2026-06-03"))
    assert wall(free) == ["09:00", "10:00", "11:00"]


def test_overlapping_and_touching_windows_are_one() -> None:
    one = calendar(window("09:00", "11:00"), window("10:30", "12:00"), window("12:00", "13:00"))
    assert wall(one.free_starts(day_span("2026-06-03"))) == ["09:00", "10:00", "11:00", "12:00"]


def test_the_end_of_the_day_is_the_next_midnight() -> None:
    free = calendar(window("22:00", "24:00")).free_starts(day_span("2026-06-03"))
    assert wall(free) == ["22:00", "23:00"]


def test_an_appointment_may_cross_midnight_where_the_hours_do() -> None:
    late = calendar(window("00:00", "01:00"), window("23:00", "24:00"), duration=90)
    assert wall(late.free_starts(day_span("2026-06-03"))) == ["23:00"]


def test_a_time_in_the_spring_gap_is_never_offered() -> None:
    free = calendar(window("01:00", "05:00")).free_starts(day_span("2026-03-29"))
    assert wall(free) == ["01:00", "03:00", "04:00"]
    assert free[1] - free[0] == minutes(60)


def test_hours_that_begin_in_the_gap_begin_at_its_end() -> None:
    free = calendar(window("02:30", "05:00")).free_starts(day_span("2026-03-29"))
    assert wall(free) == ["03:00", "04:00"]


def test_hours_inside_the_gap_are_no_hours() -> None:
    assert calendar(window("02:00", "03:00")).free_starts(day_span("2026-03-29")) == []


def test_the_repeated_hour_in_autumn_is_offered_twice() -> None:
    free = calendar(window("01:00", "04:00")).free_starts(day_span("2026-10-25"))
    assert wall(free) == ["01:00", "02:00", "02:00", "03:00"]
    assert len(set(free)) == 4


def test_hours_that_end_in_the_repeated_hour_hold_in_both_passes() -> None:
    spans = window_spans(date(2026, 10, 25), window("02:00", "02:30"), BERLIN)
    assert [(span.start, span.end) for span in spans] == [
        (utc("2026-10-25T00:00"), utc("2026-10-25T00:30")),
        (utc("2026-10-25T01:00"), utc("2026-10-25T01:30")),
    ]


def test_a_skipped_day_has_no_hours() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert window_spans(date(2011, 12, 30), window("00:00", "24:00"), apia) == ()
    assert window_spans(date(2011, 12, 31), window("09:00", "10:00"), apia) != ()


def test_half_hour_shift_of_lord_howe() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    spans = window_spans(date(2026, 10, 4), window("01:00", "04:00"), lord_howe)
    assert [span.end - span.start for span in spans] == [minutes(150)]


def test_touching_an_appointment_is_not_colliding() -> None:
    booked = Booked(Span(utc("2026-06-03T08:00"), utc("2026-06-03T09:00")))
    free = calendar(window("09:00", "13:00"), booked=(booked,)).free_starts(day_span("2026-06-03"))
    assert wall(free) == ["09:00", "11:00", "12:00"]


def test_buffers_of_neighbouring_appointments_add_up() -> None:
    booked = Booked(
        Span(utc("2026-06-03T08:00"), utc("2026-06-03T09:00")), minutes(10), minutes(10)
    )
    one = calendar(
        window("08:00", "15:00"),
        increment=5,
        booked=(booked,),
        buffer_before=minutes(15),
        buffer_after=minutes(15),
    )
    free = one.free_starts(day_span("2026-06-03"))
    before = [start for start in free if start < booked.span.start]
    after = [start for start in free if start >= booked.span.end]
    assert booked.span.start - (before[-1] + minutes(60)) == minutes(25)
    assert after[0] - booked.span.end == minutes(25)


def test_external_time_has_no_buffer_of_its_own() -> None:
    busy = Span(utc("2026-06-03T08:00"), utc("2026-06-03T09:00"))
    one = calendar(
        window("08:00", "15:00"), increment=5, external=(busy,), buffer_before=minutes(15)
    )
    free = one.free_starts(day_span("2026-06-03"))
    assert min(start for start in free if start >= busy.end) - busy.end == minutes(15)


def test_buffers_may_lie_outside_the_hours() -> None:
    one = calendar(window("09:00", "10:00"), buffer_before=minutes(30), buffer_after=minutes(30))
    assert wall(one.free_starts(day_span("2026-06-03"))) == ["09:00"]


def test_notice_does_not_shift_the_grid() -> None:
    one = calendar(window("09:00", "12:00"), now=utc("2026-06-03T06:10"), min_notice=minutes(60))
    assert wall(one.free_starts(day_span("2026-06-03"))) == ["10:00", "11:00"]


def test_notice_is_kept_to_the_second() -> None:
    exactly = calendar(
        window("09:00", "10:00"), now=utc("2026-06-03T06:00"), min_notice=minutes(60)
    )
    late = calendar(
        window("09:00", "10:00"), now=utc("2026-06-03T06:00:01"), min_notice=minutes(60)
    )
    assert len(exactly.free_starts(day_span("2026-06-03"))) == 1
    assert late.refusal(utc("2026-06-03T07:00")) is Refusal.NOTICE


def test_the_horizon_counts_local_days() -> None:
    one = calendar(window("09:00", "10:00"), now=utc("2026-06-02T22:30"), max_horizon_days=1)
    within = Span(utc("2026-06-01T00:00"), utc("2026-06-09T00:00"))
    dates = [start.astimezone(BERLIN).date() for start in one.free_starts(within)]
    assert dates == [date(2026, 6, 3), date(2026, 6, 4)]


@pytest.mark.parametrize(
    ("limit", "closed"), [("max_per_day", 1), ("max_per_week", 7), ("max_per_month", 30)]
)
def test_a_full_day_week_or_month_closes_whole(limit: str, closed: int) -> None:
    booked = Booked(Span(utc("2026-06-03T07:00"), utc("2026-06-03T08:00")))
    one = calendar(window("09:00", "11:00"), booked=(booked,), **{limit: 1})
    within = Span(day_span("2026-06-01").start, day_span("2026-06-30").end)
    open_days = {start.astimezone(BERLIN).date() for start in one.free_starts(within)}
    assert 30 - len(open_days) == closed


def test_another_services_appointment_blocks_and_is_not_counted() -> None:
    booked = Booked(Span(utc("2026-06-03T07:00"), utc("2026-06-03T08:00")), counts=False)
    one = calendar(window("09:00", "11:00"), booked=(booked,), max_per_day=1)
    assert wall(one.free_starts(day_span("2026-06-03"))) == ["10:00"]


def test_time_off_beats_an_override() -> None:
    day = date(2026, 6, 3)
    one = calendar(
        window("09:00", "10:00"),
        overrides={day: (window("14:00", "15:00"),)},
        time_off=(TimeOff(day, day),),
    )
    assert one.free_starts(day_span("2026-06-03")) == []
    assert one.refusal(utc("2026-06-03T12:00")) is Refusal.TIME_OFF


def test_an_override_beats_a_holiday_and_a_holiday_the_weekly_hours() -> None:
    day, other = date(2026, 6, 3), date(2026, 6, 4)
    one = calendar(
        window("09:00", "10:00"),
        overrides={day: (window("14:00", "15:00"),)},
        holidays=frozenset({day, other}),
    )
    assert wall(one.free_starts(day_span("2026-06-03"))) == ["14:00"]
    assert one.refused_starts(day_span("2026-06-04")) == [
        (utc("2026-06-04T07:00"), Refusal.HOLIDAY)
    ]


def test_time_off_with_times_closes_from_one_to_the_other_and_shifts_no_start() -> None:
    off = TimeOff(date(2026, 6, 3), date(2026, 6, 5), 11 * 60 + 30, 10 * 60 + 30)
    one = calendar(window("09:00", "13:00"), time_off=(off,))
    assert wall(one.free_starts(day_span("2026-06-03"))) == ["09:00", "10:00"]
    assert one.free_starts(day_span("2026-06-04")) == []
    assert wall(one.free_starts(day_span("2026-06-05"))) == ["11:00", "12:00"]
    assert one.refusal(utc("2026-06-03T09:00")) is Refusal.TIME_OFF
    assert [reason for _start, reason in one.refused_starts(day_span("2026-06-04"))] == [
        Refusal.TIME_OFF
    ] * 4


def test_gap_start_begins_again_after_time_off_without_a_buffer() -> None:
    off = TimeOff(date(2026, 6, 3), date(2026, 6, 3), 10 * 60, 10 * 60 + 20)
    one = calendar(
        window("09:00", "13:00"),
        time_off=(off,),
        buffer_before=minutes(15),
        alignment=Alignment.GAP_START,
    )
    assert wall(one.free_starts(day_span("2026-06-03"))) == ["09:00", "10:20", "11:20"]


def test_time_off_that_begins_or_ends_in_the_repeated_hour_closes_both_passes() -> None:
    day = date(2026, 10, 25)
    until = TimeOff(date(2026, 10, 24), day, 0, 150)
    since = TimeOff(day, day, 150)
    assert until.span(BERLIN).end == utc("2026-10-25T01:30")
    assert since.span(BERLIN).start == utc("2026-10-25T00:30")


def test_time_off_on_a_skipped_day_takes_nothing_of_the_next() -> None:
    skipped = date(2011, 12, 30)
    assert TimeOff(skipped, skipped).span(ZoneInfo("Pacific/Apia")) is None


def test_time_off_up_to_the_ends_of_the_calendar_is_time_off() -> None:
    ever = calendar(window("09:00", "10:00"), time_off=(TimeOff(date.min, date.max),))
    assert ever.free_starts(day_span("2026-06-03")) == []


def test_an_override_replaces_or_closes_the_day() -> None:
    moved = calendar(
        window("09:00", "10:00"), overrides={date(2026, 6, 3): (window("14:00", "15:00"),)}
    )
    closed = calendar(window("09:00", "10:00"), overrides={date(2026, 6, 3): ()})
    assert wall(moved.free_starts(day_span("2026-06-03"))) == ["14:00"]
    assert closed.refused_starts(day_span("2026-06-03")) == [
        (utc("2026-06-03T07:00"), Refusal.OVERRIDE)
    ]


def test_gap_start_begins_again_after_each_blocked_time() -> None:
    booked = Booked(Span(utc("2026-06-03T07:20"), utc("2026-06-03T08:10")), buffer_after=minutes(5))
    one = calendar(
        window("09:00", "13:00"),
        booked=(booked,),
        buffer_before=minutes(10),
        alignment=Alignment.GAP_START,
    )
    assert wall(one.free_starts(day_span("2026-06-03"))) == ["10:25", "11:25"]


def test_clock_grid_rounds_each_gap_and_the_notice_up() -> None:
    booked = Booked(Span(utc("2026-06-03T09:00"), utc("2026-06-03T10:10")))
    one = calendar(
        window("09:05", "16:00"),
        increment=45,
        duration=45,
        booked=(booked,),
        now=utc("2026-06-03T07:17"),
        alignment=Alignment.CLOCK_GRID,
    )
    assert wall(one.free_starts(day_span("2026-06-03"))) == [
        "09:30", "10:15", "12:15", "13:00", "13:45", "14:30", "15:15",
    ]  # fmt: skip


def test_clock_grid_is_round_in_local_time() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    one = calendar(window("09:10", "12:00"), zone=kathmandu, alignment=Alignment.CLOCK_GRID)
    assert wall(one.free_starts(day_span("2026-06-03", kathmandu)), kathmandu) == ["10:00", "11:00"]


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"self_scheduling": False}, Refusal.SERVICE_OFF),
        ({"client_allowed": False}, Refusal.CLIENT_NOT_ALLOWED),
        ({"bookable_until": date(2026, 6, 2)}, Refusal.OUTSIDE_WINDOW),
        ({"bookable_from": date(2026, 6, 4)}, Refusal.OUTSIDE_WINDOW),
        ({"max_per_day": 0}, Refusal.CAP),
    ],
)
def test_every_refusal_has_its_reason(rules: dict[str, object], reason: Refusal) -> None:
    one = calendar(window("09:00", "12:00"), **rules)
    assert one.refusal(utc("2026-06-03T07:00")) is reason


def test_a_start_between_two_grid_points_is_off_the_grid() -> None:
    assert calendar(window("09:00", "12:00")).refusal(utc("2026-06-03T07:10")) is Refusal.OFF_GRID


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        window("12:00", "09:00")


def test_time_off_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        TimeOff(date(2026, 6, 3), date(2026, 6, 3), 600, 600)


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
SWITCHES = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01")


@st.composite
def any_calendar(draw: st.DrawFn) -> tuple[Calendar, Span]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return draw(calendars_around(zone, draw(st.sampled_from(SWITCHES))))


@st.composite
def calendar_anywhere(draw: st.DrawFn) -> tuple[Calendar, Span]:
    """In any zone there is, on any day of two years back and ahead."""
    zone = ZoneInfo(draw(st.sampled_from(zones_to_choose())))
    day = date(2026, 11, 29) + timedelta(days=draw(st.integers(-731, 731)))
    return draw(calendars_around(zone, day.isoformat()))


@st.composite
def calendars_around(draw: st.DrawFn, zone: ZoneInfo, day: str) -> tuple[Calendar, Span]:
    around, today = day_span(day, zone), date.fromisoformat(day)
    quarter = st.integers(0, 95).map(lambda count: count * 15)
    pairs = draw(st.lists(st.tuples(quarter, quarter), min_size=1, max_size=3))
    windows = tuple(WallWindow(min(pair), max(pair) + 15) for pair in pairs)
    busy = st.tuples(st.integers(-6, 30), st.integers(1, 12)).map(
        lambda pair: Span(
            around.start + minutes(pair[0] * 50),
            around.start + minutes(pair[0] * 50 + pair[1] * 10),
        )
    )
    buffers = st.sampled_from([0, 5, 15])
    booked = tuple(
        Booked(span, minutes(draw(buffers)), minutes(draw(buffers)), counts=draw(st.booleans()))
        for span in draw(st.lists(busy, max_size=3))
    )
    one = calendar(
        *windows,
        zone=zone,
        duration=draw(st.sampled_from([15, 50, 90])),
        increment=draw(st.sampled_from([15, 45, 60])),
        booked=booked,
        external=tuple(draw(st.lists(busy, max_size=2))),
        now=around.start + minutes(draw(st.integers(-2000, 1000))),
        buffer_before=minutes(draw(buffers)),
        buffer_after=minutes(draw(buffers)),
        min_notice=minutes(draw(st.sampled_from([0, 60, 1000]))),
        max_per_day=draw(st.sampled_from([None, 1, 2])),
        alignment=draw(st.sampled_from(list(Alignment))),
        overrides={today: windows[:1]} if draw(st.booleans()) else None,
        time_off=tuple(draw(st.lists(time_off_around(today), max_size=2))),
        holidays=frozenset({today}) if draw(st.booleans()) else frozenset(),
    )
    return one, around


def time_off_around(day: date) -> st.SearchStrategy[TimeOff]:
    """Of a day and its neighbours, with times."""
    ends = st.tuples(st.integers(-1, 1), st.integers(0, 95).map(lambda count: count * 15))
    return st.tuples(ends, ends).map(
        lambda pair: TimeOff(
            day + timedelta(days=min(pair)[0]),
            day + timedelta(days=max(pair)[0]),
            min(pair)[1],
            max(pair)[1] + 15,
        )
    )


def works_at(one: Calendar, instant: datetime) -> bool:
    """By the wall alone: what does the clock show, and is that inside the day's hours?"""
    local = instant.astimezone(one.availability.zone)
    shown = local.hour * 60 + local.minute
    if any(
        (off.first, off.start_minute) <= (local.date(), shown) < (off.last, off.end_minute)
        for off in one.availability.time_off
    ):
        return False
    return any(
        window.start_minute <= shown < window.end_minute
        for window in one.availability.windows_on(local.date())
    )


@settings(max_examples=150, deadline=None)
@given(any_calendar())
def test_what_is_offered_keeps_every_rule_minute_by_minute(case: tuple[Calendar, Span]) -> None:
    keeps_every_rule(*case)


@settings(max_examples=100, deadline=None)
@given(calendar_anywhere())
def test_so_it_does_in_every_zone_and_season(case: tuple[Calendar, Span]) -> None:
    keeps_every_rule(*case)


def keeps_every_rule(one: Calendar, within: Span) -> None:
    rules = one.rules
    for start in one.free_starts(within):
        length = int(rules.duration / minutes(1))
        assert all(works_at(one, start + minutes(minute)) for minute in range(length))
        assert start >= one.now + rules.min_notice
        mine = Span(start - rules.buffer_before, start + rules.duration + rules.buffer_after)
        assert not any(mine.overlaps(booked.blocked) for booked in one.booked)
        assert not any(mine.overlaps(busy) for busy in one.external)
        assert one.refusal(start) is None


@settings(max_examples=100, deadline=None)
@given(any_calendar())
def test_each_grid_start_is_either_offered_or_refused_with_a_reason(
    case: tuple[Calendar, Span],
) -> None:
    one, within = case
    offered = set(one.free_starts(within))
    refused = dict(one.refused_starts(within))
    assert not offered & set(refused)
    for start in one.candidates(within):
        if within.start <= start < within.end:
            assert start in offered or one.refusal(start) is not None
