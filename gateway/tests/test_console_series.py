"""Series in the console: reviewed before they are booked or moved, cancelled as far as is said."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from gateway.words.calendar import WHY_NOT
from portal_contracts.actor import Role
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.scheduling.rpc.availability import WhyNot
from portal_contracts.scheduling.rpc.calendar import ClientAppointments
from portal_contracts.scheduling.rpc.free_times import FreeTimes
from portal_contracts.scheduling.rpc.series import (
    BookedSeries,
    CancelledSeries,
    MovedSeries,
    SeriesReview,
    SeriesSlot,
    SlotChoice,
    SlotState,
)
from portal_contracts.scheduling.rpc.services import Services
from tests.kit.gateway.made_schedule import (
    STARTS_AT,
    ZONE,
    made_appointment,
    made_entry,
    made_offer,
    made_series,
    made_service,
)

NEW, BOOK = "/console/appointments/new", "/console/appointments/series"
WEEK = timedelta(days=7)
NEAREST = STARTS_AT + WEEK + timedelta(hours=1)
SERIES = made_series()
REVIEW = SeriesReview(
    timezone=ZONE,
    minutes=50,
    slots=[
        SeriesSlot(slot=0, wall="2026-12-03T10:00", starts_at=STARTS_AT, state=SlotState.FREE),
        SeriesSlot(
            slot=1,
            wall="2026-12-10T10:00",
            starts_at=STARTS_AT + WEEK,
            state=SlotState.TAKEN,
            nearest=NEAREST,
        ),
    ],
)
TWICE = {"repeat": "weekly", "every": "1", "until_on": "", "times": "2"}


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def answers(house):
    def put(name, reply):
        house.services.answers[f"scheduling.{name}"] = reply

    put("review_series", REVIEW)
    put("review_series_move", REVIEW)
    return put


@pytest.fixture
def form(house, doctor, answers):
    service = made_service(practitioner_id=house.doctor.id)
    answers("list_services", Services(items=[service]))
    offer = made_offer(service)
    times = FreeTimes(service=offer, starts=[STARTS_AT], next_start=None, last_bookable_on=None)
    answers("list_free_times", times)
    return doctor.open(f"{NEW}?client_id={house.anna.id}&service_id={service.id}&day=2026-12-03")


@pytest.fixture
def appointment(house, answers):
    found = made_appointment(
        client_id=house.anna.id, practitioner_id=house.doctor.id, series=SERIES
    )
    answers("get_appointment", found)
    return found


def sent(house, name):
    return [call.arguments for call in house.services.calls(f"scheduling.{name}")]


def choose(doctor, page, action, **fields):
    own = {name: value for name, value in page.forms[-2].fields.items() if name != "despite"}
    return doctor.post(action, own | fields)


def listed_by(doctor, page, action, **fields):
    """What a form leads to: the list of its series."""
    return doctor.follow(choose(doctor, page, action, **fields))


def test_what_does_not_fit_is_listed_before_anything_is_booked(house, doctor, answers, form):
    listed = listed_by(doctor, form, NEW, start=STARTS_AT.isoformat(), **TWICE)
    assert listed.status == 200
    assert "One appointment does not fit" in listed.html
    assert sent(house, "book_for_client") == []
    answers("book_series", BookedSeries(series_id=uuid4(), appointment_ids=[uuid4()]))
    done = choose(doctor, listed, BOOK, **{"slot-1": NEAREST.isoformat()})
    assert done.status == 303
    [booked] = sent(house, "book_series")
    assert (booked.starts_at, booked.repeat.times) == (STARTS_AT, 2)
    assert booked.choices == [SlotChoice(slot=1, starts_at=NEAREST)]


def test_a_series_without_a_mail_says_so_before_it_is_booked(doctor, form):
    wish = {"start": STARTS_AT.isoformat(), **TWICE}
    assert "gets one e-mail with all of them" in listed_by(doctor, form, NEW, **wish).html
    quiet = listed_by(doctor, form, NEW, without_mail="1", **wish)
    assert "gets no e-mail of them" in quiet.html
    assert "gets one e-mail" not in quiet.html


def test_what_is_only_further_ahead_than_clients_may_book_is_booked_unless_it_is_left_out(
    house, doctor, answers, form
):
    far = replace(
        REVIEW.slots[1], state=SlotState.OUTSIDE_RULES, breaks=[WhyNot.OUTSIDE_WINDOW], nearest=None
    )
    answers("review_series", replace(REVIEW, slots=[REVIEW.slots[0], far]))
    listed = listed_by(doctor, form, NEW, start=STARTS_AT.isoformat(), **TWICE)
    assert "does not fit" not in listed.html
    assert "Clients cannot book this day themselves." in listed.html
    answers("book_series", BookedSeries(series_id=uuid4(), appointment_ids=[uuid4()]))
    choose(doctor, listed, BOOK)
    [booked] = sent(house, "book_series")
    assert (booked.choices, booked.despite, booked.despite_slots) == ([], True, [1])


def test_what_was_taken_meanwhile_is_listed_again_with_what_was_chosen(doctor, answers, form):
    listed = listed_by(doctor, form, NEW, start=STARTS_AT.isoformat(), **TWICE)
    answers("book_series", Conflict("series_collides", fields={"slots.0": "taken"}))
    again = choose(doctor, listed, BOOK, **{"slot-1": "out"})
    assert again.status == 409
    assert "not free any more" in again.html
    assert again.forms[-2].fields["slot-1"] == "out"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"times": "10000"}, "from 2 to 104"),
        ({"until_on": "2026-12-24"}, "not both"),
        ({"repeat": "sometimes"}, "Choose from the list"),
        ({"repeat": ""}, "Choose how it repeats"),
        ({"repeat": "", "times": "", "until_on": "2026-12-24"}, "Choose how it repeats"),
        ({"repeat": "", "times": "", "every": "2"}, "Choose how it repeats"),
        ({"times": "often"}, "whole number"),
    ],
)
def test_a_wish_that_cannot_be_is_said_at_its_field(doctor, answers, form, wrong, words):
    code = {"times": "times_out_of_range"} if "times" in wrong else {"times": "until_or_times"}
    answers("review_series", Invalid("series_invalid", fields=code))
    page = choose(doctor, form, NEW, start=STARTS_AT.isoformat(), **(TWICE | wrong))
    assert page.status == 422
    assert words in page.html
    assert page.forms[-2].fields["every"] == wrong.get("every", "1")


def test_an_appointment_says_of_which_series_it_is(doctor, appointment):
    page = doctor.open(f"/console/appointments/{appointment.id}")
    assert "Every Thursday, 10:00, until 3 June 2027" in page.html


def test_times_of_a_series_are_written_as_the_reader_is_used_to(house, doctor, appointment, form):
    def spoken(page):
        return page.html.replace("\N{NO-BREAK SPACE}", " ")

    page = doctor.open(f"/console/appointments/{appointment.id}", {"Accept-Language": "en-US"})
    assert "Every Thursday, 10:00 AM, until 3 June 2027" in spoken(page)
    house.practice.fields = replace(house.practice.fields, timezone="America/New_York")
    listed = listed_by(doctor, form, NEW, start=STARTS_AT.isoformat(), **TWICE)
    assert "Thursday 10 December, 10:00 AM" in " ".join(
        re.sub("<[^>]+>", " ", spoken(listed)).replace(" ,", ",").split()
    )


def test_this_and_those_after_it_are_moved_once_all_are_seen(
    house, doctor, answers, form, appointment
):
    path = f"/console/appointments/{appointment.id}"
    page = doctor.open(f"{path}/move")
    chosen = {"start": STARTS_AT.isoformat(), "scope": "following"}
    listed = listed_by(doctor, page, f"{path}/move", **chosen)
    assert listed.status == 200
    answers("move_series", MovedSeries(series_id=uuid4(), moved=[]))
    done = choose(doctor, listed, f"{path}/series", **{"slot-1": "out"})
    assert done.status == 303
    [moved] = sent(house, "move_series")
    assert (moved.scope, moved.starts_at) == ("following", STARTS_AT)
    assert moved.choices == [SlotChoice(slot=1, starts_at=None)]


def test_a_series_is_moved_or_cancelled_without_a_mail(house, doctor, answers, form, appointment):
    path = f"/console/appointments/{appointment.id}"
    wish = {"start": STARTS_AT.isoformat(), "scope": "all", "without_mail": "1"}
    listed = listed_by(doctor, doctor.open(f"{path}/move"), f"{path}/move", **wish)
    assert "The client gets no e-mail of them." in listed.html
    answers("move_series", MovedSeries(series_id=uuid4(), moved=[]))
    moved = choose(doctor, listed, f"{path}/series", **{"slot-1": "out"})
    assert sent(house, "move_series")[0].without_mail
    assert "no e-mail of them" in doctor.follow(moved).html
    answers("cancel_series", CancelledSeries(series_id=uuid4(), cancelled=[]))
    cancel = {"scope": "all", "without_mail": "1"}
    off = choose(doctor, doctor.open(f"{path}/cancel"), f"{path}/cancel", **cancel)
    assert sent(house, "cancel_series")[0].without_mail
    assert "are cancelled. The client gets no e-mail of them." in doctor.follow(off).html


def test_another_day_keeps_how_much_of_a_series_is_moved(house, doctor, answers, form, appointment):
    path = f"/console/appointments/{appointment.id}/move"
    chosen = {"scope": "following", "go": "2026-12-04"}
    again = choose(doctor, doctor.open(path), path, **chosen)
    assert re.search(r'value="following"\s+checked', again.html)
    assert sent(house, "review_series_move") == []


def test_a_move_cancels_nothing_that_nobody_chose(doctor, answers, form, appointment):
    path = f"/console/appointments/{appointment.id}"
    chosen = {"start": STARTS_AT.isoformat(), "scope": "following"}
    listed = listed_by(doctor, doctor.open(f"{path}/move"), f"{path}/move", **chosen)
    assert "Nothing is moved yet." in listed.html
    assert not listed.forms[-2].fields.get("slot-1")
    answers("move_series", Conflict("series_collides", fields={"slots.1": "taken"}))
    again = choose(doctor, listed, f"{path}/series")
    assert again.status == 409
    assert "Choose what becomes of each appointment." in again.html


def test_a_move_breaks_no_rule_for_an_appointment_that_nobody_decided(
    house, doctor, answers, form, appointment
):
    late = replace(
        REVIEW.slots[1],
        state=SlotState.OUTSIDE_RULES,
        breaks=[WhyNot.HOURS, WhyNot.EXTERNAL_BUSY],
        nearest=None,
    )
    far = replace(late, slot=2, breaks=[WhyNot.OUTSIDE_WINDOW])
    answers("review_series_move", replace(REVIEW, slots=[REVIEW.slots[0], late, far]))
    path = f"/console/appointments/{appointment.id}"
    chosen = {"start": STARTS_AT.isoformat(), "scope": "following"}
    listed = listed_by(doctor, doctor.open(f"{path}/move"), f"{path}/move", **chosen)
    for rule in late.breaks:
        assert WHY_NOT[rule] in listed.html
    answers("move_series", Conflict("series_collides", fields={"slots.1": "hours"}))
    again = choose(doctor, listed, f"{path}/series")
    [moved] = sent(house, "move_series")
    assert (moved.choices, moved.despite, moved.despite_slots) == ([], True, [2])
    assert "Choose what becomes of each appointment." in again.html


def test_an_address_has_nothing_written_to_a_client_that_its_list_does_not_show(
    doctor, answers, form
):
    address = choose(doctor, form, NEW, start=STARTS_AT.isoformat(), **TWICE).headers["location"]
    led = doctor.open(f"{address}&message=Never+come+back")
    assert led.status == 303
    assert doctor.follow(led).form(NEW).fields["message"] == "Never come back"


def test_a_number_of_an_appointment_that_no_series_has_is_none_of_its_choices(
    house, doctor, answers, form
):
    listed = listed_by(doctor, form, NEW, start=STARTS_AT.isoformat(), **TWICE)
    answers("book_series", BookedSeries(series_id=uuid4(), appointment_ids=[uuid4()]))
    assert choose(doctor, listed, BOOK, **{"slot-" + "9" * 5000: "out"}).status == 303
    [booked] = sent(house, "book_series")
    assert [one.slot for one in booked.choices] == [1]


OWN = {
    "start": "own",
    "day": "2026-12-04",
    "shown": "2026-12-04",
    "on": "2026-12-11",
    "at": "07:15",
}
NOTED = {"message": "Until then", "minutes": "45", "without_mail": "1"}


def go_back(doctor, listed, action, to, **chosen):
    """Press what leads back from a review, with something chosen there."""
    (button,) = re.findall(r'<button[^>]*id="back"[^>]*>', listed.html)
    assert f'formaction="{to}"' in button
    fields = listed.form(action).fields
    return doctor.post(to, fields | chosen | {"do": "show"})


def test_nothing_is_lost_on_the_way_back_from_the_review_of_a_new_series(doctor, form):
    typed = OWN | TWICE | NOTED | {"client": "Anna Adler"}
    listed = choose(doctor, form, NEW, **typed)
    assert listed.status == 200  # what is written to a client stands in no address
    page = go_back(doctor, listed, BOOK, NEW)
    assert page.form(NEW).fields.items() >= typed.items()


def test_nothing_is_lost_on_the_way_back_from_the_review_of_a_move(doctor, form, appointment):
    path = f"/console/appointments/{appointment.id}"
    typed = OWN | {"scope": "following", "back": "/console", "without_mail": "1"}
    listed = listed_by(doctor, doctor.open(f"{path}/move"), f"{path}/move", **typed)
    page = go_back(doctor, listed, f"{path}/series", f"{path}/move")
    assert page.form(f"{path}/move").fields.items() >= typed.items()


def test_the_list_of_a_series_has_an_address_that_back_and_reload_lead_to(
    house, doctor, answers, form, appointment
):
    path = f"/console/appointments/{appointment.id}"
    moving = doctor.open(f"{path}/move")
    typed = OWN | {"without_mail": "1"}
    for page, to, action, wish, method in (
        (form, NEW, BOOK, typed | TWICE, "review_series"),
        (moving, f"{path}/move", f"{path}/series", typed | {"scope": "all"}, "review_series_move"),
    ):
        led = choose(doctor, page, to, client="Anna Adler", **wish)
        address = led.headers["location"]
        assert "Adler" not in address
        listed, again = doctor.follow(led), doctor.open(address)
        assert listed.status == again.status == 200
        assert len(set(map(repr, sent(house, method)))) == 1
        assert again.form(action).fields.items() >= wish.items()
        answers(method, Invalid("start_invalid", fields={"starts_at": "in_the_past"}))
        late = doctor.follow(doctor.open(address))
        assert late.form(to).fields["at"] == "07:15"
    assert doctor.follow(doctor.open(BOOK)).form(NEW)
    assert doctor.open(f"{path}/series").status == 404


def test_the_list_of_an_own_series_is_one_s_own_whoever_was_shown_meanwhile(house, doctor, form):
    jonas = house.services.add_practitioner(house.practice, Role.PRACTITIONER, "j@practice.example")
    doctor.open(f"{NEW}?practitioner={jonas.id}")
    listed = listed_by(doctor, form, NEW, start=STARTS_AT.isoformat(), **TWICE)
    assert listed.form(BOOK).fields["practitioner"] == str(house.doctor.id)


def test_what_was_chosen_in_a_review_is_there_again_unless_it_is_another_series(
    doctor, form, appointment
):
    path = f"/console/appointments/{appointment.id}"
    moving = doctor.open(f"{path}/move")
    chosen = {"slot-1": NEAREST.isoformat().replace("+00:00", "Z")}
    for page, to, action, typed, other in (
        (form, NEW, BOOK, OWN | TWICE, {"times": "3"}),
        (moving, f"{path}/move", f"{path}/series", OWN | {"scope": "all"}, {"scope": "following"}),
    ):
        listed = listed_by(doctor, page, to, **typed)
        back = go_back(doctor, listed, action, to, **chosen)
        again = doctor.follow(doctor.submit(back, to))
        assert again.form(action).fields["slot-1"] == chosen["slot-1"]
        another = doctor.follow(doctor.submit(back, to, other))
        assert another.form(action).fields.get("slot-1") != chosen["slot-1"]


def test_cancelling_asks_how_much_of_the_series(house, doctor, answers, appointment):
    path = f"/console/appointments/{appointment.id}/cancel"
    page = doctor.open(path)
    answers("cancel_series", CancelledSeries(series_id=uuid4(), cancelled=[]))
    assert choose(doctor, page, path, scope="all", reason="").status == 303
    assert sent(house, "cancel_series")[0].scope == "all"
    assert sent(house, "cancel_for_client") == []


def test_a_client_who_is_archived_has_a_series_cancelled_by_one_act(house, doctor, answers):
    series = uuid4()
    entries = [made_entry(STARTS_AT + n * WEEK, series_id=series) for n in range(3)]
    answers("list_client_appointments", ClientAppointments(items=entries))
    answers("cancel_series", CancelledSeries(series_id=series, cancelled=[]))
    path = f"/console/clients/{house.anna.id}/archive"
    page = doctor.open(path)
    assert "and 2 more of the series" in page.html
    assert choose(doctor, page, path, **{f"becomes-{entries[0].id}": "cancel"}).status == 303
    assert [one.scope for one in sent(house, "cancel_series")] == ["all"]
