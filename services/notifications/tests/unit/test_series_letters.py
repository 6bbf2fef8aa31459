"""The one invitation for a series, read back by a second library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream

from notifications.domain.addresses import Mailbox
from notifications.domain.letters import Addressee, Letter, Practice, Written
from notifications.mails.all_mails import MAIL_OF_KIND
from notifications.mails.mail import Occasion, Told
from notifications.templates.writer import MailWriter
from notifications.transports.message import as_message
from portal_chassis.calendar_zones import vtimezone
from portal_chassis.ids import new_id
from portal_contracts.scheduling.rpc.appointments import (
    MovedOccurrence,
    Place,
    PlaceKind,
    RepeatUnit,
    SeriesEntry,
    SeriesHead,
)
from portal_contracts.scheduling.rpc.series import SeriesFacts

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
START = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
SERIES, FORMER = new_id(), new_id()
WRITER = MailWriter()


def entry(**changes: Any) -> SeriesEntry:
    whole: dict[str, Any] = {
        "id": SERIES,
        "unit": RepeatUnit.WEEKLY,
        "every": 1,
        "week_of_month": None,
        "first_wall": "2026-12-03T10:00",
        "last_wall": "2027-04-29T10:00",
        "timezone": "Europe/Berlin",
        "minutes": 50,
        "slots": 22,
        "live": 22,
        "sequence": 0,
        "left_out": [],
        "moved": [],
    }
    return SeriesEntry(**whole | changes)


def mail(kind: str = "series_confirmed", **changes: Any) -> Written:
    told = changes.pop("told", None)
    facts: dict[str, Any] = {
        "practice_id": new_id(),
        "client_id": new_id(),
        "practitioner_id": new_id(),
        "head": SeriesHead(
            id=SERIES,
            unit=RepeatUnit.WEEKLY,
            every=1,
            weekday=3,
            week_of_month=None,
            clock="10:00",
            timezone="Europe/Berlin",
            last_on=datetime(2027, 4, 29, tzinfo=UTC).date(),
        ),
        "entry": entry(),
        "ended": [],
        "place": Place(kind=PlaceKind.VIDEO, text=""),
        "next_at": START,
        "to_come": 22,
        "acts": 0,
        "has_message": False,
    }
    to: dict[str, Any] = {
        "practice": Practice("Lindenhof", "hello@example.org", "+49 30 5550100", "#2f6f6a"),
        "sender_address": "portal@example.org",
        "mail_domain": "portal.example.org",
        "to": Mailbox("Anna Berg", "anna@example.org"),
        "greeting_name": "Anna",
        "language": "en",
        "timezone": "Europe/Berlin",
        "link": "https://portal.example.org/p/lk_x",
        "link_ends_at": NOW + timedelta(days=30),
        "portal": "https://portal.example.org",
    }
    occasion = Occasion(
        subject_id=SERIES,
        told=Told(told),
        facts=SeriesFacts(**facts | {k: v for k, v in changes.items() if k in facts}),
        now=NOW,
    )
    addressee = Addressee(**to | {k: v for k, v in changes.items() if k in to})
    return WRITER.write(partial(MAIL_OF_KIND[kind].words, occasion), addressee)


def text_of(written: Written) -> str:
    assert written.invitation is not None
    return written.invitation.body.decode().replace("\r\n ", "")


def starts_of(*objects: bytes) -> list[datetime]:
    """When the entries are, as another program reads them."""
    found = []
    for body in objects:
        calendar = IcsCalendarStream.calendar_from_ics(body.decode())
        # It reads RECURRENCE-ID, and leaves to its caller which occurrence that replaces.
        replaced = {str(one.recurrence_id)[:15] for one in calendar.events if one.recurrence_id}
        span = (START - WEEK, START + 60 * WEEK)
        for one in calendar.timeline_tz(UTC).overlapping(*span):
            is_of_rule = one.rrule is not None
            if not is_of_rule or f"{one.dtstart:%Y%m%dT%H%M%S}" not in replaced:
                found.append(one.dtstart)
    return sorted(one.astimezone(UTC) for one in found)


def test_another_program_reads_every_occurrence_on_the_wall_over_the_change_of_clocks() -> None:
    written = mail()
    assert written.invitation is not None
    starts = starts_of(written.invitation.body)
    assert len(starts) == 22
    assert starts[0] == START
    assert {one.hour for one in starts} == {9, 8}
    assert starts[-1] == datetime(2027, 4, 29, 8, tzinfo=UTC)


def test_it_is_one_entry_in_the_words_of_google_and_outlook() -> None:
    told = text_of(mail())
    assert told.count("BEGIN:VEVENT") == 1
    assert "METHOD:REQUEST" in told
    assert f"UID:{SERIES}@portal.example.org" in told
    assert "DTSTART;TZID=Europe/Berlin:20261203T100000" in told
    assert "UNTIL=20270429T080000Z" in told
    assert "SEQUENCE:0" in told
    assert "RDATE" not in told
    assert len(told.split("BEGIN:VTIMEZONE")[1].split("END:VTIMEZONE")[0]) < 400


def test_what_is_left_out_and_what_is_elsewhere_are_read_so() -> None:
    moved = MovedOccurrence(
        wall="2026-12-17T10:00",
        starts_at=START + 2 * WEEK + timedelta(hours=3),
        ends_at=START + 2 * WEEK + timedelta(hours=3, minutes=50),
    )
    written = mail(entry=entry(left_out=["2026-12-10T10:00"], moved=[moved], sequence=2, live=21))
    told = text_of(written)
    assert "EXDATE;TZID=Europe/Berlin:20261210T100000" in told
    assert "RECURRENCE-ID;TZID=Europe/Berlin:20261217T100000" in told
    assert told.count("SEQUENCE:2") == 2
    assert written.invitation is not None
    starts = starts_of(written.invitation.body)
    assert starts[:3] == [START, START + 2 * WEEK + timedelta(hours=3), START + 3 * WEEK]
    assert "Not on: 10 Dec 2026" in written.text
    assert "Instead of 17 Dec 2026: Thursday, 17 December 2026, 13:00" in written.text


def test_the_last_friday_of_each_month_is_read_so() -> None:
    monthly = entry(
        unit=RepeatUnit.MONTHLY,
        week_of_month=-1,
        first_wall="2026-12-25T10:00",
        last_wall="2027-03-26T10:00",
        slots=4,
    )
    written = mail(entry=monthly)
    assert written.invitation is not None
    days = [f"{one:%m-%d}" for one in starts_of(written.invitation.body)]
    assert days == ["12-25", "01-29", "02-26", "03-26"]


def test_where_some_stay_the_former_entry_ends_and_another_begins_in_one_mail() -> None:
    former = entry(id=FORMER, last_wall="2026-12-10T10:00", slots=2, live=2, sequence=1)
    latter = entry(first_wall="2026-12-17T13:00", last_wall="2026-12-31T13:00", slots=3, live=3)
    written = mail("series_moved", entry=latter, ended=[former], told=START)
    assert written.invitation is not None
    bodies = [one.body for one in (*written.more_invitations, written.invitation)]
    assert len(bodies) == 2
    starts = starts_of(*bodies)
    assert starts == [
        START,
        START + WEEK,
        *(START + n * WEEK + timedelta(hours=3) for n in (2, 3, 4)),
    ]
    message = message_from_bytes(as_message(letter(written)), policy=default)
    parts = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    uids = {line for one in parts for line in one.get_content().splitlines() if "UID:" in line}
    assert len(uids) == 2
    assert {one.get_param("method") for one in parts} == {"REQUEST"}


def test_with_none_left_the_entry_is_withdrawn() -> None:
    off = entry(live=0, left_out=[], sequence=3)
    told = text_of(mail("series_cancelled", entry=off, to_come=0))
    assert "METHOD:CANCEL" in told
    assert "STATUS:CANCELLED" in told
    assert "SEQUENCE:3" in told


def test_the_mail_says_that_the_practice_wrote_something_and_not_what() -> None:
    said = "Your practice wrote you a few words: they are in your portal."
    assert said in " ".join(mail(has_message=True).text.split())
    assert said not in " ".join(mail().text.split())
    assert said not in " ".join(mail("booked_series", has_message=True).text.split())
    assert said not in " ".join(mail("series_moved", has_message=True, told=START).text.split())


def test_a_cancellation_says_which_they_were() -> None:
    written = mail("series_cancelled", entry=entry(live=0), to_come=0)
    assert "They were to be: Every Thursday, 10:00 Berlin time" in written.text
    assert "Next:" not in written.text


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("series_confirmed", {}, "puts all of them into your calendar"),
        ("series_moved", {}, "puts all of them into your calendar"),
        ("series_moved", {"told": START}, "changes them in your calendar"),
        ("series_shortened", {"told": START}, "changes them in your calendar"),
        ("series_cancelled", {"told": START, "to_come": 0}, "takes them out of your calendar"),
        ("booked_series_cancelled", {"to_come": 0}, "takes them out of your calendar"),
        ("booked_series_cancelled", {"to_come": 3}, "changes them in your calendar"),
    ],
)
def test_the_mail_says_what_its_file_does(kind: str, changes: dict[str, Any], said: str) -> None:
    """Those that have taken place stay in the calendar, whatever becomes of the others."""
    assert f"The file that comes with this e-mail {said}." in " ".join(
        mail(kind, **changes).text.split()
    )


@pytest.mark.parametrize("kind", ["booked_series_cancelled", "calendar_series_cancelled"])
def test_what_stays_is_not_taken_for_what_was_cancelled(kind: str) -> None:
    left = mail(kind, told=START, to_come=3).text
    assert left.index("These stay:") < left.index("When: Every Thursday")
    assert "These stay:" not in mail(kind, told=START, entry=entry(live=0), to_come=0).text


def test_the_mail_says_how_they_repeat_in_both_languages() -> None:
    assert "When: Every Thursday, 10:00 Berlin time" in mail().text
    assert "Last: 29 April 2027" in mail().text
    german = mail(language="de").text
    assert "Jeden Donnerstag, 10:00 Uhr Ortszeit Berlin" in german
    assert "Ihre Termine ab Donnerstag, 3. Dezember" in mail(language="de").subject


@pytest.mark.parametrize(
    "timezone",
    ["Europe/Berlin", "America/New_York", "Africa/Casablanca", "Asia/Tokyo", "Etc/GMT+5"],
)
def test_the_zone_that_is_told_has_the_offsets_of_the_zone(timezone: str) -> None:
    from zoneinfo import ZoneInfo

    from icalendar import Component

    last = START + timedelta(days=730)
    told = Component.from_ical(vtimezone(timezone, START, last)).to_tz()
    for days in range(0, 730, 3):
        local = (START + timedelta(days=days)).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
        assert local.replace(tzinfo=told).utcoffset() == (
            local.replace(tzinfo=ZoneInfo(timezone)).utcoffset()
        )


def letter(written: Written) -> Letter:
    return Letter(
        delivery_id=new_id(),
        message_id="<delivery.x@portal.example.org>",
        created_at=NOW,
        dated=NOW,
        sender=Mailbox("Lindenhof", "portal@example.org"),
        recipient=Mailbox("Anna", "anna@example.org"),
        reply_to=None,
        language="en",
        written=written,
    )
