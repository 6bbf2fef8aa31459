"""A client's appointments: what is near, what may be done, and what is said when it may not."""

import re
from datetime import timedelta
from html import unescape

import icalendar
import pytest
from msgspec.structs import replace

from portal_contracts.errors import Conflict, NotFound
from portal_contracts.forms.rpc.filling import FORMS_TO_DO, FormToDo, PortalForms
from portal_contracts.scheduling.calendar_entries import entry_uid
from portal_contracts.scheduling.rpc.appointments import (
    Allowance,
    AppointmentStatus,
    Closed,
    MoveUndo,
    Place,
    PlaceKind,
    SeriesEntry,
)
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    GET_OWN_APPOINTMENT,
    LIST_OWN_APPOINTMENTS,
    MOVE_OWN_APPOINTMENT,
    OPEN_MEETING,
    Cancelled,
    Meeting,
    Moved,
    OwnAppointments,
)
from portal_contracts.scheduling.rpc.choosing import BROWSE_TIMES
from portal_contracts.scheduling.rpc.free_times import NEAREST_TIMES, NearestFreeTimes
from portal_contracts.scheduling.rpc.undoing import UNDO_OWN_MOVE
from tests.kit.gateway.made_bookings import APPOINTMENT, STARTS_AT, browsed

PAGE = f"/appointments/{APPOINTMENT.id}"
NEW_START = STARTS_AT + timedelta(days=1)


@pytest.fixture
def replies(house):
    return house.services.answers


@pytest.fixture
def anna(house, replies):
    replies[GET_OWN_APPOINTMENT.address] = APPOINTMENT
    return house.as_client(house.anna)


def test_upcoming_and_lately_cancelled_ones_are_listed(house, anna, replies):
    mine = replace(APPOINTMENT, practitioner_id=house.doctor.id)
    gone = replace(mine, title="Gone session", status=AppointmentStatus.CANCELLED)
    replies[LIST_OWN_APPOINTMENTS.address] = OwnAppointments(
        upcoming=[mine], cancelled=[replace(gone, id=gone.service_id)]
    )
    page = anna.open("/appointments")
    assert PAGE in page.links
    assert page.html.count(f"with {house.doctor.name}") == 2
    assert "No longer planned" in page.html
    assert "Gone session" in page.html


def test_join_opens_ten_minutes_before_and_until_then_says_when(house, anna, clock, replies):
    early = anna.open(PAGE).html
    assert "Join opens on the day at 09:50" in early
    clock.advance(2 * 86_400 - 9 * 60)
    page = house.as_client(house.anna).open(PAGE)
    assert f"{PAGE}/join" in page.links
    assert "Join opens" not in page.html


def test_join_leads_to_the_meeting(anna, replies):
    replies[OPEN_MEETING.address] = Meeting(address="https://meet.example/room-7")
    page = anna.open(f"{PAGE}/join")
    assert (page.status, page.headers["location"]) == (303, "https://meet.example/room-7")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://meet.example/x", ""])
def test_join_leads_nowhere_but_to_a_secure_address(anna, replies, address):
    replies[OPEN_MEETING.address] = Meeting(address=address)
    page = anna.open(f"{PAGE}/join")
    assert page.status == 404
    assert "location" not in page.headers


@pytest.mark.parametrize(
    ("code", "words"), [("join_not_open", "too early to join"), ("join_over", "is over")]
)
def test_joining_too_early_or_too_late_is_said_in_words(anna, replies, code, words):
    replies[OPEN_MEETING.address] = Conflict(code)
    page = anna.open(f"{PAGE}/join")
    assert page.status == 409
    assert words in page.html
    assert "Individual session" in page.html


def test_a_place_is_shown_with_its_address_and_in_its_zone(anna, replies):
    place = Place(kind=PlaceKind.ADDRESS, text="Seestraße 14")
    replies[GET_OWN_APPOINTMENT.address] = replace(
        APPOINTMENT, place=place, timezone="Europe/London"
    )
    page = anna.open(PAGE)
    assert "Seestraße 14" in page.html
    assert "London time" in page.html
    assert f"{PAGE}/join" not in page.links


