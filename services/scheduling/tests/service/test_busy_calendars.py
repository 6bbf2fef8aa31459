"""Calendars kept elsewhere: added, read when due, kept when they fail, told of, forgotten."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from portal_chassis.clock import FixedClock
from portal_chassis.database.sealed import Sealer
from portal_chassis.ids import new_id
from portal_chassis.outside.fetching import Fetched, Fetcher, NotFetched, Obstacle
from portal_chassis.outside.networks import NOT_PUBLIC, networks_in
from portal_chassis.outside.reach import Reach
from portal_contracts.actor import Role
from portal_contracts.errors import Forbidden, Invalid, NotFound
from portal_contracts.scheduling.events import BusyCalendarFailed
from portal_contracts.scheduling.rpc.busy_calendars import (
    ADD_BUSY_CALENDAR,
    FETCH_BUSY_CALENDAR,
    LIST_BUSY_CALENDARS,
    MOST_BUSY_CALENDARS,
    REMOVE_BUSY_CALENDAR,
    AddBusyCalendar,
    FetchBusyCalendar,
    ListBusyCalendars,
    RemoveBusyCalendar,
)
from scheduling.domain.ics.busy_time import read_busy
from scheduling.domain.ics.content import NoCalendar
from scheduling.domain.wall_time import Span
from scheduling.operations.gauges import FAILING, gauges
from scheduling.operations.reading_calendars import CalendarReading, read_due
from scheduling.storage import busy, practitioners
from scheduling.storage.tables import busy_calendar, busy_time, chassis
from scheduling.transports.calendar_reader import LARGEST, CalendarUnreadable, read_calendar
from tests.kit.calendar_server import calendar_server, redirect

SECRET = "https://calendar.example.org/private-4f1d/basic.ics"
DAY = Span(datetime(2026, 12, 3, tzinfo=UTC), datetime(2026, 12, 4, tzinfo=UTC))


def ics(*hours: int) -> bytes:
    """A calendar that is busy for an hour from these hours of 3 December on, without a zone."""
    events = "".join(
        f"BEGIN:VEVENT\nUID:{hour}\nDTSTART:20261203T{hour:02}0000\nDURATION:PT1H\nEND:VEVENT\n"
        for hour in hours
    )
    return f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n".encode()


def read_here(data: bytes, within: Span, zone: str | None):
    """As the child does, without one."""
    try:
        return read_busy(data, within, ZoneInfo(zone) if zone else None)
    except NoCalendar as error:
        raise CalendarUnreadable(str(error), too_complex=False) from error


@dataclasses.dataclass
class Elsewhere:
    """Where calendars are kept: what it answers, and what it was asked."""

    answer: bytes | Obstacle | None = b""
    etag: str = ""
    asked: list[tuple[str, str]] = dataclasses.field(default_factory=list)

    def fetch(self, address: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        self.asked.append((address, etag))
        if isinstance(self.answer, Obstacle):
            raise NotFetched(self.answer)
        return Fetched(self.answer, self.etag)


@pytest.fixture
def vera(calendar):
    calendar.hours(("09:00", "17:00"))
    return calendar.practitioner()


@pytest.fixture
def elsewhere():
    return Elsewhere(ics(10))


@pytest.fixture
def clock(now):
    return FixedClock(now)


@pytest.fixture
def read(database, elsewhere, clock) -> Callable[[], int]:
    reading = CalendarReading(
        database=database,
        sealer=Sealer(b"k" * 32),
        clock=clock,
        holder="here",
        fetch=elsewhere.fetch,
        read=read_here,
        one_at_a_time=threading.Lock(),
    )
    return lambda: read_due(reading)


@pytest.fixture
def add(desk, vera):
    def adding(address=SECRET, name="Home", actor=vera, **more):
        command = AddBusyCalendar(address=address, name=name, **more)
        return desk.ask(ADD_BUSY_CALENDAR, command, actor).busy_calendar_id

    return adding


@pytest.fixture
def shown(desk, vera):
    return lambda: desk.ask(LIST_BUSY_CALENDARS, ListBusyCalendars(), vera).items


@pytest.fixture
def busy_hours(database, calendar):
    """The hours of 3 December, in UTC, at which she is busy elsewhere."""

    def found():
        with database.transaction() as tx:
            spans = busy.taken_between(
                tx,
                calendar.practitioner_id,
                DAY,
                service_id=new_id(),
                ignored=busy.Ignored(),
                now=DAY.start,
            ).elsewhere
        return [span.start.hour for span in spans]

    return found


@pytest.fixture
def read_once(add, read):
    """Reads what is due; a calendar was added and read before."""
    add()
    read()
    return read


def test_a_calendar_is_read_and_its_busy_time_kept(add, read, shown, busy_hours, elsewhere, now):
    calendar_id = add()
    (new,) = shown()
    assert (new.id, new.state, new.read_at) == (calendar_id, "new", None)
    assert read() == 1
    assert elsewhere.asked == [(SECRET, "")]
    (one,) = shown()
    assert (one.state, one.read_at, one.failure) == ("read", now, None)
    # Ten in Berlin, where her hours are.
    assert busy_hours() == [9]


def test_an_address_is_sealed_and_never_told(add, shown, desk, database):
    add("webcal://calendar.example.org/private-4f1d/basic.ics")
    assert shown()[0].shown_address == "https://calendar.example.org/••••"
    with database.transaction() as tx:
        row = tx.execute(select(busy_calendar)).mappings().one()
        bodies = tx.execute(select(chassis.outbox.c.body)).scalars().all()
    assert "4f1d" not in f"{dict(row)!r} {bodies!r} {shown()!r}"
    assert desk.acts() == [("busy_calendar.added", "done")]


def test_the_same_address_again_is_the_same_calendar(add, shown):
    assert add() == add("webcal://calendar.example.org/private-4f1d/basic.ics", name="Again")
    assert [one.name for one in shown()] == ["Home"]


def test_a_calendar_is_called_by_where_it_is_kept_if_by_nothing_else(add, shown):
    add(name="  ")
    assert shown()[0].name == "calendar.example.org"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "address_missing"),
        ("http://example.org/a.ics", "address_not_https"),
        ("ftp://example.org/a.ics", "address_not_https"),
        ("example.org/a.ics", "address_invalid"),
        ("https://", "address_invalid"),
        ("https://me:pw@example.org/", "address_invalid"),
        ("https://example.org:0x/", "address_invalid"),
        ("https://example.org/a b", "address_invalid"),
        ("https://127.0.0.1/a.ics", "address_forbidden"),
        ("https://localhost./a.ics", "address_forbidden"),
        ("https://[::ffff:10.0.0.1]/a.ics", "address_forbidden"),
        ("https://example.org/" + "a" * 2000, "calendar_address_too_long"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused_at_once(add, shown, address, code):
    with pytest.raises(Invalid) as refused:
        add(address)
    assert refused.value.fields == {"address": code}
    assert shown() == []


def test_there_are_no_more_calendars_than_one_can_oversee(add, shown):
    for number in range(MOST_BUSY_CALENDARS):
        add(f"https://example.org/{number}")
    with pytest.raises(Invalid) as refused:
        add()
    assert refused.value.fields == {"address": "too_many_calendars"}
    with pytest.raises(Invalid) as refused:
        add(name="n" * 101)
    assert refused.value.fields == {"name": "calendar_name_too_long"}
    assert len(shown()) == MOST_BUSY_CALENDARS


def test_it_is_read_every_ten_minutes_and_only_then(add, read, clock, elsewhere):
    add()
    read()
    clock.advance(timedelta(minutes=9).total_seconds())
    assert read() == 0
    clock.advance(timedelta(minutes=1).total_seconds())
    assert read() == 1
    assert len(elsewhere.asked) == 2


def test_what_has_not_changed_is_not_read_again_until_a_day_has_passed(
    add, read, clock, elsewhere, busy_hours, shown
):
    elsewhere.etag = '"1"'
    add()
    read()
    clock.advance(timedelta(minutes=10).total_seconds())
    elsewhere.answer = None
    read()
    assert elsewhere.asked[-1] == (SECRET, '"1"')
    assert (busy_hours(), shown()[0].read_at) == ([9], clock.now())
    clock.advance(timedelta(days=1).total_seconds())
    elsewhere.answer = ics(10)
    read()
    assert elsewhere.asked[-1] == (SECRET, "")


def test_another_zone_of_the_practitioner_has_it_read_anew(
    add, read, clock, elsewhere, busy_hours, database
):
    elsewhere.etag = '"1"'
    add()
    read()
    with database.transaction() as tx:
        tx.execute(update(busy_calendar).values(timezone="UTC"))
    clock.advance(timedelta(minutes=10).total_seconds())
    read()
    assert elsewhere.asked[-1] == (SECRET, "")


def test_busy_time_follows_what_the_calendar_says(add, read, clock, elsewhere, busy_hours):
    add()
    read()
    elsewhere.answer = ics(10, 12, 15)
    clock.advance(timedelta(minutes=10).total_seconds())
    read()
    assert busy_hours() == [9, 11, 14]
    elsewhere.answer = ics(15)
    clock.advance(timedelta(minutes=10).total_seconds())
    read()
    assert busy_hours() == [14]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Obstacle.TIMEOUT, "timeout"),
        (Obstacle.NETWORK_FORBIDDEN, "network_forbidden"),
        (b"<html>Sign in</html>", "no_calendar"),
        (ics(10)[:-10], "no_calendar"),
    ],
    ids=["timeout", "forbidden", "a page", "cut off"],
)
def test_what_was_read_last_stands_while_it_fails(
    read_once, clock, elsewhere, busy_hours, shown, answer, failure
):
    read, now = read_once, clock.now()
    elsewhere.answer = answer
    clock.advance(timedelta(minutes=10).total_seconds())
    read()
    (one,) = shown()
    assert (one.state, one.failure, one.failing_since) == ("failing", failure, clock.now())
    assert (one.read_at, busy_hours()) == (now, [9])
    elsewhere.answer = ics(11)
    clock.advance(timedelta(minutes=10).total_seconds())
    read()
    assert (shown()[0].state, busy_hours()) == ("read", [10])


def test_who_keeps_a_calendar_that_fails_for_a_day_is_told_once(
    add, read, clock, elsewhere, desk, calendar, database
):
    calendar_id = add()
    elsewhere.answer = Obstacle.NOT_FOUND
    began = clock.now()
    read()
    for _hour in range(30):
        clock.advance(timedelta(hours=1).total_seconds())
        read()
    (told,) = desk.events(BusyCalendarFailed)
    assert told.data == BusyCalendarFailed(
        busy_calendar_id=calendar_id,
        practitioner_id=calendar.practitioner_id,
        failing_since=began,
    )
    with database.transaction() as tx:
        measured = {one.gauge: one.value for one in gauges(tx, clock.now())}
    assert measured[FAILING] == 1
    elsewhere.answer = ics()
    clock.advance(timedelta(hours=1).total_seconds())
    read()
    elsewhere.answer = Obstacle.NOT_FOUND
    for _hour in range(26):
        clock.advance(timedelta(hours=1).total_seconds())
        read()
    assert len(desk.events(BusyCalendarFailed)) == 2


def test_a_calendar_is_read_at_once_when_one_asks_but_not_twice_in_a_moment(
    add, read, desk, vera, clock, elsewhere
):
    command = FetchBusyCalendar(busy_calendar_id=add())
    read()
    desk.ask(FETCH_BUSY_CALENDAR, command, vera, at=clock.now())
    assert read() == 0
    clock.advance(timedelta(seconds=15).total_seconds())
    desk.ask(FETCH_BUSY_CALENDAR, command, vera, at=clock.now())
    assert read() == 1


def test_what_is_removed_is_forgotten(add, read, desk, vera, database, busy_hours):
    command = RemoveBusyCalendar(busy_calendar_id=add())
    read()
    desk.ask(REMOVE_BUSY_CALENDAR, command, vera)
    with database.transaction() as tx:
        assert tx.execute(select(busy_calendar)).all() == []
        assert tx.execute(select(busy_time)).all() == []
    assert busy_hours() == []
    assert desk.acts()[-1] == ("busy_calendar.removed", "done")
    with pytest.raises(NotFound):
        desk.ask(REMOVE_BUSY_CALENDAR, command, vera)


def test_one_that_is_removed_while_it_is_read_leaves_nothing(
    add, desk, vera, database, elsewhere, clock
):
    calendar_id = add()

    def fetch(address: str, **_known: str) -> Fetched:
        desk.ask(REMOVE_BUSY_CALENDAR, RemoveBusyCalendar(busy_calendar_id=calendar_id), vera)
        return Fetched(ics(10))

    read_due(
        CalendarReading(
            database, Sealer(b"k" * 32), clock, "here", fetch, read_here, threading.Lock()
        )
    )
    with database.transaction() as tx:
        assert tx.execute(select(busy_time)).all() == []


def test_two_processes_read_a_calendar_once(add, database, elsewhere, clock, read):
    add()
    asked_meanwhile: list[int] = []

    def fetch(address: str, **_known: str) -> Fetched:
        asked_meanwhile.append(read())
        return Fetched(ics(10))

    read_due(
        CalendarReading(
            database, Sealer(b"k" * 32), clock, "there", fetch, read_here, threading.Lock()
        )
    )
    assert (asked_meanwhile, elsewhere.asked) == ([0], [])


def test_calendars_of_who_left_are_not_read(add, read, database, calendar):
    add()
    with database.transaction() as tx:
        practitioners.keep_status(
            tx, calendar.practitioner_id, calendar.practice_id, active=False, seq=1
        )
    assert read() == 0


def test_who_may_see_and_change_whose_calendars(add, desk, calendar, vera):
    calendar_id = add()
    colleague = dataclasses.replace(calendar.colleague(), practice_id=calendar.practice_id)
    stranger = colleague.practitioner()
    other_practice = type(calendar)(calendar.database).practitioner(Role.OWNER)
    of_vera = ListBusyCalendars(practitioner_id=vera.id)
    for role in (Role.OWNER, Role.ASSISTANT):
        boss = colleague.practitioner(role)
        assert [one.id for one in desk.ask(LIST_BUSY_CALENDARS, of_vera, boss).items] == [
            calendar_id
        ]
    with pytest.raises(Forbidden):
        desk.ask(LIST_BUSY_CALENDARS, of_vera, stranger)
    with pytest.raises(Forbidden):
        add("https://example.org/b", actor=stranger, practitioner_id=vera.id)
    for method, command in (
        (FETCH_BUSY_CALENDAR, FetchBusyCalendar(busy_calendar_id=calendar_id)),
        (REMOVE_BUSY_CALENDAR, RemoveBusyCalendar(busy_calendar_id=calendar_id)),
    ):
        with pytest.raises(Forbidden):
            desk.ask(method, command, stranger)
        with pytest.raises(NotFound):
            desk.ask(method, command, other_practice)
        with pytest.raises(Forbidden):
            desk.ask(method, command, calendar.client())
    with pytest.raises(NotFound):
        desk.ask(REMOVE_BUSY_CALENDAR, RemoveBusyCalendar(busy_calendar_id=new_id()), vera)


def test_a_real_server_is_asked_and_its_file_read_in_a_child(
    add, shown, busy_hours, database, clock, tmp_path, monkeypatch
):
    reach = Reach(NOT_PUBLIC, allowed=networks_in("127.0.0.1/32"))
    with calendar_server(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        monkeypatch.setenv("SCHEDULING_ALLOWED_CALENDAR_NETWORKS", "127.0.0.1/32")
        server.pages |= {"/a.ics": ics(10), "/inside": redirect("https://10.0.0.1/a.ics")}
        reading = CalendarReading(
            database,
            Sealer(b"k" * 32),
            clock,
            "here",
            Fetcher(reach, most_bytes=LARGEST, seconds=10, own_name="test").fetch,
            read_calendar,
            threading.Lock(),
        )
        add(f"{server.address}/a.ics")
        add(f"{server.address}/inside", name="Inside")
        assert read_due(reading) == 2
        first, second = shown()
        assert (first.state, second.failure, busy_hours()) == ("read", "network_forbidden", [9])
        clock.advance(600)
        read_due(reading)
        assert [headers.get("If-None-Match") for path, headers in server.asked if "a.ics" in path][
            1
        ] is not None
