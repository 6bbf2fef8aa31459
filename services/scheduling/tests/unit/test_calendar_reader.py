"""Reading a calendar file in a child, and the script that prints what it says."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from scheduling.admin import app
from scheduling.domain.wall_time import Span
from scheduling.transports.calendar_reader import LARGEST, CalendarUnreadable, read_calendar

JUNE = Span(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
GOOD = "BEGIN:VEVENT\nUID:good\nDTSTART:20260601T090000\nDURATION:PT1H\nEND:VEVENT\n"
ENDLESS = (
    "BEGIN:VEVENT\nUID:endless\nDTSTART:19700101T000000Z\nDURATION:PT1S\n"
    "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT\n"
)
"""A rule that never names a time, and is asked for one until the year 9999."""


def calendar(*events: str) -> bytes:
    return f"BEGIN:VCALENDAR\n{''.join(events)}END:VCALENDAR\n".encode()


def test_an_event_that_takes_too_long_is_left_out_alone():
    found = read_calendar(calendar(ENDLESS, GOOD), JUNE, "Europe/Berlin")
    assert [f"{one.start:%d %H:%M}" for one in found.busy] == ["01 07:00"]
    assert [(one.uid, one.reason) for one in found.unread] == [
        ("endless", "It takes too long to be read.")
    ]


def test_a_file_too_large_is_not_read():
    with pytest.raises(CalendarUnreadable) as refused:
        read_calendar(b" " * (LARGEST + 1), JUNE, None)
    assert (str(refused.value), refused.value.too_complex) == ("It is larger than 5 MB.", True)


def test_what_is_no_calendar_is_said_to_be_none():
    with pytest.raises(CalendarUnreadable) as refused:
        read_calendar(b"<!doctype html><title>Sign in</title>", JUNE, None)
    assert not refused.value.too_complex
    assert str(refused.value) == "There is no calendar in it."


def test_greenthreads_go_on_while_a_file_is_read():
    """In a process of greenthreads, as services run in."""
    program = f"""
import portal_chassis.process.patching
import eventlet, time
from datetime import UTC, datetime
from scheduling.domain.wall_time import Span
from scheduling.transports.calendar_reader import read_calendar
ticks, ending = [], False
def tick():
    while not ending:
        ticks.append(time.monotonic())
        eventlet.sleep(0.01)
eventlet.spawn(tick)
within = Span(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
read_calendar({calendar(ENDLESS, GOOD)!r} + b" " * 4_000_000, within, None)
print(max(later - earlier for earlier, later in zip(ticks, ticks[1:])), ticks[-1] - ticks[0])
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True
    )
    longest, whole = map(float, done.stdout.split())
    assert whole > 1
    assert longest < whole / 2


def run(*arguments: str, data: bytes = b""):
    return CliRunner().invoke(app, ["busy", *arguments], input=data)


RANGE = ("--from", "2026-06-01T00:00:00Z", "--to", "2026-07-01T02:00:00+02:00")


def test_the_script_prints_busy_time_and_what_it_could_not_read(tmp_path):
    file = tmp_path / "mine.ics"
    file.write_bytes(calendar(GOOD, "BEGIN:VEVENT\nUID:bad\nDTSTART:never\nEND:VEVENT\n"))
    done = run(str(file), *RANGE, "--zone", "America/New_York")
    assert (done.exit_code, json.loads(done.stdout)) == (
        0,
        {
            "busy": [{"start": "2026-06-01T13:00:00Z", "end": "2026-06-01T14:00:00Z"}],
            "unread": [{"uid": "bad", "reason": "A time in it cannot be read."}],
        },
    )


@pytest.mark.parametrize(
    ("arguments", "data", "sentence"),
    [
        (("-", *RANGE), b"nothing", "There is no calendar in it."),
        (("missing.ics", *RANGE), b"", "missing.ics: No such file"),
        (("-", *RANGE, "--zone", "Mars/Olympus"), b"", "there is no time zone 'Mars/Olympus'"),
        (("-", "--from", "2026-06-01", "--to", "2026-07-01"), b"", "an instant with its offset"),
        (("-", RANGE[0], RANGE[3], RANGE[2], RANGE[1]), b"", "--to has to be after --from."),
    ],
    ids=["no calendar", "no file", "no zone", "no offset", "backwards"],
)
def test_the_script_says_what_is_wrong(arguments, data, sentence):
    done = run(*arguments, data=data)
    assert done.exit_code == 1
    assert sentence in done.output


def test_a_child_is_ended_by_its_own_bounds():
    began = time.monotonic()
    with pytest.raises(CalendarUnreadable):
        read_calendar(b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 500_000, JUNE, None)
    assert time.monotonic() - began < 20