def test_the_calendar_file_carries_the_uid_and_sequence_of_the_mails(anna, replies):
    replies[GET_OWN_APPOINTMENT.address] = replace(APPOINTMENT, ics_sequence=2)
    page = anna.open(f"{PAGE}/calendar.ics")
    assert page.headers["content-type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(page.html)
    [event] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], "ATTENDEE" in event) == ("PUBLISH", False)
    assert str(event["ORGANIZER"]) == "mailto:portal@localhost.localdomain"
    assert event["ORGANIZER"].params["CN"] == "Praxis Rivera"
    assert event["UID"] == entry_uid(APPOINTMENT.id, "localhost")
    assert event["SEQUENCE"] == 2
    assert event["DTSTART"].dt == STARTS_AT
    assert event["SUMMARY"] == "Appointment: Praxis Rivera"
    assert APPOINTMENT.title not in page.html


def test_every_occurrence_in_the_calendar_file_leads_to_where_all_of_them_are(anna, replies):
    series = SeriesEntry(
        id=APPOINTMENT.id,
        unit="weekly",
        every=1,
        week_of_month=None,
        first_wall="2026-12-03T10:00",
        last_wall="2026-12-17T10:00",
        timezone="Europe/Berlin",
        minutes=50,
        slots=3,
        live=3,
        sequence=0,
        left_out=[],
        moved=[],
    )
    replies[GET_OWN_APPOINTMENT.address] = replace(APPOINTMENT, series_entry=series)
    calendar = icalendar.Calendar.from_ical(anna.open(f"{PAGE}/calendar.ics").html)
    [event] = calendar.walk("VEVENT")
    assert "RRULE" in event
    assert str(event["URL"]).endswith("/home")
    assert str(APPOINTMENT.id) not in str(event["DESCRIPTION"])


def test_web_calendars_are_given_the_same(anna):
    links = anna.open(PAGE).links
    [google] = [link for link in links if link.startswith("https://calendar.google.com/")]
    [outlook] = [link for link in links if link.startswith("https://outlook.live.com/")]
    assert "dates=20261203T090000Z%2F20261203T095000Z" in google
    assert "startdt=2026-12-03T09%3A00%3A00%2B00%3A00" in outlook


def test_a_move_shows_the_old_time_and_asks_as_the_moved_one(anna, house, replies):
    replies[BROWSE_TIMES.address] = browsed(NEW_START)
    page = anna.open(f"{PAGE}/move")
    assert "Moving:" in page.html
    [call] = house.services.calls(BROWSE_TIMES.address)
    assert (call.arguments.moving, call.arguments.service_id) == (
        APPOINTMENT.id,
        APPOINTMENT.service_id,
    )


def test_a_move_begins_with_the_soonest_and_the_usual_time(anna, replies):
    usual = NEW_START + timedelta(days=6)
    replies[BROWSE_TIMES.address] = browsed(NEW_START, usual=usual)
    page = anna.open(f"{PAGE}/move")
    assert "Same time as usual" in page.html
    review = anna.follow(anna.submit(page, f"{PAGE}/move", {"starts_at": "2026-12-10T09:00:00Z"}))
    assert "Thursday 10 December" in review.html


def move_to(anna, page):
    """Presses a time, and *Move* on the page that shows both."""
    pressed = anna.submit(page, f"{PAGE}/move", {"starts_at": "2026-12-04T09:00:00Z"})
    return anna.submit(anna.follow(pressed), f"{PAGE}/move")


def test_pressing_a_time_shows_both_and_changes_nothing(anna, house, replies):
    replies[BROWSE_TIMES.address] = browsed(NEW_START)
    page = anna.open(f"{PAGE}/move")
    pressed = anna.submit(page, f"{PAGE}/move", {"starts_at": "2026-12-04T09:00:00Z"})
    # An address, so that *Back* comes through it again and a reload sends nothing.
    assert pressed.status == 303
    review = anna.follow(pressed)
    assert review.status == 200
    old, new = (review.html.index(f'id="{name}-time"') for name in ("old", "new"))
    assert "10:00" in review.html[old:new]
    assert "Friday 4 December" in review.html[new:]
    assert PAGE in review.links
    assert f"{PAGE}/move?month=2026-12&day=2026-12-04#times" in review.links
    assert house.services.calls(MOVE_OWN_APPOINTMENT.address) == []


