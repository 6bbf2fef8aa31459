"""The console's calendar: today, the agenda, booking and moving for a client."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import msgspec
import pytest

from portal_contracts.errors import Conflict, Invalid
from portal_contracts.scheduling.rpc.appointments import (
    AppointmentStatus,
    Place,
    PlaceKind,
    SessionStatus,
)
from portal_contracts.scheduling.rpc.availability import StoredAvailability
from portal_contracts.scheduling.rpc.booking import Booked, Cancelled, Moved
from portal_contracts.scheduling.rpc.calendar import Calendar, ClientAppointments, SessionHead
from portal_contracts.scheduling.rpc.free_times import FreeTimes, StartDespite
from portal_contracts.scheduling.rpc.services import Services
from tests.kit.gateway.made_schedule import (
    MEETING,
    STARTS_AT,
    ZONE,
    made_appointment,
    made_entry,
    made_hours,
    made_offer,
    made_service,
    made_session,
)

NEW = "/console/appointments/new"


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def replies(house):
    """Canned replies, by a method of scheduling."""

    class Replies(dict):
        def __setitem__(self, name, reply):
            house.services.answers[f"scheduling.{name}"] = reply

    return Replies()


def commands_sent(house, name):
    return [call.arguments for call in house.services.calls(f"scheduling.{name}")]


def calendar(house, *entries):
    return Calendar(practitioner_id=house.doctor.id, timezone=ZONE, items=list(entries))


# --- today and the agenda ------------------------------------------------------------


def test_today_shows_the_days_appointments_by_name_and_a_way_in(house, doctor, replies):
    later = house.services.clock.now() + timedelta(hours=2)
    entry = made_entry(later, client_id=house.anna.id)
    replies["list_calendar"] = calendar(house, entry)
    page = doctor.open("/console")
    assert "Anna Adler" in page.html
    assert f"/console/appointments/{entry.id}" in page.links
    assert f"/console/appointments/{entry.id}/join" in page.links


def test_a_free_day_shows_what_comes_next(house, doctor, replies):
    entry = made_entry(client_id=house.ben.id)
    replies["list_calendar"] = calendar(house, entry)
    page = doctor.open("/console")
    assert "Nothing is planned for today" in page.html
    assert "Ben Brandt" in page.html


def test_today_is_shown_without_the_parts_that_are_down(house, doctor):
    house.services.down |= {"scheduling", "forms", "notifications"}
    page = doctor.open("/console")
    assert page.status == 200
    assert page.html.count("not available right now") == 3
    assert "First steps" not in page.html


def test_the_first_steps_go_away_once_they_are_done(house, doctor, replies):
    replies["list_services"] = Services(items=[])
    replies["get_availability"] = hours(house, version=0)
    page = doctor.open("/console")
    assert "2 of 5 done" in page.html
    replies["list_services"] = Services(items=[made_service()])
    replies["get_availability"] = hours(house, version=1)
    house.services.add_mail(house.anna)
    assert "First steps" not in doctor.open("/console").html


def hours(house, version):
    return StoredAvailability(
        practitioner_id=house.doctor.id, version=version, availability=made_hours()
    )


def test_the_agenda_is_the_week_of_a_date_in_the_practitioners_zone(house, doctor, replies):
    # Half past eleven at night in Berlin: still Sunday there, in UTC as well; the next is Monday.
    sunday = made_entry(datetime(2026, 12, 6, 22, 30, tzinfo=UTC), client_id=house.anna.id)
    monday = made_entry(datetime(2026, 12, 6, 23, 30, tzinfo=UTC), client_id=house.ben.id)
    replies["list_calendar"] = calendar(house, sunday, monday)
    page = doctor.open("/console/calendar?from=2026-12-03")
    assert "Anna Adler" in page.html
    assert "Ben Brandt" not in page.html
    assert "/console/calendar?from=2026-12-07&view=week" in page.links
    assert "Ben Brandt" in doctor.open("/console/calendar?from=2026-12-07").html


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "never"])
def test_no_date_breaks_the_agenda(house, doctor, replies, day):
    replies["list_calendar"] = calendar(house)
    assert doctor.open(f"/console/calendar?from={day}").status == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_date_breaks_a_new_appointment(house, doctor, replies, form, day):
    page = doctor.open(f"{NEW}?day={day}&time=10:00")
    assert page.status == 200
    typed = {"start": "own", "on": day, "at": "00:00"}
    assert doctor.submit(page, NEW, typed).status == 422


# --- booking --------------------------------------------------------------------------


@pytest.fixture
def service(house, replies):
    service = made_service(practitioner_id=house.doctor.id)
    replies["list_services"] = Services(items=[service])
    replies["list_free_times"] = FreeTimes(
        service=made_offer(service), starts=[STARTS_AT], next_start=None, last_bookable_on=None
    )
    return service


@pytest.fixture
def form(house, doctor, service):
    """The page with the times of a day."""
    query = f"client_id={house.anna.id}&service_id={service.id}&day=2026-12-03"
    return doctor.open(f"{NEW}?{query}")


def choose(doctor, page, action=NEW, **fields):
    own = {name: value for name, value in page.forms[-2].fields.items() if name != "despite"}
    own.pop("start", None)
    return doctor.post(action, own | fields)


def test_a_chosen_time_is_booked_for_the_client(house, doctor, replies, form, service):
    replies["book_for_client"] = Booked(appointment_id=uuid4())
    done = choose(doctor, form, start="2026-12-03T09:00:00Z")
    assert done.status == 303
    [sent] = commands_sent(house, "book_for_client")
    assert (sent.client_id, sent.service_id) == (house.anna.id, service.id)
    assert (sent.starts_at, sent.despite) == (STARTS_AT, False)


def test_a_broken_rule_is_said_in_words_and_booked_only_when_asked_again(
    house, doctor, replies, form
):
    def book(command, _actor):
        if not command.despite:
            raise Conflict("outside_rules", fields={"starts_at": "notice"})
        return Booked(appointment_id=uuid4())

    replies["book_for_client"] = book
    page = choose(doctor, form, start="own", on="2026-12-04", at="19:15")
    assert page.status == 409
    assert "clients must book earlier" in page.html
    assert 'value="19:15"' in page.html
    assert "Book anyway" in page.html
    (warned,) = set(re.findall(r'name="despite" value="([^"]+)"', page.html))
    other = choose(doctor, page, start="own", on="2026-12-04", at="20:15", despite=warned)
    assert other.status == 409
    done = choose(doctor, page, start="own", on="2026-12-04", at="19:15", despite=warned)
    assert done.status == 303
    assert commands_sent(house, "book_for_client")[-1].starts_at == datetime(
        2026, 12, 4, 18, 15, tzinfo=UTC
    )


LATE = {"start": "own", "on": "2026-12-04", "at": "19:15"}
LATE_AT = datetime(2026, 12, 4, 18, 15, tzinfo=UTC)


@pytest.fixture
def ruled(replies):
    """The rules for clients that booking and moving break, whenever it is to be."""
    broken = ["notice"]

    def unless_despite(answer):
        def act(command, _actor):
            if not (command.despite and set(command.despite_only) >= set(broken)):
                named = {f"breaks.{number}": rule for number, rule in enumerate(broken)}
                raise Conflict("outside_rules", fields={"starts_at": broken[0], **named})
            return answer

        return act

    replies["book_for_client"] = unless_despite(Booked(appointment_id=uuid4()))
    replies["move_for_client"] = unless_despite(Moved(appointment_id=uuid4(), starts_at=STARTS_AT))
    return broken


@pytest.fixture(params=["book", "move"])
def warned(request, doctor, form, appointment, ruled):
    """An act, and its page once it was refused for a rule that may be broken."""
    path = NEW if request.param == "book" else f"/console/appointments/{appointment.id}/move"
    page = form if path == NEW else doctor.open(f"{path}?day=2026-12-03")
    refused = choose(doctor, page, path, **LATE)
    assert refused.status == 409
    return f"{request.param}_for_client", path, refused


def test_enter_looks_only_before_anything_is_refused(house, doctor, form, appointment):
    move = f"/console/appointments/{appointment.id}/move"
    for path, page in ((move, doctor.open(f"{move}?day=2026-12-03")), (NEW, form)):
        assert doctor.enter(page, path, LATE).status == 200
    assert commands_sent(house, "move_for_client") == []
    assert commands_sent(house, "book_for_client") == []


def test_enter_overrules_what_the_page_warns_of(house, doctor, warned):
    act, path, page = warned
    assert doctor.enter(page, path).status == 303
    sent = commands_sent(house, act)[-1]
    assert (sent.starts_at, sent.despite) == (LATE_AT, True)


@pytest.mark.parametrize(
    "changed",
    [{"at": "20:15"}, {"on": "2026-12-05"}, {"day": "2026-12-07"}],
    ids=["time", "date", "day"],
)
@pytest.mark.parametrize("pressed", ["Enter", "button"])
def test_what_was_not_warned_of_is_not_overruled(house, doctor, warned, changed, pressed):
    act, path, page = warned
    if pressed == "Enter":
        again = doctor.enter(page, path, changed)
    else:
        (mark,) = set(re.findall(r'name="despite" value="([^"]+)"', page.html))
        again = doctor.submit(page, path, changed | {"despite": mark})
    assert again.status == 409
    assert again.form(path).fields.items() >= changed.items()
    assert not any(sent.despite for sent in commands_sent(house, act))


def test_a_rule_that_is_broken_meanwhile_is_warned_of_before_it_is_overruled(
    house, doctor, warned, ruled
):
    act, path, page = warned
    ruled.append("time_off")
    again = doctor.enter(page, path)
    assert again.status == 409
    assert "clients must book earlier" in again.html
    assert "It lies in time off." in again.html
    ruled.remove("notice")
    assert doctor.enter(again, path).status == 303
    told = [sent.despite_only for sent in commands_sent(house, act)]
    assert told == [None, ["notice"], ["notice", "time_off"]]


def test_nobody_else_is_booked_by_enter_than_whom_the_warning_was_about(house, doctor, form, ruled):
    page = choose(doctor, form, **LATE)
    again = doctor.enter(page, NEW, {"client": "ben"})
    assert again.status == 409
    assert not any(sent.despite for sent in commands_sent(house, "book_for_client"))


def test_times_against_a_rule_are_among_the_times_and_marked(house, doctor, replies, service):
    later = STARTS_AT + timedelta(hours=1)
    replies["list_free_times"] = FreeTimes(
        service=made_offer(service),
        starts=[later],
        next_start=None,
        last_bookable_on=None,
        despite=[StartDespite(starts_at=STARTS_AT, breaks=["notice"])],
    )
    query = f"client_id={house.anna.id}&service_id={service.id}&day=2026-12-03"
    page = doctor.open(f"{NEW}?{query}")
    first, second = page.html.split('class="times"')[1].split('class="time-option"')[1:]
    assert "10:00" in first
    assert "against a rule" in first
    assert "11:00" in second
    assert "against a rule" not in second


def test_the_nearest_times_are_there_before_anything_is_chosen(house, doctor, replies, service):
    page = doctor.open(NEW)
    assert f'value="{STARTS_AT:%Y-%m-%dT%H:%M:%SZ}"' in page.html
    assert "Anna Adler" in page.html
    (asked,) = commands_sent(house, "list_free_times")
    assert asked.last_on > asked.first_on


def test_a_name_that_fits_one_client_chooses_her(house, doctor, replies, service):
    replies["book_for_client"] = Booked(appointment_id=uuid4())
    page = doctor.open(NEW)
    shown = choose(doctor, page, client="Anna", do="show")
    assert "Chosen: Anna Adler" in shown.html
    done = choose(doctor, page, client="Anna", start="2026-12-03T09:00:00Z")
    assert done.status == 303
    assert commands_sent(house, "book_for_client")[-1].client_id == house.anna.id
    nobody = choose(doctor, page, client="Zebedee", start="2026-12-03T09:00:00Z")
    assert nobody.status == 422
    assert "No active client has this name" in nobody.html
    assert 'value="Zebedee"' in nobody.html


def test_the_clients_last_service_is_preset_until_another_is_chosen(house, doctor, replies):
    first, second = (made_service(practitioner_id=house.doctor.id, title=t) for t in ("A", "B"))
    replies["list_services"] = Services(items=[first, second])
    replies["list_free_times"] = FreeTimes(
        service=made_offer(second), starts=[STARTS_AT], next_start=None, last_bookable_on=None
    )
    replies["list_client_appointments"] = ClientAppointments(
        items=[made_entry(client_id=house.anna.id, service_id=second.id)]
    )

    def service_of(_page):
        return commands_sent(house, "list_free_times")[-1].service_id

    page = doctor.open(NEW)
    assert service_of(page) == first.id
    page = choose(doctor, page, client_id=house.anna.id, do="show")
    assert service_of(page) == second.id
    page = choose(doctor, page, service_id=first.id, do="show")
    assert service_of(page) == first.id


def test_what_is_booked_is_the_service_that_the_form_showed(house, doctor, replies):
    """Without scripts her last service is not shown before the booking."""
    first, second = (made_service(practitioner_id=house.doctor.id, title=t) for t in ("A", "B"))
    replies["list_services"] = Services(items=[first, second])
    replies["list_free_times"] = FreeTimes(
        service=made_offer(first), starts=[STARTS_AT], next_start=None, last_bookable_on=None
    )
    replies["list_client_appointments"] = ClientAppointments(
        items=[made_entry(client_id=house.anna.id, service_id=second.id)]
    )
    replies["book_for_client"] = Booked(appointment_id=uuid4())
    page = doctor.open(NEW)
    choose(doctor, page, client_id=house.anna.id, start="2026-12-03T09:00:00Z")
    assert commands_sent(house, "book_for_client")[-1].service_id == first.id


def test_the_calendar_fills_in_the_time_that_was_pressed(house, doctor, replies, service):
    page = doctor.open(f"{NEW}?day=2026-12-03&time=10:00")
    assert 'value="2026-12-03T09:00:00Z" checked' in page.html
    page = doctor.open(f"{NEW}?day=2026-12-03&time=11:15")
    assert 'value="own" checked' in page.html
    assert 'value="11:15"' in page.html


def test_length_message_and_no_mail_go_with_the_booking(house, doctor, replies, form):
    replies["book_for_client"] = Booked(appointment_id=uuid4())
    more = {"minutes": "90", "message": "Bring a pen.", "without_mail": "1"}
    done = choose(doctor, form, start="2026-12-03T09:00:00Z", **more)
    assert done.status == 303
    (sent,) = commands_sent(house, "book_for_client")
    assert (sent.minutes, sent.message, sent.without_mail) == (90, "Bring a pen.", True)
    page = choose(doctor, form, minutes="ninety", message="Bring a pen.")
    assert page.status == 422
    assert {"#field-minutes", "#field-start"} <= set(page.links)
    assert '<details class="more" id="more" open>' in page.html
    assert "Bring a pen." in page.html


def test_another_day_keeps_all_that_was_typed(doctor, form):
    page = choose(doctor, form, do="show", go="2026-12-04", repeat="weekly", times="5")
    assert page.status == 200
    assert page.forms[-2].fields["day"] == "2026-12-04"
    assert page.forms[-2].fields["times"] == "5"


def test_a_taken_time_is_an_error_at_the_time(doctor, replies, form):
    replies["book_for_client"] = Conflict("slot_taken")
    page = choose(doctor, form, start="2026-12-03T09:00:00Z")
    assert page.status == 409
    assert "#field-start" in page.links
    assert "taken by another appointment" in page.html
    assert 'value="2026-12-03T09:00:00Z" checked' in page.html


def test_a_time_the_clocks_skip_is_refused_and_one_they_repeat_is_asked_about(
    house, doctor, replies, form
):
    replies["book_for_client"] = Booked(appointment_id=uuid4())
    skipped = choose(doctor, form, start="own", on="2027-03-28", at="02:30")
    assert skipped.status == 422
    assert "the clocks skip this time" in skipped.html
    twice = choose(doctor, form, start="own", on="2027-10-31", at="02:30")
    assert twice.status == 422
    assert "before the clocks go back" in twice.html
    assert not commands_sent(house, "book_for_client")
    choose(doctor, twice, start="own", on="2027-10-31", at="02:30", fold="1")
    assert commands_sent(house, "book_for_client")[0].starts_at == datetime(
        2027, 10, 31, 1, 30, tzinfo=UTC
    )


def test_nothing_chosen_is_said_at_once(house, doctor, form):
    page = choose(doctor, form)
    assert page.status == 422
    assert "Choose a time" in page.html
    assert not commands_sent(house, "book_for_client")


def test_who_when_and_how_long_are_missed_in_one_round(doctor, form):
    page = choose(doctor, form, client_id="", client="Nobody", minutes="ninety")
    assert page.status == 422
    assert {"#field-client", "#field-start", "#field-minutes"} <= set(page.links)


def test_a_time_typed_beside_a_chosen_one_is_asked_about(house, doctor, form):
    page = choose(doctor, form, start="2026-12-03T09:00:00Z", at="18:00")
    assert page.status == 422
    assert "A time is chosen above" in page.html
    assert page.forms[-2].fields["at"] == "18:00"
    assert not commands_sent(house, "book_for_client")


def test_the_times_are_asked_for_in_the_practitioners_own_zone(house, doctor, replies, service):
    def times(command, _actor):
        offer = msgspec.structs.replace(made_offer(service), timezone="America/New_York")
        return FreeTimes(service=offer, starts=[], next_start=None, last_bookable_on=None)

    replies["list_free_times"] = times
    query = f"client_id={house.anna.id}&service_id={service.id}&day=2026-12-03"
    page = doctor.open(f"{NEW}?{query}")
    zones = [call.timezone for call in commands_sent(house, "list_free_times")]
    assert zones == ["Europe/Berlin", "America/New_York"]
    assert "New York time" in page.html


# --- one appointment --------------------------------------------------------------------


@pytest.fixture
def appointment(house, replies):
    found = made_appointment(client_id=house.anna.id, practitioner_id=house.doctor.id)
    replies["get_appointment"] = found
    return found


def test_joining_leads_to_the_meeting_and_nowhere_else(doctor, replies, appointment):
    join = f"/console/appointments/{appointment.id}/join"
    assert doctor.open(join).headers["location"] == MEETING
    replies["get_appointment"] = made_appointment(
        place=Place(kind=PlaceKind.VIDEO, text="javascript:alert(1)")
    )
    assert doctor.open(join).status == 409


def test_from_its_start_on_an_appointment_leads_to_writing_and_back(
    house, doctor, replies, appointment
):
    path, writing = f"/console/appointments/{appointment.id}", f"/console/sessions/{appointment.id}"
    assert writing not in doctor.open(path).links
    began = SessionHead(status=SessionStatus.ATTENDED)
    replies["get_appointment"] = msgspec.structs.replace(appointment, session=began)
    page = doctor.open(path)
    assert writing in page.links
    assert "Write summary" in page.html
    assert "Write summary" not in house.as_practitioner(house.assistant()).open(path).html
    row = made_session(client_id=house.anna.id, id=appointment.id)
    replies["get_session"] = row
    assert path in doctor.open(writing).links


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_what_is_written_about_is_not_changed_and_the_page_says_why(
    doctor, replies, appointment, service, act
):
    path = f"/console/appointments/{appointment.id}/{act}"
    page = doctor.open(path)
    replies[f"{act}_for_client"] = Conflict(f"{act}_closed", fields={"appointment": "recorded"})
    refused = choose(doctor, page, path, start="2026-12-03T09:00:00Z")
    assert refused.status == 409
    assert "Something is written down about this session" in refused.html


def test_an_assistant_reads_no_note_but_may_move(house, replies, appointment):
    replies["get_appointment"] = msgspec.structs.replace(appointment, note=None, cancel_reason=None)
    page = house.as_practitioner(house.assistant()).open(f"/console/appointments/{appointment.id}")
    assert page.status == 200
    assert "What the client wrote" not in page.html
    assert f"/console/appointments/{appointment.id}/move" in page.links


def test_an_appointment_is_moved_to_a_chosen_time(house, doctor, replies, appointment, service):
    replies["move_for_client"] = Moved(appointment_id=appointment.id, starts_at=STARTS_AT)
    path = f"/console/appointments/{appointment.id}/move"
    page = doctor.open(path)
    assert commands_sent(house, "list_free_times")[0].moving == appointment.id
    assert choose(doctor, page, path, start="2026-12-03T09:00:00Z").status == 303
    replies["move_for_client"] = Conflict("move_closed", fields={"appointment": "over"})
    refused = choose(doctor, page, path, start="2026-12-03T09:00:00Z", idempotency_key="k" * 20)
    assert refused.status == 409
    assert "can no longer be moved" in refused.html


def test_cancelling_asks_first_and_keeps_the_reason_when_it_fails(
    house, doctor, replies, appointment
):
    path = f"/console/appointments/{appointment.id}/cancel"
    page = doctor.open(path)
    assert "Anna Adler gets an e-mail" in page.html
    replies["cancel_for_client"] = Invalid("reason_invalid", fields={"reason": "too_long"})
    again = doctor.submit(page, path, {"reason": "a cold"})
    assert (again.status, again.form(path).fields["reason"]) == (422, "a cold")
    replies["cancel_for_client"] = Cancelled(appointment_id=appointment.id, late=False)
    assert doctor.submit(again, path).status == 303
    assert commands_sent(house, "cancel_for_client")[-1].reason == "a cold"


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        ("/console", "/console"),
        ("/console/calendar?from=2026-11-30", "/console/calendar?from=2026-11-30"),
        ("https://example.com/console", None),
        ("", None),
    ],
)
def test_what_is_begun_in_the_calendar_leads_back_there(
    doctor, replies, appointment, service, back, leads
):
    path = f"/console/appointments/{appointment.id}"
    replies["move_for_client"] = Moved(appointment_id=appointment.id, starts_at=STARTS_AT)
    replies["cancel_for_client"] = Cancelled(appointment_id=appointment.id, late=False)
    for act in ("move", "cancel"):
        page = doctor.open(f"{path}/{act}?back={quote(back)}")
        assert (leads or path) in page.links
        done = choose(doctor, page, f"{path}/{act}", start="2026-12-03T09:00:00Z")
        assert (done.status, done.headers["location"]) == (303, leads or path)


@pytest.mark.parametrize(("act", "done"), [("move", "moved"), ("cancel", "cancelled")])
def test_whom_the_practitioner_has_told_otherwise_gets_no_mail(
    house, doctor, replies, appointment, service, act, done
):
    path = f"/console/appointments/{appointment.id}"
    replies["move_for_client"] = Moved(appointment_id=appointment.id, starts_at=STARTS_AT)
    replies["cancel_for_client"] = Cancelled(appointment_id=appointment.id, late=False)
    page = doctor.open(f"{path}/{act}")
    quiet = {"without_mail": "1", "start": "2026-12-03T09:00:00Z"}
    answer = choose(doctor, page, f"{path}/{act}", **quiet)
    (command,) = commands_sent(house, f"{act}_for_client")
    assert command.without_mail
    said = f"The appointment is {done}. The client gets no e-mail of it."
    assert said in doctor.follow(answer).html


def test_that_no_mail_is_wanted_is_kept_with_another_day_and_with_a_refusal(
    doctor, replies, appointment, service
):
    path = f"/console/appointments/{appointment.id}"
    ticked = re.compile(r'name="without_mail" value="1" checked')
    page = doctor.open(f"{path}/move")
    assert not ticked.search(page.html)
    assert ticked.search(
        choose(doctor, page, f"{path}/move", without_mail="1", go="2026-12-04").html
    )
    replies["cancel_for_client"] = Conflict("cancel_closed", fields={"appointment": "over"})
    page = doctor.open(f"{path}/cancel")
    assert ticked.search(choose(doctor, page, f"{path}/cancel", without_mail="1").html)


def test_a_request_is_not_declined_without_a_mail(doctor, replies, appointment):
    replies["get_appointment"] = msgspec.structs.replace(
        appointment, status=AppointmentStatus.REQUESTED
    )
    page = doctor.open(f"/console/appointments/{appointment.id}/cancel")
    assert 'name="without_mail"' not in page.html


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_what_is_cancelled_already_is_asked_about_no_more(doctor, replies, appointment, act):
    replies["get_appointment"] = msgspec.structs.replace(
        appointment, status=AppointmentStatus.CANCELLED, cancelled_at=STARTS_AT
    )
    path = f"/console/appointments/{appointment.id}"
    page = doctor.open(f"{path}/{act}")
    assert (page.status, page.headers["location"]) == (303, path)


def test_who_cancels_what_is_cancelled_already_is_told_of_no_mail(
    house, doctor, replies, appointment
):
    path = f"/console/appointments/{appointment.id}"
    page = doctor.open(f"{path}/cancel")
    replies["get_appointment"] = msgspec.structs.replace(
        appointment, status=AppointmentStatus.CANCELLED, cancelled_at=STARTS_AT
    )
    done = doctor.submit(page, f"{path}/cancel", {"reason": "a cold"})
    assert (done.status, done.headers["location"]) == (303, path)
    read = doctor.follow(done).html
    assert "The appointment is cancelled." in read
    assert "e-mail" not in read.partition("The appointment is cancelled.")[2][:60]
    assert commands_sent(house, "cancel_for_client") == []


def test_times_of_the_console_are_written_as_in_the_reader_s_country(doctor, appointment):
    path = f"/console/appointments/{appointment.id}"
    assert "\N{NO-BREAK SPACE}AM" in doctor.open(path, {"Accept-Language": "en-US"}).html
    assert "\N{NO-BREAK SPACE}AM" not in doctor.open(path, {"Accept-Language": "en-GB"}).html


@pytest.mark.parametrize(
    ("pressed", "shown"),
    [
        ({"go": "2026-12-04"}, "2026-12-04"),
        ({"do": "show", "day": "2026-12-07"}, "2026-12-07"),
    ],
)
def test_another_day_to_move_to_forgets_nothing_and_moves_nothing(
    house, doctor, appointment, service, pressed, shown
):
    path = f"/console/appointments/{appointment.id}/move"
    page = doctor.open(f"{path}?back=/console&day=2026-12-03")
    typed = {"start": "own", "on": "2026-12-11", "at": "07:15"}
    again = doctor.submit(page, path, typed | pressed)
    assert again.status == 200
    fields = again.form(path).fields
    assert (fields["day"], fields["on"], fields["at"]) == (shown, "2026-12-11", "07:15")
    assert fields["back"] == "/console"
    assert commands_sent(house, "move_for_client") == []


@pytest.mark.parametrize("pressed", [{"go": "2026-12-04"}, {"do": "show", "day": "2026-12-04"}])
def test_a_date_that_nobody_typed_follows_the_day(doctor, appointment, form, pressed):
    move = f"/console/appointments/{appointment.id}/move"
    typed = {"start": "own", "at": "07:15"}
    for path, page in ((move, doctor.open(f"{move}?day=2026-12-03")), (NEW, form)):
        assert page.form(path).fields["on"] == "2026-12-03"
        fields = doctor.submit(page, path, typed | pressed).form(path).fields
        assert (fields["on"], fields["at"]) == ("2026-12-04", "07:15")


def test_a_cancelled_appointment_offers_neither_join_nor_move(doctor, replies, appointment):
    replies["get_appointment"] = msgspec.structs.replace(
        appointment, status=AppointmentStatus.CANCELLED, cancelled_at=STARTS_AT
    )
    page = doctor.open(f"/console/appointments/{appointment.id}")
    assert not [link for link in page.links if link.endswith(("/join", "/move", "/cancel"))]
