"""Calendars kept elsewhere: added, told of, asked for and removed by the console and the API."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal_contracts.actor import Role
from portal_contracts.calls import Done
from portal_contracts.errors import Invalid, NotFound, Unavailable
from portal_contracts.identity_links.rpc.access import PractitionerCard, Practitioners
from portal_contracts.scheduling.rpc.busy_calendars import (
    BusyCalendar,
    BusyCalendarAdded,
    BusyCalendars,
    BusyCalendarState,
    BusyFailure,
)

PATH = "/console/availability/calendars"
ADDRESS = "https://calendar.example.org/private-4f1d/basic.ics"
LIST = "scheduling.list_busy_calendars"
ADD = "scheduling.add_busy_calendar"


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def answers(house):
    house.services.answers[LIST] = BusyCalendars(items=[])
    return house.services.answers


def made(house, clock, **changes):
    values = {
        "id": uuid4(),
        "practitioner_id": house.doctor.id,
        "name": "Family",
        "shown_address": "https://calendar.example.org/••••",
        "state": BusyCalendarState.READ,
        "added_at": clock.now() - timedelta(days=9),
        "read_at": clock.now() - timedelta(minutes=4),
    }
    return BusyCalendar(**(values | changes))


def failing(house, clock, failure, **changes):
    since = clock.now() - timedelta(days=2)
    values = {"failure": failure, "failing_since": since, "state": BusyCalendarState.FAILING}
    return made(house, clock, **(values | changes))


def test_a_calendar_is_added_by_its_address(house, doctor, answers):
    answers[ADD] = BusyCalendarAdded(busy_calendar_id=uuid4())
    page = doctor.open(PATH)
    done = doctor.submit(page, PATH, {"name": "Family", "address": ADDRESS})
    assert (done.status, done.headers["location"]) == (303, f"{PATH}#calendars")
    [asked] = house.services.calls(ADD)
    assert (asked.arguments.address, asked.arguments.name) == (ADDRESS, "Family")
    assert asked.arguments.practitioner_id is None


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("address_missing", "Enter the calendar’s ICS address."),
        ("address_not_https", "begins with https:// or webcal://"),
        ("address_invalid", "This is no whole address."),
        ("address_forbidden", "in a private network"),
        ("calendar_address_too_long", "at most 2,000 characters"),
        ("too_many_calendars", "as many calendars as there can be, 10"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(doctor, answers, code, says):
    answers[ADD] = Invalid("busy_calendar_fields", fields={"address": code})
    page = doctor.open(PATH)
    again = doctor.submit(page, PATH, {"name": "Family", "address": "http://a.example/x"})
    assert again.status == 422
    assert says in again.html
    assert again.form(PATH).fields["name"] == "Family"
    assert again.form(PATH).fields["address"] == "http://a.example/x"


def test_a_calendar_says_how_reading_it_goes(house, doctor, answers, clock):
    answers[LIST] = BusyCalendars(items=[made(house, clock, unread_events=2)])
    page = doctor.open(PATH).html
    for says in ("Family", "https://calendar.example.org/••••", "Last read", "2 entries could not"):
        assert says in page
    answers[LIST] = BusyCalendars(
        items=[made(house, clock, state=BusyCalendarState.NEW, read_at=None)]
    )
    assert "data-on-its-way" in doctor.open(PATH).html


@pytest.mark.parametrize("failure", list(BusyFailure))
def test_each_failure_has_a_sentence_and_says_what_still_counts(
    house, doctor, answers, clock, failure
):
    answers[LIST] = BusyCalendars(items=[failing(house, clock, failure)])
    page = doctor.open(PATH).html
    assert "Cannot be read" in page
    assert "It could not be read." not in page
    assert "still counts." in page
    answers[LIST] = BusyCalendars(items=[failing(house, clock, failure, read_at=None)])
    assert "It was never read" in doctor.open(PATH).html


def test_a_calendar_is_read_now_and_removed_after_a_question(house, doctor, answers, clock):
    one = made(house, clock)
    answers[LIST] = BusyCalendars(items=[one])
    answers["scheduling.get_busy_calendar"] = one
    answers["scheduling.fetch_busy_calendar"] = Done()
    answers["scheduling.remove_busy_calendar"] = Done()
    page = doctor.open(PATH)
    done = doctor.submit(page, f"{PATH}/{one.id}/fetch", {})
    assert (done.status, done.headers["location"]) == (303, f"{PATH}#calendars")
    question = doctor.open(f"{PATH}/{one.id}/remove")
    assert "Remove the calendar “Family”?" in question.html
    done = doctor.submit(question, f"{PATH}/{one.id}/remove", {})
    assert (done.status, done.headers["location"]) == (303, PATH)
    [asked] = house.services.calls("scheduling.remove_busy_calendar")
    assert asked.arguments.busy_calendar_id == one.id
    answers["scheduling.get_busy_calendar"] = NotFound("busy_calendar_not_found")
    assert doctor.open(f"{PATH}/{one.id}/remove").status == 404


def test_an_assistant_acts_on_whose_calendar_is_chosen(house, answers):
    assistant = house.services.add_practitioner(
        house.practice, Role.ASSISTANT, email="desk@practice.example"
    )
    desk = house.as_practitioner(assistant)
    card = PractitionerCard(id=house.doctor.id, name="Dr Rivera", role=Role.PRACTITIONER)
    answers["identity_links.list_practitioners"] = Practitioners(items=[card])
    answers[ADD] = BusyCalendarAdded(busy_calendar_id=uuid4())
    page = desk.open(PATH)
    assert house.services.calls(LIST)[-1].arguments.practitioner_id == house.doctor.id
    desk.submit(page, PATH, {"address": ADDRESS})
    assert house.services.calls(ADD)[-1].arguments.practitioner_id == house.doctor.id


def test_the_page_is_shown_while_scheduling_is_away(doctor, answers):
    answers[LIST] = Unavailable("away")
    page = doctor.open(PATH)
    assert page.status == 200
    assert "Your calendars are not available right now." in page.html


def test_today_names_a_calendar_that_has_not_been_read_for_a_day(house, doctor, answers, clock):
    answers[LIST] = BusyCalendars(items=[failing(house, clock, BusyFailure.NOT_FOUND)])
    page = doctor.open("/console").html
    assert page.index("Calendars that stopped") < page.index("Family")
    assert "Not readable for a day" in page
    soon = clock.now() - timedelta(hours=3)
    answers[LIST] = BusyCalendars(
        items=[failing(house, clock, BusyFailure.TIMEOUT, failing_since=soon)]
    )
    assert "Calendars that stopped" not in doctor.open("/console").html