def test_coming_back_to_the_review_of_a_move_that_was_made_leads_to_the_appointment(anna, replies):
    review = f"{PAGE}/move?starts_at=2026-12-04T09%3A00%3A00Z"
    assert anna.open(review).status == 200
    assert anna.open(f"{PAGE}/move?starts_at=soon").status == 404
    replies[GET_OWN_APPOINTMENT.address] = replace(APPOINTMENT, starts_at=NEW_START)
    assert anna.open(review).headers["location"] == PAGE
    replies[GET_OWN_APPOINTMENT.address] = replace(
        APPOINTMENT, move=Allowance(closed=Closed.NOTICE)
    )
    assert "Please contact your practice" in anna.open(review).html


def test_a_confirmed_move_is_made_and_said(anna, house, replies):
    replies[BROWSE_TIMES.address] = browsed(NEW_START)
    replies[MOVE_OWN_APPOINTMENT.address] = Moved(
        appointment_id=APPOINTMENT.id, starts_at=NEW_START
    )
    page = anna.open(f"{PAGE}/move")
    done = move_to(anna, page)
    assert done.headers["location"] == PAGE
    assert "The appointment is moved" in anna.follow(done).html
    [call] = house.services.calls(MOVE_OWN_APPOINTMENT.address)
    assert call.arguments.starts_at == NEW_START


def test_a_new_time_that_was_taken_leaves_the_old_one_and_offers_others(anna, replies):
    replies[BROWSE_TIMES.address] = browsed(NEW_START)
    replies[NEAREST_TIMES.address] = NearestFreeTimes(
        starts=[NEW_START + timedelta(hours=1)], timezone="Europe/Berlin"
    )
    replies[MOVE_OWN_APPOINTMENT.address] = Conflict("slot_taken")
    page = anna.open(f"{PAGE}/move")
    taken = move_to(anna, page)
    assert taken.status == 409
    assert "Your appointment stands as it was" in taken.html
    assert taken.form(f"{PAGE}/move")
    assert 'value="2026-12-04T10:00:00Z"' in taken.html


@pytest.mark.parametrize("act", ["move", "cancel"])
@pytest.mark.parametrize("closed", list(Closed))
def test_what_the_rules_forbid_says_why_and_whom_to_ask(anna, replies, act, closed):
    replies[GET_OWN_APPOINTMENT.address] = replace(
        APPOINTMENT, move=Allowance(closed=closed), cancel=Allowance(closed=closed)
    )
    assert f"{PAGE}/{act}" not in anna.open(PAGE).links
    page = anna.open(f"{PAGE}/{act}")
    assert page.status == 200
    assert "Please contact your practice" in page.html
    assert not [form for form in page.forms if form.action == f"{PAGE}/{act}"]


def test_what_never_could_be_changed_online_is_said_once(anna, replies):
    soon = Allowance(closed=Closed.NOTICE)
    replies[GET_OWN_APPOINTMENT.address] = replace(APPOINTMENT, move=soon, cancel=soon)
    page = anna.open(PAGE)
    assert page.html.count("too close to the appointment to move or cancel it online") == 1
    assert "too soon" not in page.html


def test_a_move_that_closed_meanwhile_says_so_on_the_appointment(anna, replies):
    replies[BROWSE_TIMES.address] = browsed(NEW_START)
    page = anna.open(f"{PAGE}/move")
    replies[MOVE_OWN_APPOINTMENT.address] = Conflict(
        "move_closed", fields={"appointment": "notice"}
    )
    refused = move_to(anna, page)
    assert refused.status == 409
    assert "can no longer be moved here" in refused.html


