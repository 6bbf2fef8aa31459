"""Hard calendar files: what each yields as busy time, and what of it cannot be read."""

from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain.ics.busy_time import read_busy
from scheduling.domain.ics.content import NoCalendar
from scheduling.domain.ics.values import Unreadable
from scheduling.domain.wall_time import Span

BERLIN = ZoneInfo("Europe/Berlin")


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar of events, each given by its lines without the frame."""
    framed = "".join(f"BEGIN:VEVENT\n{one.strip()}\nEND:VEVENT\n" for one in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{framed}END:VCALENDAR\n".encode()


def read(data: bytes, first: str, last: str, zone=BERLIN):
    within = Span(*(datetime.fromisoformat(f"{one}T00:00:00+00:00") for one in (first, last)))
    return read_busy(data, within, zone)


def shown(found) -> list[str]:
    """Busy time as one reads it: ``06-01 09:00/10:00``, in UTC."""
    told = []
    for span in found.busy:
        same = span.start.date() == span.end.date()
        told.append(f"{span.start:%m-%d %H:%M}/{span.end:{'%H:%M' if same else '%m-%d %H:%M'}}")
    return told


NEW_YORK = (
    "DTSTART;TZID=America/New_York:20261026T090000\nDTEND;TZID=America/New_York:20261026T100000"
)
WEEKLY = (
    "UID:w\nDTSTART;TZID=Europe/Berlin:20260601T090000\n"
    "DTEND;TZID=Europe/Berlin:20260601T100000\nRRULE:FREQ=WEEKLY;COUNT=4"
)
"""Mondays 1, 8, 15 and 22 June at nine in Berlin, seven in UTC."""

JUNE = ("2026-06-01", "2026-07-01")
CASES = {
    "instant": (
        ["UID:1\nDTSTART:20260601T090000Z\nDTEND:20260601T100000Z"],
        ["06-01 09:00/10:00"],
    ),
    "floating": (
        ["UID:1\nDTSTART:20260601T090000\nDTEND:20260601T100000"],
        ["06-01 07:00/08:00"],
    ),
    "a whole day": (
        ["UID:1\nDTSTART;VALUE=DATE:20260610\nDTEND;VALUE=DATE:20260611"],
        ["06-09 22:00/06-10 22:00"],
    ),
    "a day without its end": (
        ["UID:1\nDTSTART;VALUE=DATE:20260610"],
        ["06-09 22:00/06-10 22:00"],
    ),
    "a day that is its own end": (
        ["UID:1\nDTSTART;VALUE=DATE:20260610\nDTEND;VALUE=DATE:20260610"],
        ["06-09 22:00/06-10 22:00"],
    ),
    "a time without an end takes none": (["UID:1\nDTSTART:20260601T090000Z"], []),
    "a length": (["UID:1\nDTSTART:20260601T090000Z\nDURATION:PT1H30M"], ["06-01 09:00/10:30"]),
    "a length in weeks": (
        ["UID:1\nDTSTART:20260601T090000Z\nDURATION:P1W"],
        ["06-01 09:00/06-08 09:00"],
    ),
    "transparent": (
        ["UID:1\nDTSTART:20260601T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT"],
        [],
    ),
    "free by Outlook": (
        ["UID:1\nDTSTART:20260601T090000Z\nDURATION:PT1H\nX-MICROSOFT-CDO-BUSYSTATUS:FREE"],
        [],
    ),
    "tentative by Outlook": (
        ["UID:1\nDTSTART:20260601T090000Z\nDURATION:PT1H\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"],
        ["06-01 09:00/10:00"],
    ),
    "cancelled": (["UID:1\nDTSTART:20260601T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED"], []),
    "overlapping and touching ones are merged": (
        [
            "UID:1\nDTSTART:20260601T090000Z\nDURATION:PT1H",
            "UID:2\nDTSTART:20260601T100000Z\nDURATION:PT1H",
            "UID:3\nDTSTART:20260601T103000Z\nDURATION:PT1H",
        ],
        ["06-01 09:00/11:30"],
    ),
    "clipped at both ends": (
        [
            "UID:1\nDTSTART:20260531T230000Z\nDTEND:20260601T010000Z",
            "UID:2\nDTSTART:20260630T230000Z\nDTEND:20260701T010000Z",
        ],
        ["06-01 00:00/01:00", "06-30 23:00/07-01 00:00"],
    ),
    "weekly": (
        [WEEKLY],
        ["06-01 07:00/08:00", "06-08 07:00/08:00", "06-15 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "count and what is left out": (
        [f"{WEEKLY}\nEXDATE;TZID=Europe/Berlin:20260608T090000"],
        ["06-01 07:00/08:00", "06-15 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "left out in another zone": (
        [f"{WEEKLY}\nEXDATE:20260608T070000Z\nEXDATE;TZID=America/New_York:20260615T030000"],
        ["06-01 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "left out by its day": (
        [f"{WEEKLY}\nEXDATE;VALUE=DATE:20260608\nEXDATE:20260615"],
        ["06-01 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "left out without a zone": (
        [f"{WEEKLY}\nEXDATE:20260608T090000,20260615T090000"],
        ["06-01 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "added, one longer": (
        [
            (
                f"{WEEKLY};UNTIL=20260602\nRDATE;TZID=Europe/Berlin:20260603T090000"
                "\nRDATE;VALUE=PERIOD:20260604T090000Z/PT3H,20260605T090000Z/20260605T093000Z"
            )
        ],
        ["06-01 07:00/08:00", "06-03 07:00/08:00", "06-04 09:00/12:00", "06-05 09:00/09:30"],
    ),
    "one moved": (
        [
            WEEKLY,
            (
                "UID:w\nRECURRENCE-ID;TZID=Europe/Berlin:20260608T090000\n"
                "DTSTART;TZID=Europe/Berlin:20260609T140000\nDTEND;TZID=Europe/Berlin:20260609T153000"
            ),
        ],
        ["06-01 07:00/08:00", "06-09 12:00/13:30", "06-15 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "one moved, named in UTC": (
        [
            WEEKLY,
            "UID:w\nRECURRENCE-ID:20260608T070000Z\nDTSTART:20260609T120000Z\nDURATION:PT1H",
        ],
        ["06-01 07:00/08:00", "06-09 12:00/13:00", "06-15 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "one moved out of what is asked": (
        [
            WEEKLY,
            "UID:w\nRECURRENCE-ID:20260608T070000Z\nDTSTART:20260809T120000Z\nDURATION:PT1H",
        ],
        ["06-01 07:00/08:00", "06-15 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "one moved into what is asked": (
        [
            "UID:d\nDTSTART:20260101T070000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3",
            "UID:d\nRECURRENCE-ID:20260102T070000Z\nDTSTART:20260609T120000Z\nDURATION:PT1H",
        ],
        ["06-09 12:00/13:00"],
    ),
    "one cancelled, one free": (
        [
            WEEKLY,
            (
                "UID:w\nRECURRENCE-ID:20260608T070000Z\nDTSTART:20260608T070000Z\nDURATION:PT1H\n"
                "STATUS:CANCELLED"
            ),
            (
                "UID:w\nRECURRENCE-ID:20260615T070000Z\nDTSTART:20260615T070000Z\nDURATION:PT1H\n"
                "TRANSP:TRANSPARENT"
            ),
        ],
        ["06-01 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "this and all after it": (
        [
            WEEKLY,
            (
                "UID:w\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260615T070000Z\n"
                "DTSTART;TZID=Europe/Berlin:20260616T100000\nDURATION:PT30M"
            ),
        ],
        ["06-01 07:00/08:00", "06-08 07:00/08:00", "06-16 08:00/08:30", "06-23 08:00/08:30"],
    ),
    "this and all after it cancelled": (
        [
            WEEKLY,
            (
                "UID:w\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260615T070000Z\n"
                "DTSTART:20260615T070000Z\nDURATION:PT1H\nSTATUS:CANCELLED"
            ),
        ],
        ["06-01 07:00/08:00", "06-08 07:00/08:00"],
    ),
    "an override of a series that is not there": (
        ["UID:x\nRECURRENCE-ID:20260608T070000Z\nDTSTART:20260609T120000Z\nDURATION:PT1H"],
        ["06-09 12:00/13:00"],
    ),
    "a day of a series by its date": (
        [
            "UID:d\nDTSTART;VALUE=DATE:20260601\nRRULE:FREQ=DAILY;COUNT=3",
            (
                "UID:d\nRECURRENCE-ID;VALUE=DATE:20260602\nDTSTART;VALUE=DATE:20260602\n"
                "STATUS:CANCELLED"
            ),
        ],
        ["06-01 00:00/22:00", "06-02 22:00/06-03 22:00"],
    ),
    "the newer of two with one UID": (
        [
            "UID:1\nSEQUENCE:2\nDTSTART:20260602T090000Z\nDURATION:PT1H",
            "UID:1\nSEQUENCE:10\nDTSTART:20260601T090000Z\nDURATION:PT1H",
        ],
        ["06-01 09:00/10:00"],
    ),
    "two events under one UID": (
        [
            "UID:1\nDTSTART:20260602T090000Z\nDURATION:PT1H",
            "UID:1\nDTSTART:20260601T090000Z\nDURATION:PT1H",
        ],
        ["06-01 09:00/10:00", "06-02 09:00/10:00"],
    ),
    "two events without a UID": (
        [
            "DTSTART:20260602T090000Z\nDURATION:PT1H",
            "DTSTART:20260601T090000Z\nDURATION:PT1H",
        ],
        ["06-01 09:00/10:00", "06-02 09:00/10:00"],
    ),
    "the last weekday of a month": (
        [
            (
                "UID:1\nDTSTART:20260529T090000Z\nDURATION:PT1H\n"
                "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
            )
        ],
        ["06-30 09:00/10:00"],
    ),
    "the second Tuesday": (
        ["UID:1\nDTSTART:20260113T090000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=2TU"],
        ["06-09 09:00/10:00"],
    ),
    "every other week from Sunday on": (
        [
            (
                "UID:1\nDTSTART:20260602T090000Z\nDURATION:PT1H\n"
                "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4"
            )
        ],
        ["06-02 09:00/10:00", "06-14 09:00/10:00", "06-16 09:00/10:00", "06-28 09:00/10:00"],
    ),
    "every other week from Monday on": (
        [
            (
                "UID:1\nDTSTART:20260602T090000Z\nDURATION:PT1H\n"
                "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=4"
            )
        ],
        ["06-02 09:00/10:00", "06-07 09:00/10:00", "06-16 09:00/10:00", "06-21 09:00/10:00"],
    ),
    "every other week for years": (
        [
            "UID:1\nDTSTART:20190102T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;INTERVAL=2",
        ],
        ["06-10 09:00/10:00", "06-24 09:00/10:00"],
    ),
    "until a day, whose own is the last": (
        [
            (
                "UID:1\nDTSTART;TZID=Europe/Berlin:20260601T090000\nDURATION:PT1H\n"
                "RRULE:FREQ=WEEKLY;UNTIL=20260608"
            )
        ],
        ["06-01 07:00/08:00", "06-08 07:00/08:00"],
    ),
    "days until an instant": (
        [
            "UID:1\nDTSTART;VALUE=DATE:20260601\nRRULE:FREQ=WEEKLY;UNTIL=20260608T000000Z",
        ],
        ["06-01 00:00/22:00", "06-07 22:00/06-08 22:00"],
    ),
    "until before it starts": (
        ["UID:1\nDTSTART:20260601T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260530"],
        [],
    ),
    "a start that its rule does not name": (
        ["UID:1\nDTSTART:20260602T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2"],
        ["06-02 09:00/10:00", "06-08 09:00/10:00", "06-15 09:00/10:00"],
    ),
    "excluded by a rule": (
        [f"{WEEKLY}\nEXRULE:FREQ=WEEKLY;INTERVAL=2"],
        ["06-08 07:00/08:00", "06-22 07:00/08:00"],
    ),
    "24:00 is the next midnight": (
        ["UID:1\nDTSTART:20260601T220000Z\nDTEND:20260601T240000Z"],
        ["06-01 22:00/06-02 00:00"],
    ),
    "from the year 1, until the year 9999": (
        ["UID:1\nDTSTART:00010101T000000Z\nDTEND:99991231T235959Z"],
        ["06-01 00:00/07-01 00:00"],
    ),
    "a day in the year 9999": (["UID:1\nDTSTART;VALUE=DATE:99991231"], []),
    "a zone behind a path": (
        [
            (
                "UID:1\nDTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20260601T090000\n"
                "DURATION:PT1H"
            )
        ],
        ["06-01 07:00/08:00"],
    ),
    "a zone in quotes": (
        ['UID:1\nDTSTART;TZID="America/New_York":20260601T090000\nDURATION:PT1H'],
        ["06-01 13:00/14:00"],
    ),
    "a zone of Windows": (
        ["UID:1\nDTSTART;TZID=W. Europe Standard Time:20260601T090000\nDURATION:PT1H"],
        ["06-01 07:00/08:00"],
    ),
    "a zone of Outlook's own that is not defined": (
        ["UID:1\nDTSTART;TZID=Customized Time Zone:20260601T090000\nDURATION:PT1H"],
        ["06-01 07:00/08:00"],
    ),
    "an offset for a zone": (
        ['UID:1\nDTSTART;TZID="GMT+0300":20260601T090000\nDURATION:PT1H'],
        ["06-01 06:00/07:00"],
    ),
    "an offset behind the time": (
        ["UID:1\nDTSTART:20260601T090000+0300\nDURATION:PT1H"],
        ["06-01 06:00/07:00"],
    ),
    "an alarm's length is not the event's": (
        [
            (
                "UID:1\nDTSTART:20260601T090000Z\nBEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5H\n"
                "STATUS:CANCELLED\nEND:VALARM\nDTEND:20260601T100000Z"
            )
        ],
        ["06-01 09:00/10:00"],
    ),
    "an event that is not closed": (
        [
            (
                "UID:1\nDTSTART:20260601T090000Z\nDURATION:PT1H\nBEGIN:VEVENT\nUID:2\n"
                "DTSTART:20260602T090000Z\nDURATION:PT1H"
            )
        ],
        ["06-01 09:00/10:00", "06-02 09:00/10:00"],
    ),
}


@pytest.mark.parametrize(("events", "busy"), CASES.values(), ids=CASES.keys())
def test_what_is_written_is_busy(events, busy):
    found = read(calendar(*events), *JUNE)
    assert (shown(found), found.unread) == (busy, ())


def test_a_weekly_event_keeps_its_wall_time_when_clocks_change():
    found = read(calendar(f"UID:1\n{NEW_YORK}\nRRULE:FREQ=WEEKLY"), "2026-10-20", "2026-11-20")
    assert shown(found) == [
        "10-26 13:00/14:00",
        "11-02 14:00/15:00",
        "11-09 14:00/15:00",
        "11-16 14:00/15:00",
    ]


def test_an_end_makes_nights_equally_long_and_a_length_of_days_as_long_as_the_calendar():
    night = "UID:1\nDTSTART;TZID=Europe/Berlin:20261023T220000\n"
    by_end = calendar(f"{night}DTEND;TZID=Europe/Berlin:20261024T060000\nRRULE:FREQ=DAILY;COUNT=2")
    assert shown(read(by_end, "2026-10-20", "2026-11-01")) == [
        "10-23 20:00/10-24 04:00",
        "10-24 20:00/10-25 04:00",
    ]
    by_days = calendar(f"{night}DURATION:P1D\nRRULE:FREQ=DAILY;INTERVAL=3;COUNT=2")
    assert shown(read(by_days, "2026-10-20", "2026-10-26")) == ["10-23 20:00/10-24 20:00"]
    across = calendar("UID:1\nDTSTART;TZID=Europe/Berlin:20261024T220000\nDURATION:P1D")
    assert shown(read(across, "2026-10-20", "2026-11-01")) == ["10-24 20:00/10-25 21:00"]


def test_a_time_in_a_gap_is_read_by_the_offset_before_and_a_repeated_one_is_the_first():
    gap = calendar(
        "UID:1\nDTSTART;TZID=Europe/Berlin:20260328T023000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=2"
    )
    assert shown(read(gap, "2026-03-27", "2026-04-01")) == [
        "03-28 01:30/02:00",
        "03-29 01:30/02:00",
    ]
    fold = calendar("UID:1\nDTSTART;TZID=Europe/Berlin:20261025T023000\nDURATION:PT30M")
    assert shown(read(fold, "2026-10-24", "2026-10-27")) == ["10-25 00:30/01:00"]


def test_the_29th_of_february_comes_every_four_years():
    found = read(
        calendar("UID:1\nDTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY"),
        "2021-01-01",
        "2029-01-01",
    )
    assert [f"{span.end:%Y-%m-%d}" for span in found.busy] == ["2024-02-29", "2028-02-29"]


OWN_ZONE = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("defined", "named"),
    [
        ("Customized Time Zone", "Customized Time Zone"),
        ("tzone://Microsoft/Custom", '"tzone://Microsoft/Custom"'),
        (
            "(UTC+01:00) Amsterdam\\, Berlin\\, Rome",
            '"(UTC+01:00) Amsterdam, Berlin, Rome"',
        ),
        ("(UTC+01:00) Amsterdam", "(UTC+01:00) Amsterdam"),
        ("EST", "EST"),
    ],
)
def test_a_zone_that_a_file_defines(defined, named):
    """By rules from 1601 on, as Outlook writes them; its name may hold colons and commas."""
    event = f"UID:1\nDTSTART;TZID={named}:20261024T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
    found = read(
        calendar(event, head=OWN_ZONE.format(tzid=defined)), "2026-10-20", "2026-11-01", UTC
    )
    assert (shown(found), found.unread) == (["10-24 07:00/08:00", "10-25 08:00/09:00"], ())


def test_an_own_zone_agrees_with_the_shipped_data_through_its_gap_and_its_fold():
    head = OWN_ZONE.format(tzid="Own")
    for day in ("20260329", "20261025"):
        for minute in range(60, 240, 30):
            wall = f"{day}T{minute // 60:02}{minute % 60:02}00"
            own = calendar(f"UID:1\nDTSTART;TZID=Own:{wall}\nDURATION:PT5M", head=head)
            known = calendar(f"UID:1\nDTSTART;TZID=Europe/Berlin:{wall}\nDURATION:PT5M")
            ask = ("2026-01-01", "2027-01-01")
            assert read(own, *ask).busy == read(known, *ask).busy


def test_the_shipped_data_beat_what_a_file_says_of_a_known_zone():
    head = OWN_ZONE.format(tzid="America/New_York")
    found = read(calendar(f"UID:1\n{NEW_YORK}", head=head), "2026-10-20", "2026-11-01")
    assert shown(found) == ["10-26 13:00/14:00"]


def test_a_calendars_own_zone_counts_where_nobody_names_another():
    data = calendar(
        "UID:1\nDTSTART:20260601T090000\nDURATION:PT1H", head="X-WR-TIMEZONE:America/New_York\n"
    )
    assert shown(read(data, *JUNE, zone=None)) == ["06-01 13:00/14:00"]
    assert shown(read(data, *JUNE, zone=BERLIN)) == ["06-01 07:00/08:00"]


GOOD = "UID:good\nDTSTART:20260601T090000Z\nDURATION:PT1H"
BROKEN = {
    "no start": ("DTEND:20260602T100000Z", "It has no start."),
    "not a time": ("DTSTART:tomorrow", "A time in it cannot be read."),
    "no such day": ("DTSTART:20260231T090000Z", "There is no such date or time as one in it."),
    "year 0": ("DTSTART:00000101T090000Z", "There is no such date or time as one in it."),
    "ends before it starts": (
        "DTSTART:20260602T090000Z\nDTEND:20260602T080000Z",
        "It ends before it starts.",
    ),
    "negative length": ("DTSTART:20260602T090000Z\nDURATION:-PT1H", "It ends before it starts."),
    "no length": ("DTSTART:20260602T090000Z\nDURATION:long", "Its length cannot be read."),
    "unknown zone": ("DTSTART;TZID=Mars/Olympus:20260602T090000", "Its time zone is not known."),
    "no rule": (
        "DTSTART:20260602T090000Z\nDURATION:PT1H\nRRULE:weekly",
        "Its rule cannot be read.",
    ),
    "no interval": (
        "DTSTART:20260602T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0",
        "Its rule cannot be read.",
    ),
    "no weekday": (
        "DTSTART:20260602T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=XX",
        "Its rule cannot be read.",
    ),
    "another calendar": (
        "DTSTART:20260602T090000Z\nDURATION:PT1H\nRRULE:RSCALE=CHINESE;FREQ=YEARLY",
        "Its rule counts by another calendar.",
    ),
    "every second": (
        "DTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY",
        "It takes place too often.",
    ),
}


@pytest.mark.parametrize(("lines", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_an_event_that_cannot_be_read_stops_no_other(lines, reason):
    found = read(calendar(f"UID:bad\n{lines}", GOOD), *JUNE)
    assert "06-01 09:00/10:00" in shown(found) or reason == "It takes place too often."
    assert [(one.uid, one.reason) for one in found.unread] == [("bad", reason)]


def test_what_is_free_is_not_missed_when_it_cannot_be_read():
    found = read(calendar("UID:1\nDTSTART:tomorrow\nTRANSP:TRANSPARENT", GOOD), *JUNE)
    assert (shown(found), found.unread) == (["06-01 09:00/10:00"], ())


def test_lines_are_taken_as_they_come():
    """Folded inside a character, CRLF and LF mixed, a mark at the beginning, names in small."""
    text = (
        "begin:vcalendar\r\nBEGIN:VEVENT\nUID:1\r\nSUMMARY:Gespr\u00e4ch ohne Doppelpunkt\n"
        "no colon here\ndtstart;value=date-time:2026\r\n 0601T090000Z\nDTEND:20260601T10\n\t0000Z\r"
        "\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    data = b"\xef\xbb\xbf" + text.encode().replace(b"\xc3\xa4", b"\xc3\r\n \xa4")
    assert shown(read(data, *JUNE)) == ["06-01 09:00/10:00"]


def test_a_file_may_hold_several_calendars_and_things_that_take_no_time():
    todo = b"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nDTSTART:20260602T090000Z\nDUE:20260603T090000Z\n"
    todo += b"END:VTODO\nBEGIN:VJOURNAL\nDTSTART:20260604T090000Z\nEND:VJOURNAL\nEND:VCALENDAR\n"
    second = calendar("UID:2\nDTSTART:20260605T090000Z\nDURATION:PT1H")
    found = read(calendar(GOOD) + todo + second, *JUNE)
    assert shown(found) == ["06-01 09:00/10:00", "06-05 09:00/10:00"]


def test_busy_time_that_is_stated_outright():
    data = (
        b"BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nUID:f\nFREEBUSY:20260601T090000Z/PT1H\n"
        b"FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260602T090000Z/20260602T093000Z,20260603T090000Z/PT1H\n"
        b"FREEBUSY;FBTYPE=FREE:20260604T090000Z/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR\n"
    )
    assert shown(read(data, *JUNE)) == [
        "06-01 09:00/10:00",
        "06-02 09:00/09:30",
        "06-03 09:00/10:00",
    ]


def test_an_empty_calendar_says_nothing():
    assert read(calendar(), *JUNE) == read(calendar("UID:1\nSTATUS:CANCELLED"), *JUNE)
    assert read(calendar(), *JUNE).busy == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>Sign in</html>",
        b"BEGIN:VCARD\nEND:VCARD\n",
        calendar(GOOD)[:-20],
        b"\x00\xff" * 100,
        b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100_000,
    ],
    ids=["nothing", "a page", "a card", "cut off", "noise", "nested"],
)
def test_what_is_no_calendar_is_refused(data):
    with pytest.raises(NoCalendar):
        read(data, *JUNE)


def test_a_repeated_event_is_found_however_long_ago_it_began():
    began = "UID:1\nDTSTART:19000101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    found = read(calendar(began), "2026-06-01", "2026-06-03")
    assert shown(found) == ["06-01 09:00/10:00", "06-02 09:00/10:00"]


def test_long_events_reach_into_what_is_asked():
    found = read(
        calendar("UID:1\nDTSTART:20260501T000000Z\nDURATION:P20D\nRRULE:FREQ=MONTHLY;COUNT=3"),
        "2026-05-15",
        "2026-06-15",
    )
    assert shown(found) == ["05-15 00:00/05-21 00:00", "06-01 00:00/06-15 00:00"]


def test_patience_ends_with_an_event_and_not_with_the_file():
    attempts = iter(["", "", "It takes too long to be read.", "", ""])

    @contextmanager
    def patience():
        yield
        if sentence := next(attempts):
            raise Unreadable(sentence)

    data = calendar(GOOD, "UID:long\nDTSTART:20260602T090000Z\nDURATION:PT1H")
    day = Span(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC))
    found = read_busy(data, day, None, patience)
    assert shown(found) == ["06-01 09:00/10:00"]
    assert [one.uid for one in found.unread] == ["long"]
