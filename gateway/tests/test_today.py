"""Today: what waits, each with its act, and the line of the day."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from gateway.console.day_line import day_line, split_calendar
from portal_contracts.actor import Role
from portal_contracts.errors import Conflict
from portal_contracts.forms.rpc.requests import RequestPage
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, SessionStatus
from portal_contracts.scheduling.rpc.availability import (
    Availability,
    AvailabilityChanged,
    StoredAvailability,
    TimeOff,
)
from portal_contracts.scheduling.rpc.calendar import Calendar, SessionHead
from portal_contracts.scheduling.rpc.requests import RequestedAppointments
from portal_contracts.scheduling.rpc.sessions import SessionChanged
from portal_contracts.scheduling.rpc.stranded import StrandedAppointments
from portal_contracts.scheduling.rpc.undone import Undone
from tests.kit.gateway.made_schedule import made_entry, made_session

TEN = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY_OFF = "/console/availability/day-off"


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def answers(house):
    return house.services.answers


@pytest.fixture
def left(house, answers):
    def tell(unwritten=(), expired=()):
        answers["scheduling.list_undone"] = Undone(
            unwritten=list(unwritten), more_unwritten=False, expired=list(expired)
        )

    tell()
    return tell


# --- the line of the day -----------------------------------------------------------------


def stops(now, *spans, **more):
    entries = [made_entry(TEN + start * HOUR, ends_at=TEN + end * HOUR, **more)
               for start, end in spans]  # fmt: skip
    return day_line(entries, now)


@pytest.mark.parametrize(
    ("spans", "free_from"),
    [
        ([(0, 1), (1, 2)], [None, None]),
        ([(0, 1), (1.25, 2)], [None, None]),
        ([(0, 1), (2, 3)], [None, 1]),
        ([(0, 4), (1, 2), (5, 6)], [None, None, 4]),
    ],
    ids=["one after the other", "a pause", "a gap", "after the longest of those that overlap"],
)
def test_a_gap_is_told_from_the_end_of_all_before(spans, free_from):
    told = [stop.free_from for stop in stops(TEN, *spans)]
    assert told == [None if each is None else TEN + each * HOUR for each in free_from]


def test_what_was_called_off_takes_no_time():
    first, second = made_entry(TEN), made_entry(TEN + 3 * HOUR)
    gone = made_entry(TEN + 2 * HOUR, status=AppointmentStatus.EXPIRED)
    assert [one.free_from for one in day_line([first, gone, second], TEN)][2] == first.ends_at


@pytest.mark.parametrize(
    ("at", "marked"), [(-1, [True, False]), (0.5, [False, False]), (1.5, [False, True])]
)
def test_what_comes_next_is_marked_while_nothing_goes_on(at, marked):
    assert [stop.now_before for stop in stops(TEN + at * HOUR, (0, 1), (2, 3))] == marked


def test_after_the_day_come_the_next_ones_and_before_its_end_tomorrow_s_first():
    entries = [made_entry(TEN + day * 24 * HOUR + hour * HOUR)
               for day, hour in ((0, 0), (1, 0), (1, 2), (3, 0), (4, 0))]  # fmt: skip
    calendar = Calendar(practitioner_id=uuid4(), timezone="Europe/Berlin", items=entries)
    assert split_calendar(calendar, TEN) == (entries[:1], entries[1:2])
    assert split_calendar(calendar, TEN + 3 * HOUR) == (entries[:1], entries[1:4])
    assert split_calendar(None, TEN) == ([], [])


# --- what waits --------------------------------------------------------------------------


def test_a_session_to_write_up_has_its_acts_on_its_line(house, doctor, left, answers):
    session = made_session(house.services.clock.now() - 30 * HOUR, client_id=house.anna.id)
    left(unwritten=[session])
    page = doctor.open("/console")
    assert "To write up" in page.html
    assert f"/console/sessions/{session.id}" in page.links
    path = f"/console/sessions/{session.id}/status"
    answers["scheduling.mark_session"] = SessionChanged(session_id=session.id)
    done = doctor.submit(page, path)
    assert done.headers["location"] == f"/console?marked={session.id}"
    assert house.services.calls("scheduling.mark_session")[-1].arguments.status == "no_show"
    elsewhere = doctor.submit(page, path, {"back": "https://evil.example"})
    assert elsewhere.headers["location"] == f"/console/sessions/{session.id}"


def test_a_no_show_is_taken_back_where_it_was_said(house, doctor, left, answers):
    session = made_session(house.services.clock.now() - 30 * HOUR, client_id=house.anna.id)
    left(unwritten=[session])
    path = f"/console/sessions/{session.id}/status"
    answers["scheduling.mark_session"] = SessionChanged(session_id=session.id)
    marked = doctor.submit(doctor.open("/console"), path)
    left()
    told = doctor.follow(marked)
    assert "The session is marked as not attended." in told.html
    undone = doctor.submit(told, path)
    assert house.services.calls("scheduling.mark_session")[-1].arguments.status == "attended"
    assert undone.headers["location"] == "/console"
    assert "The session is marked as attended." in doctor.follow(undone).html
    again = doctor.open(f"/console?marked={session.id}")
    assert path not in again.html
    assert doctor.open("/console?marked=none").status == 200


def test_a_request_that_expired_leads_to_another_time_for_the_same(house, doctor, left):
    entry = made_entry(
        house.services.clock.now() + HOUR,
        client_id=house.anna.id,
        status=AppointmentStatus.EXPIRED,
    )
    left(expired=[entry])
    page = doctor.open("/console")
    assert "Not answered in time" in page.html
    wanted = f"/console/appointments/new?client_id={house.anna.id}&service_id={entry.service_id}"
    assert wanted in page.links


def test_an_assistant_is_offered_neither_writing_nor_a_no_show(house, left):
    entry = made_entry(
        house.services.clock.now() - 2 * HOUR,
        client_id=house.anna.id,
        session=SessionHead(status=SessionStatus.ATTENDED),
    )
    house.services.answers["scheduling.list_calendar"] = Calendar(
        practitioner_id=house.doctor.id, timezone="Europe/Berlin", items=[entry]
    )
    doctor = house.as_practitioner(house.doctor).open("/console").html
    assert f'id="write-{entry.id}"' in doctor
    assert f'id="no-show-{entry.id}"' in doctor
    house.doctor.role = Role.ASSISTANT
    house.services.answers["scheduling.list_calendar"].items[0] = replace(entry, session=None)
    assistant = house.as_practitioner(house.doctor).open("/console").html
    assert "write-" not in assistant
    assert "no-show-" not in assistant


@pytest.mark.parametrize(
    ("session", "said"),
    [
        (SessionHead(status=SessionStatus.NO_SHOW), "Not attended"),
        (SessionHead(status=SessionStatus.ATTENDED, written=True), "Draft"),
        (SessionHead(status=SessionStatus.ATTENDED, written=True, shared=True), "Shared"),
    ],
    ids=["missed", "drafted", "shared"],
)
def test_what_is_done_asks_for_nothing_more(house, doctor, answers, session, said):
    entry = made_entry(
        house.services.clock.now() - 2 * HOUR, client_id=house.anna.id, session=session
    )
    answers["scheduling.list_calendar"] = Calendar(
        practitioner_id=house.doctor.id, timezone="Europe/Berlin", items=[entry]
    )
    page = doctor.open("/console")
    assert said in page.html
    assert "no-show-" not in page.html
    assert f"/console/sessions/{entry.id}" in page.links


def test_nothing_waits_in_calm_words(doctor, left, answers):
    answers["scheduling.list_requested_appointments"] = RequestedAppointments(items=[])
    answers["forms.list_requests"] = RequestPage(items=[], next_cursor=None)
    assert "Nothing else waits for you." in doctor.open("/console").html


# --- a day off ---------------------------------------------------------------------------


@pytest.fixture
def hours(house, answers):
    stored = StoredAvailability(
        practitioner_id=house.doctor.id,
        version=4,
        availability=Availability(timezone="Europe/Berlin", weekly=[[]] * 7),
    )
    answers["scheduling.get_availability"] = stored
    answers["scheduling.save_availability"] = AvailabilityChanged(version=5)
    return stored


def saved(house):
    return [one.arguments for one in house.services.calls("scheduling.save_availability")]


def test_a_day_off_is_added_to_the_hours_as_they_stand(house, doctor, hours):
    page = doctor.open(DAY_OFF)
    assert page.form(DAY_OFF).fields["first_on"] == "2026-12-02"
    done = doctor.submit(page, DAY_OFF, {"first_on": "2026-12-04"})
    assert (done.status, done.headers["location"]) == (303, "/console")
    (command,) = saved(house)
    day = datetime(2026, 12, 4, tzinfo=UTC).date()
    assert command.version == 4
    assert command.availability.time_off == [TimeOff(first_on=day, last_on=day)]
    assert command.unless_stranded


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"first_on": ""}, "#field-first_on"),
        ({"first_on": "2026-02-30"}, "#field-first_on"),
        ({"first_on": "2026-12-04", "last_on": "2026-12-03"}, "#field-last_on"),
        ({"first_on": "2025-12-04"}, "#field-first_on"),
        ({"first_on": "2025-12-04", "last_on": "2025-12-05"}, "#field-last_on"),
    ],
    ids=["no day", "no such day", "the wrong order", "long over", "days that are over"],
)
def test_a_day_that_is_none_is_told_at_its_field(house, doctor, hours, typed, wrong):
    page = doctor.submit(doctor.open(DAY_OFF), DAY_OFF, typed)
    assert page.status == 422
    assert wrong in page.links
    assert not saved(house)


def test_appointments_on_the_day_are_weighed_first(house, doctor, hours, answers):
    answers["scheduling.save_availability"] = Conflict("strands_appointments")
    answers["scheduling.list_stranded"] = StrandedAppointments(items=[], total=2)
    page = doctor.submit(doctor.open(DAY_OFF), DAY_OFF, {"first_on": "2026-12-04"})
    assert page.status == 409
    assert "2 appointments would lie outside" in page.html
    assert doctor.enter(page, DAY_OFF, {"last_on": "2026-12-05"}).status == 409
    assert saved(house)[-1].unless_stranded
    answers["scheduling.save_availability"] = AvailabilityChanged(version=5)
    assert doctor.enter(page, DAY_OFF).status == 303
    assert not saved(house)[-1].unless_stranded


def test_a_colleague_who_was_quicker_takes_nothing_away(house, doctor, hours, answers):
    other = TimeOff(first_on=TEN.date(), last_on=TEN.date())

    def save(_arguments, *_more):
        answers["scheduling.save_availability"] = AvailabilityChanged(version=6)
        answers["scheduling.get_availability"] = replace(
            hours, version=5, availability=replace(hours.availability, time_off=[other])
        )
        raise Conflict("stale_version")

    page = doctor.open(DAY_OFF)
    answers["scheduling.save_availability"] = save
    assert doctor.submit(page, DAY_OFF, {"first_on": "2026-12-04"}).status == 303
    assert saved(house)[-1].version == 5
    assert other in saved(house)[-1].availability.time_off