UNDO = MoveUndo(
    starts_at=STARTS_AT - timedelta(days=1),
    until=STARTS_AT - timedelta(days=2) + timedelta(minutes=4),
)


def test_a_move_is_undone_from_the_appointment(anna, house, replies):
    replies[GET_OWN_APPOINTMENT.address] = replace(APPOINTMENT, undo=UNDO)
    replies[UNDO_OWN_MOVE.address] = Moved(appointment_id=APPOINTMENT.id, starts_at=UNDO.starts_at)
    page = anna.open(PAGE)
    assert re.search(
        r"Moved from <time [^>]*>tomorrow, Wednesday 2 December</time>, 10:00\.", page.html
    )
    # In her own zone, wherever one meets: it is her clock that runs out.
    assert "Until 10:04 Berlin time you can undo this" in page.html
    done = anna.submit(page, f"{PAGE}/undo-move")
    assert done.headers["location"] == PAGE
    assert "back at its former time" in anna.follow(done).html
    [call] = house.services.calls(UNDO_OWN_MOVE.address)
    assert call.arguments.appointment_id == APPOINTMENT.id


@pytest.mark.parametrize(
    ("code", "words"),
    [("slot_taken", "taken by somebody else meanwhile"), ("undo_over", "no longer be undone")],
)
def test_what_keeps_a_move_from_being_undone_is_said_kindly(anna, replies, code, words):
    replies[GET_OWN_APPOINTMENT.address] = replace(APPOINTMENT, undo=UNDO)
    page = anna.open(PAGE)
    replies[UNDO_OWN_MOVE.address] = Conflict(code)
    refused = anna.submit(page, f"{PAGE}/undo-move")
    assert refused.status == 409
    assert words in refused.html


REQUESTED = replace(
    APPOINTMENT,
    status=AppointmentStatus.REQUESTED,
    answer_by=STARTS_AT - timedelta(days=1),
    move=Allowance(closed=Closed.REQUESTED),
)


@pytest.mark.parametrize(("days", "is_before"), [(0, True), (1, False)])
def test_only_forms_due_by_its_day_are_asked_for_before_an_appointment(
    anna, replies, days, is_before
):
    due = STARTS_AT.date() + timedelta(days=days)
    form = FormToDo(
        id=APPOINTMENT.id, title="GAD-7", minutes=2, percent=0, due_on=due, sent_at=STARTS_AT
    )
    replies[FORMS_TO_DO.address] = PortalForms(to_do=[form], submitted=[], submitted_total=0)
    page = anna.open(f"{PAGE}?new=1")
    assert "GAD-7" in page.html
    assert ("Please fill in before your appointment" in page.html) is is_before


def test_a_request_says_until_when_it_waits_and_is_withdrawn(anna, house, replies):
    replies[GET_OWN_APPOINTMENT.address] = REQUESTED
    page = anna.open(f"{PAGE}?new=1")
    assert "Request sent" in page.html
    assert "It is no appointment yet: your practice answers until" in page.html
    # In whichever zone the appointment itself is told.
    assert "10:00</time> Berlin time, and keeps the time for you" in page.html
    assert f"{PAGE}/calendar.ics" not in page.links
    assert f"{PAGE}/move" not in page.links
    replies[CANCEL_OWN_APPOINTMENT.address] = Cancelled(appointment_id=APPOINTMENT.id, late=False)
    ask = anna.open(f"{PAGE}/cancel")
    assert "Withdraw this request?" in ask.html
    done = anna.submit(ask, f"{PAGE}/cancel")
    assert "The request is withdrawn" in anna.follow(done).html


def test_what_the_practice_wrote_with_its_answer_is_read(anna, replies):
    replies[GET_OWN_APPOINTMENT.address] = replace(
        REQUESTED, status=AppointmentStatus.DECLINED, answer_by=None, answer="I am away, sorry."
    )
    page = anna.open(PAGE)
    assert "I am away, sorry." in page.html
    assert "/book" in page.links


LATE = Allowance(until=STARTS_AT, free_until=STARTS_AT - timedelta(days=1), late=True)


@pytest.mark.parametrize(
    "page",
    ["/home", "/appointments", PAGE, f"{PAGE}/cancel"],
    ids=["home", "list", "one", "cancel"],
)
def test_until_when_it_is_free_to_cancel_is_one_sentence_everywhere(anna, house, replies, page):
    in_time = replace(LATE, late=False)
    own = replace(APPOINTMENT, cancel=in_time, policy="A day before.")
    replies[GET_OWN_APPOINTMENT.address] = own
    replies[LIST_OWN_APPOINTMENTS.address] = OwnAppointments(upcoming=[own], cancelled=[])
    house.services.scheduling.upcoming[house.anna.id] = [own]
    html = unescape(anna.open(page).html)
    sentence = (
        "Free to cancel until Wed 2 Dec, 10:00 Berlin time; after that the session is charged."
    )
    assert sentence in html
    assert "until the start" not in html


def test_cancelling_asks_first_and_then_says_it_is_done(anna, house, replies):
    replies[GET_OWN_APPOINTMENT.address] = replace(
        APPOINTMENT, reason_asked=True, policy="A day before.", cancel=LATE
    )
    replies[CANCEL_OWN_APPOINTMENT.address] = Cancelled(appointment_id=APPOINTMENT.id, late=True)
    page = anna.open(f"{PAGE}/cancel")
    assert "A day before." in page.html
    assert (
        "It was free to cancel until Wed 2 Dec, 10:00 Berlin time; cancelling now is" in page.html
    )
    assert PAGE in page.links
    done = anna.submit(page, f"{PAGE}/cancel", {"reason": "I am ill."})
    assert done.headers["location"] == PAGE
    [call] = house.services.calls(CANCEL_OWN_APPOINTMENT.address)
    assert call.arguments.reason == "I am ill."
    assert "The appointment is cancelled." in anna.follow(done).html


def test_a_cancellation_refused_meanwhile_keeps_the_page_and_says_why(anna, replies):
    page = anna.open(f"{PAGE}/cancel")
    replies[CANCEL_OWN_APPOINTMENT.address] = Conflict(
        "cancel_closed", fields={"appointment": "notice"}
    )
    replies[GET_OWN_APPOINTMENT.address] = replace(
        APPOINTMENT, cancel=Allowance(closed=Closed.NOTICE)
    )
    refused = anna.submit(page, f"{PAGE}/cancel")
    assert refused.status == 409
    assert "too close to the appointment" in refused.html


@pytest.mark.parametrize(
    ("shown", "told", "code", "words"),
    [
        (REQUESTED, "withdraws", "request_closed", "Your request was answered meanwhile."),
        (APPOINTMENT, "free", "cancel_late", "too late to cancel free of charge"),
    ],
    ids=["approved", "late"],
)
def test_what_cancelling_does_by_now_is_shown_before_it_is_done(
    anna, house, replies, shown, told, code, words
):
    replies[GET_OWN_APPOINTMENT.address] = shown
    page = anna.open(f"{PAGE}/cancel")
    replies[CANCEL_OWN_APPOINTMENT.address] = Conflict(code)
    replies[GET_OWN_APPOINTMENT.address] = replace(APPOINTMENT, cancel=LATE)
    refused = anna.submit(page, f"{PAGE}/cancel")
    assert refused.status == 409
    assert words in refused.html
    assert "cancelling now is" in unescape(refused.html)
    replies[CANCEL_OWN_APPOINTMENT.address] = Cancelled(appointment_id=APPOINTMENT.id, late=True)
    assert anna.submit(refused, f"{PAGE}/cancel").headers["location"] == PAGE
    calls = house.services.calls(CANCEL_OWN_APPOINTMENT.address)
    assert [call.arguments.told for call in calls] == [told, None]


@pytest.mark.parametrize("part", ["", "/move", "/cancel", "/join", "/calendar.ics"])
def test_one_of_another_client_is_like_one_that_is_not(anna, replies, part):
    replies[GET_OWN_APPOINTMENT.address] = NotFound("appointment_not_found")
    assert anna.open(f"{PAGE}{part}").status == 404
