"""A client books: every step an address, one appointment, and nothing typed is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.portal.month import Month
from portal_contracts.actor import Role
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.identity_links.rpc.access import (
    LIST_PRACTITIONERS,
    PractitionerCard,
    Practitioners,
)
from portal_contracts.scheduling.rpc.appointments import Allowance, Place, PlaceKind
from portal_contracts.scheduling.rpc.booking import (
    CONFIRM_HOLD,
    GET_HOLD,
    GET_OWN_APPOINTMENT,
    HOLD_TIME,
    Booked,
    Held,
    HoldState,
)
from portal_contracts.scheduling.rpc.choosing import BROWSE_TIMES
from portal_contracts.scheduling.rpc.free_times import NEAREST_TIMES, NearestFreeTimes
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED, OfferedServices
from tests.kit.gateway.made_bookings import APPOINTMENT, SERVICE, STARTS_AT, browsed, hold

BOOK = f"/book/{SERVICE.id}"
LATER = STARTS_AT + timedelta(hours=4)
PLACE = Place(kind=PlaceKind.ADDRESS, text="Seestraße 14")


@pytest.fixture
def replies(house):
    return house.services.answers


@pytest.fixture
def anna(house, replies):
    replies[LIST_OFFERED.address] = OfferedServices(items=[SERVICE])
    replies[BROWSE_TIMES.address] = browsed(STARTS_AT, LATER)
    replies[NEAREST_TIMES.address] = NearestFreeTimes(starts=[LATER], timezone="Europe/Berlin")
    return house.as_client(house.anna)


def month_requests(house):
    return [call.arguments for call in house.services.calls(BROWSE_TIMES.address)]


def test_one_service_needs_no_choosing_and_several_are_cards(anna, replies):
    assert anna.open("/book").headers["location"] == BOOK
    other = replace(SERVICE, id=APPOINTMENT.id, title="First talk")
    replies[LIST_OFFERED.address] = OfferedServices(items=[SERVICE, other])
    page = anna.open("/book")
    assert BOOK in page.links
    assert "First talk" in page.html


def test_of_several_the_one_she_had_last_is_begun_with_and_can_be_changed(anna, replies):
    other = replace(SERVICE, id=APPOINTMENT.id, title="First talk")
    replies[LIST_OFFERED.address] = OfferedServices(items=[other, SERVICE], last_had=SERVICE.id)
    assert anna.open("/book").headers["location"] == BOOK
    replies[BROWSE_TIMES.address] = browsed(STARTS_AT, has_others=True)
    page = anna.open(BOOK)
    assert "/book?all=1" in page.links
    assert {BOOK, f"/book/{other.id}"} <= set(anna.open("/book?all=1").links)


def test_whoever_is_at_the_limit_is_told_whom_to_ask(anna, replies):
    replies[BROWSE_TIMES.address] = browsed(limit="open")
    page = anna.open(BOOK)
    assert page.status == 200
    assert "To book more, please contact your practice." in page.html


def test_with_nothing_to_book_the_page_says_whom_to_ask(anna, replies):
    replies[LIST_OFFERED.address] = OfferedServices(items=[])
    assert "desk@practice.example" in anna.open("/book").html


def test_a_month_shows_its_days_with_times_and_the_times_of_one(anna, house):
    page = anna.open(BOOK)
    [asked] = month_requests(house)
    assert (asked.month, asked.timezone) == (None, "Europe/Berlin")
    assert 'aria-label="Thursday 3 December, 2 times"' in page.html
    assert f"{BOOK}?month=2026-12&day=2026-12-03#times" in page.links
    assert 'value="2026-12-03T09:00:00Z"' in page.html
    assert ">10:00</time>" in page.html


def test_the_page_asks_scheduling_once(anna, house):
    house.services.asked.clear()
    anna.open(f"{BOOK}?month=2027-01&tz=Asia/Tokyo")
    asked = [one.address for one in house.services.asked if one.address.startswith("scheduling.")]
    assert asked == [BROWSE_TIMES.address]


def test_the_soonest_and_the_usual_time_stand_above_the_month(anna, house, replies):
    usual = STARTS_AT + timedelta(days=7)
    replies[BROWSE_TIMES.address] = browsed(STARTS_AT, LATER, usual=usual)
    page = anna.open(BOOK)
    above = page.html[: page.html.index('id="month-title"')]
    assert 'id="usual-time"' in above
    assert "Thursday 10 December</time>, 10:00" in above
    for start in ("2026-12-03T09:00:00Z", "2026-12-03T13:00:00Z"):
        assert f'value="{start}"' in above
    assert above.count("Thu 3 Dec") == 2
    held = hold()
    replies[HOLD_TIME.address] = Held(hold_id=held.id, expires_at=held.expires_at)
    answer = anna.submit(page, f"{BOOK}/hold", {"starts_at": "2026-12-10T09:00:00Z"})
    assert answer.headers["location"] == f"/book/hold/{held.id}"


def test_it_opens_where_the_first_times_are_with_no_way_before_them(anna, replies):
    january = datetime(2027, 1, 5, 9, tzinfo=UTC)
    replies[BROWSE_TIMES.address] = browsed(january)
    page = anna.open(BOOK)
    assert "January 2027" in page.html
    assert 'id="previous-month"' not in page.html


def test_a_month_without_times_says_when_the_next_one_is(anna, replies):
    february = datetime(2027, 2, 2, 9, tzinfo=UTC)
    replies[BROWSE_TIMES.address] = browsed(
        first_on=date(2027, 1, 1), soonest=[STARTS_AT], next_start=february
    )
    page = anna.open(f"{BOOK}?month=2027-01")
    assert "No times in January" in page.html
    assert "See next available: Tuesday 2 February 2027" in page.html
    assert f"{BOOK}?month=2027-02&day=2027-02-02#times" in page.links
    assert f"{BOOK}?month=2026-12#month-title" in page.links


@pytest.mark.parametrize(
    ("today", "first_on", "first_row"),
    [
        (date(2026, 12, 1), date(2026, 12, 1), [None, *range(1, 7)]),
        (date(2026, 12, 17), date(2026, 12, 1), [*range(14, 21)]),
        (date(2026, 12, 20), date(2026, 12, 1), [*range(14, 21)]),
        (date(2026, 12, 21), date(2026, 12, 1), [*range(21, 28)]),
        (date(2026, 12, 31), date(2026, 12, 1), [28, 29, 30, 31, None, None, None]),
        (date(2026, 12, 31), date(2027, 1, 1), [None, None, None, None, 1, 2, 3]),
    ],
)
def test_the_grid_begins_at_this_week(today, first_on, first_row):
    month = Month(
        path=BOOK,
        first_on=first_on,
        today=today,
        zone="Europe/Berlin",
        chosen_zone=None,
        starts=[],
        next_start=None,
        earliest_on=today,
        last_bookable_on=None,
        selected=None,
    )
    assert [day and day.day for day in month.weeks[0]] == first_row


def test_there_is_no_way_before_this_month_or_past_the_horizon(anna, replies):
    replies[BROWSE_TIMES.address] = browsed(STARTS_AT, last_bookable_on=date(2027, 1, 31))
    december = anna.open(f"{BOOK}?month=2026-12")
    assert "December 2026" in december.html
    assert 'id="previous-month"' not in december.html
    assert f"{BOOK}?month=2027-01#month-title" in december.links
    replies[BROWSE_TIMES.address] = browsed(
        first_on=date(2027, 1, 1), soonest=[STARTS_AT], last_bookable_on=date(2027, 1, 31)
    )
    january = anna.open(f"{BOOK}?month=2027-01")
    assert f"{BOOK}?month=2026-12#month-title" in january.links
    assert 'id="next-month"' not in january.html


@pytest.mark.parametrize("junk", ["month=x", "month=2026-13", "day=31", "tz=Mars/Base", "month="])
def test_an_address_with_junk_shows_the_plain_month(anna, junk):
    page = anna.open(f"{BOOK}?{junk}")
    assert page.status == 200
    assert "December 2026" in page.html


def test_a_chosen_zone_counts_for_days_and_times_and_goes_along(anna, house, replies):
    replies[BROWSE_TIMES.address] = browsed(STARTS_AT, LATER, timezone="Asia/Tokyo")
    page = anna.open(f"{BOOK}?tz=Asia/Tokyo")
    assert month_requests(house)[0].timezone == "Asia/Tokyo"
    assert ">18:00</time>" in page.html
    assert "10:00 Berlin time" in page.html
    assert f"{BOOK}?month=2026-12&day=2026-12-03&tz=Asia/Tokyo#times" in page.links
    assert page.form(f"{BOOK}/hold").fields["tz"] == "Asia/Tokyo"


def test_the_zone_is_said_beside_the_times_with_one_press_to_the_own_and_back(anna, replies):
    own = anna.open(BOOK)
    assert own.html.count('<span class="zone-name">Berlin time</span>') == 2
    assert "Show Berlin time" not in own.html
    assert "#field-tz" in own.links
    replies[BROWSE_TIMES.address] = browsed(STARTS_AT, LATER, timezone="America/New_York")
    away = anna.open(f"{BOOK}?tz=America/New_York")
    assert away.html.count('<span class="zone-name">New York time</span>') == 2
    assert "Show Berlin time" in away.html
    assert f"{BOOK}?month=2026-12&day=2026-12-03#quick" in away.links


def test_a_zone_by_the_older_name_that_browsers_say_is_the_zone_of_the_list(anna, house, replies):
    replies[BROWSE_TIMES.address] = browsed(STARTS_AT, timezone="Asia/Kolkata")
    page = anna.open(f"{BOOK}?tz=Asia/Calcutta")
    assert month_requests(house)[0].timezone == "Asia/Kolkata"
    assert '<option value="Asia/Kolkata" selected>' in page.html


def test_where_one_meets_at_a_place_its_zone_is_the_only_one(anna, replies):
    replies[BROWSE_TIMES.address] = browsed(STARTS_AT, service=replace(SERVICE, place=PLACE))
    page = anna.open(f"{BOOK}?tz=Asia/Tokyo")
    assert ">10:00</time>" in page.html
    assert "where you meet" in page.html
    assert 'name="tz"' not in page.html


def test_the_hour_that_comes_twice_says_which_is_meant(anna, replies, clock):
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    replies[BROWSE_TIMES.address] = browsed(first, first + timedelta(hours=1))
    page = anna.open(f"{BOOK}?month=2027-10")
    assert ">02:30 (UTC+2)</time>" in page.html
    assert ">02:30 (UTC+1)</time>" in page.html


@pytest.mark.parametrize(
    ("accepted", "morning", "afternoon"),
    [
        ("en-US,en;q=0.9", ">10:00\N{NO-BREAK SPACE}AM</time>", ">2:00\N{NO-BREAK SPACE}PM</time>"),
        ("en-GB,en;q=0.9", ">10:00</time>", ">14:00</time>"),
        ("en", ">10:00</time>", ">14:00</time>"),
        ("de-AT,en-US;q=0.5", ">10:00</time>", ">14:00</time>"),
        ("zz-zz-zz-zz", ">10:00</time>", ">14:00</time>"),
    ],
)
def test_times_are_written_as_the_reader_s_country_writes_them(anna, accepted, morning, afternoon):
    page = anna.open(BOOK, headers={"Accept-Language": accepted})
    assert morning in page.html
    assert afternoon in page.html


def test_a_browser_without_a_country_leaves_it_to_the_client_s_zone(house, anna):
    house.anna.fields = replace(house.anna.fields, timezone="America/New_York")
    hours = [anna.open(BOOK, headers={"Accept-Language": one}).html for one in ("en", "en-GB")]
    assert ["\N{NO-BREAK SPACE}AM" in html for html in hours] == [True, False]


def test_a_hold_says_all_its_times_alike(anna, replies):
    held = replace(hold(), cancel=Allowance(until=STARTS_AT - timedelta(hours=24)))
    replies[GET_HOLD.address] = held
    page = anna.open(f"/book/hold/{held.id}", headers={"Accept-Language": "en-US"})
    for said in ("until 10:05 AM Berlin time", "10:00 AM</time>", "Wed 2 Dec, 10:00 AM Berlin"):
        assert said in page.html.replace("\N{NO-BREAK SPACE}", " ")


def test_more_than_eight_times_stand_in_groups(anna, replies):
    starts = [STARTS_AT + timedelta(minutes=30 * count) for count in range(-4, 16)]
    replies[BROWSE_TIMES.address] = browsed(*starts)
    page = anna.open(BOOK)
    assert [part in page.html for part in ("Morning", "Afternoon", "Evening")] == [True] * 3


def test_a_press_holds_the_time_and_a_second_press_of_it_is_the_same_act(anna, house, replies):
    held = hold()
    replies[HOLD_TIME.address] = Held(hold_id=held.id, expires_at=held.expires_at)
    page = anna.open(BOOK)
    chosen = {"starts_at": "2026-12-03T09:00:00Z"}
    for _ in range(2):
        answer = anna.submit(page, f"{BOOK}/hold", chosen)
        assert answer.headers["location"] == f"/book/hold/{held.id}"
    other = anna.submit(page, f"{BOOK}/hold", {"starts_at": "2026-12-03T13:00:00Z"})
    assert other.status == 303
    keys = [call.idempotency_key for call in house.services.calls(HOLD_TIME.address)]
    assert keys[0] == keys[1] != keys[2]


def test_with_whom_it_is_was_told_along_with_the_device(anna, house, replies):
    held = hold()
    replies[GET_HOLD.address] = held
    card = PractitionerCard(
        id=held.service.practitioner_id, name="Dr Quispe", role=Role.PRACTITIONER
    )
    resolve = house.services.identity.resolve_device

    def with_practitioners(command, actor):
        told = Practitioners(items=[card]) if command.with_practitioners else None
        return replace(resolve(command, actor), practitioners=told)

    house.services.identity.resolve_device = with_practitioners
    assert "Dr Quispe" in anna.open(f"/book/hold/{held.id}").html
    assert not house.services.calls(LIST_PRACTITIONERS.address)
    house.services.identity.resolve_device = resolve
    anna.open(f"/book/hold/{held.id}")
    assert len(house.services.calls(LIST_PRACTITIONERS.address)) == 1


def test_what_is_held_is_shown_with_until_when(anna, replies):
    held = hold(policy="Cancel a day before.")
    replies[GET_HOLD.address] = held
    page = anna.open(f"/book/hold/{held.id}")
    assert "We keep this time for you until 10:05 Berlin time." in page.html
    assert 'data-held-seconds="300"' in page.html
    assert "Cancel a day before." in page.html
    assert "Anna Adler" in page.html


def test_confirming_books_and_the_page_can_be_loaded_again(anna, house, replies):
    held = hold()
    replies[GET_HOLD.address] = held
    replies[CONFIRM_HOLD.address] = Booked(appointment_id=APPOINTMENT.id)
    replies[GET_OWN_APPOINTMENT.address] = APPOINTMENT
    path = f"/book/hold/{held.id}"
    done = anna.submit(anna.open(path), path, {"note": "About sleep.\r\nAgain."})
    assert done.headers["location"] == f"/appointments/{APPOINTMENT.id}?new=1"
    [call] = house.services.calls(CONFIRM_HOLD.address)
    assert call.arguments.note == "About sleep.\nAgain."
    for _ in range(2):
        page = anna.follow(done)
        assert "Booked" in page.html
        assert "We sent an e-mail to" in page.html


def test_terms_that_were_not_accepted_are_asked_for_and_the_note_stays(anna, replies):
    held = hold(policy="Cancel a day before.")
    replies[GET_HOLD.address] = held
    replies[CONFIRM_HOLD.address] = Invalid(
        "booking_invalid", fields={"policy_accepted": "required"}
    )
    path = f"/book/hold/{held.id}"
    page = anna.submit(anna.open(path), path, {"note": "About sleep."})
    assert page.status == 422
    assert "Please read and accept these terms" in page.html
    assert page.form(path).fields["note"] == "About sleep."


def test_terms_that_were_accepted_before_are_not_asked_for_again(anna, house, replies):
    held = hold(policy="Cancel a day before.")
    replies[GET_HOLD.address] = replace(held, policy_accepted_at=STARTS_AT - timedelta(days=30))
    replies[CONFIRM_HOLD.address] = Booked(appointment_id=APPOINTMENT.id)
    path = f"/book/hold/{held.id}"
    page = anna.open(path)
    assert "Cancel a day before." in page.html
    assert "You accepted these terms on" in page.html
    assert 'type="checkbox"' not in page.html
    assert anna.submit(page, path).status == 303
    assert house.services.calls(CONFIRM_HOLD.address)[0].arguments.policy_accepted


def test_terms_that_changed_meanwhile_are_shown_and_asked_for(anna, house, replies):
    held = hold(policy="Cancel a day before.")
    accepted_at = STARTS_AT - timedelta(days=30)
    replies[GET_HOLD.address] = replace(held, policy_accepted_at=accepted_at, policy_mark="day")
    replies[CONFIRM_HOLD.address] = Invalid(
        "booking_invalid", fields={"policy_accepted": "policy_changed"}
    )
    path = f"/book/hold/{held.id}"
    page = anna.open(path)
    # She may have accepted the new ones too, at some time: whoever is told of them reads them.
    changed = replace(hold(policy="Cancel a week before."), id=held.id)
    replies[GET_HOLD.address] = replace(changed, policy_accepted_at=accepted_at, policy_mark="week")
    page = anna.submit(page, path, {"note": "About sleep."})
    [call] = house.services.calls(CONFIRM_HOLD.address)
    assert call.arguments.policy_mark == "day"
    assert page.status == 422
    assert "These terms have just changed" in page.html
    assert "Cancel a week before." in page.html
    assert "policy_accepted" not in page.form(path).fields
    assert page.form(path).fields["note"] == "About sleep."


def test_a_note_that_is_too_long_is_shown_again_and_nothing_is_booked(anna, house, replies):
    held = hold()
    replies[GET_HOLD.address] = held
    path = f"/book/hold/{held.id}"
    page = anna.submit(anna.open(path), path, {"note": "x" * 2001})
    assert page.status == 422
    assert page.form(path).fields["note"] == "x" * 2001
    assert not house.services.calls(CONFIRM_HOLD.address)


def test_a_time_taken_meanwhile_offers_the_nearest_and_keeps_the_note(anna, house, replies):
    held, next_one = hold(), hold()
    replies[GET_HOLD.address] = held
    path = f"/book/hold/{held.id}"
    details = anna.open(path)
    replies[CONFIRM_HOLD.address] = Conflict("slot_taken")
    taken = anna.submit(details, path, {"note": "About sleep."})
    assert taken.status == 409
    assert "That time was just booked" in taken.html
    assert taken.form(f"{BOOK}/hold").fields["note"] == "About sleep."
    replies[HOLD_TIME.address] = Held(hold_id=next_one.id, expires_at=next_one.expires_at)
    replies[GET_HOLD.address] = next_one
    again = anna.submit(taken, f"{BOOK}/hold", {"starts_at": "2026-12-03T13:00:00Z"})
    assert again.status == 200
    assert again.form(f"/book/hold/{next_one.id}").fields["note"] == "About sleep."


def test_a_hold_that_is_forgotten_still_leads_to_the_nearest_times(anna, house, replies):
    held = hold()
    replies[GET_HOLD.address] = held
    path = f"/book/hold/{held.id}"
    details = anna.open(path)
    replies[GET_HOLD.address] = NotFound("hold_not_found")
    replies[CONFIRM_HOLD.address] = Conflict("hold_expired")
    page = anna.submit(details, path, {"note": "About sleep."})
    assert "no longer kept for you" in page.html
    assert page.form(f"{BOOK}/hold").fields["note"] == "About sleep."
    assert house.services.calls(NEAREST_TIMES.address)[0].arguments.around == STARTS_AT


@pytest.mark.parametrize("code", ["slot_taken", "not_offered"])
def test_a_time_that_cannot_be_held_offers_the_nearest(anna, replies, code):
    replies[HOLD_TIME.address] = Conflict(code)
    page = anna.open(BOOK)
    taken = anna.submit(page, f"{BOOK}/hold", {"starts_at": "2026-12-03T09:00:00Z"})
    assert taken.status == 409
    assert 'value="2026-12-03T13:00:00Z"' in taken.html


def test_the_nearest_times_may_be_away_and_the_note_is_kept(anna, house, replies):
    replies[HOLD_TIME.address] = Conflict("slot_taken")
    house.services.down.add(NEAREST_TIMES.address)
    page = anna.open(BOOK)
    fields = {"starts_at": "2026-12-03T09:00:00Z", "note": "About sleep."}
    taken = anna.submit(page, f"{BOOK}/hold", fields)
    assert "About sleep." in taken.html
    house.services.down.clear()
    again = anna.submit(taken, f"{BOOK}/hold", {"look": "1"})
    assert again.form(f"{BOOK}/hold").fields["note"] == "About sleep."
    assert "2026-12" in again.html.partition("Nearest free times")[2]


def test_the_way_back_to_a_hold_leads_to_what_became_of_it(anna, replies):
    confirmed = hold(HoldState.CONFIRMED)
    replies[GET_HOLD.address] = confirmed
    back = anna.open(f"/book/hold/{confirmed.id}")
    assert back.headers["location"] == f"/appointments/{confirmed.id}"
    replies[GET_HOLD.address] = hold(HoldState.EXPIRED)
    assert "no longer kept for you" in anna.open(f"/book/hold/{confirmed.id}").html


def test_a_hold_that_is_over_is_offered_again_while_it_is_free(anna, replies):
    over = hold(HoldState.EXPIRED)
    replies[GET_HOLD.address] = over
    replies[NEAREST_TIMES.address] = NearestFreeTimes(
        starts=[STARTS_AT, LATER], timezone="Europe/Berlin"
    )
    page = anna.open(f"/book/hold/{over.id}")
    assert page.status == 409
    assert "It is still free: keep it again" in page.html
    assert "<s>" not in page.html
    assert page.html.count('value="2026-12-03T09:00:00Z"') == 1
    again = hold()
    replies[HOLD_TIME.address] = Held(hold_id=again.id, expires_at=again.expires_at)
    kept = anna.submit(page, f"{BOOK}/hold", {"starts_at": "2026-12-03T09:00:00Z"})
    assert kept.headers["location"].startswith(f"/book/hold/{again.id}")
    replies[NEAREST_TIMES.address] = NearestFreeTimes(starts=[LATER], timezone="Europe/Berlin")
    taken = anna.open(f"/book/hold/{over.id}")
    assert "still free" not in taken.html
    assert f"{BOOK}?month=2026-12&day=2026-12-03#times" in taken.links


def test_times_at_a_place_stay_in_its_zone_where_a_time_was_missed(house, anna, replies):
    replies[GET_HOLD.address] = hold(HoldState.EXPIRED)
    replies[NEAREST_TIMES.address] = NearestFreeTimes(
        starts=[STARTS_AT, LATER], timezone="Asia/Tokyo", place_kind=PlaceKind.ADDRESS
    )
    page = anna.open(f"/book/hold/{hold().id}?tz=Pacific/Auckland")
    assert "Tokyo time" in page.html
    assert "Auckland" not in page.html
    assert "Berlin time" not in page.html
    assert f"{BOOK}?month=2026-12&day=2026-12-03#times" in page.links


def test_the_page_of_a_hold_can_keep_the_time_again_with_the_note(anna, house, replies):
    held, again = hold(), hold()
    replies[GET_HOLD.address] = held
    details = anna.open(f"/book/hold/{held.id}")
    assert f'formaction="{BOOK}/hold"' in details.html
    replies[HOLD_TIME.address] = Held(hold_id=again.id, expires_at=again.expires_at)
    replies[GET_HOLD.address] = again
    form = details.form(f"/book/hold/{held.id}")
    page = anna.post(f"{BOOK}/hold", form.fields | {"note": "About sleep."})
    assert page.form(f"/book/hold/{again.id}").fields["note"] == "About sleep."
    [call] = house.services.calls(HOLD_TIME.address)
    assert call.arguments.starts_at == STARTS_AT


def test_confirming_twice_from_an_old_page_leads_to_the_one_appointment(anna, replies):
    held = hold()
    replies[GET_HOLD.address] = held
    path = f"/book/hold/{held.id}"
    details = anna.open(path)
    replies[CONFIRM_HOLD.address] = Conflict("hold_expired")
    replies[GET_HOLD.address] = replace(held, state=HoldState.CONFIRMED)
    again = anna.submit(details, path)
    assert again.headers["location"] == f"/appointments/{held.id}"


def test_choosing_another_time_keeps_what_was_typed(anna, replies):
    held = hold()
    replies[GET_HOLD.address] = held
    path = f"/book/hold/{held.id}"
    details = anna.open(path)
    back = anna.submit(details, path, {"another": "1"}).headers["location"]
    assert back == f"{BOOK}?month=2026-12&day=2026-12-03#times"
    away = anna.submit(details, path, {"another": "1", "tz": "Pacific/Kiritimati"})
    assert away.headers["location"] == (
        f"{BOOK}?month=2026-12&day=2026-12-03&tz=Pacific/Kiritimati#times"
    )
    page = anna.submit(details, path, {"another": "1", "note": "About sleep."})
    assert page.status == 200
    assert page.form(f"{BOOK}/hold").fields["note"] == "About sleep."


def test_a_note_goes_along_to_any_other_day_and_nothing_leads_away_from_it(anna, house, replies):
    held = hold()
    replies[GET_HOLD.address] = held
    path = f"/book/hold/{held.id}"
    page = anna.submit(anna.open(path), path, {"another": "1", "note": "About sleep."})
    assert not [link for link in page.links if link.startswith(BOOK)]
    looked = anna.submit(page, f"{BOOK}/hold", {"look": "1", "day": "2026-12-17"})
    assert looked.status == 200
    asked = house.services.calls(NEAREST_TIMES.address)[-1].arguments
    assert asked.around.astimezone(UTC) == datetime(2026, 12, 17, 11, tzinfo=UTC)
    fields = looked.form(f"{BOOK}/hold").fields
    assert (fields["note"], fields["day"]) == ("About sleep.", "2026-12-17")
    assert house.services.calls(HOLD_TIME.address) == []
    wrong = anna.submit(looked, f"{BOOK}/hold", {"look": "1", "day": "17 Dec"})
    assert wrong.status == 422
    assert wrong.form(f"{BOOK}/hold").fields | {"note": "About sleep.", "day": "17 Dec"} == (
        wrong.form(f"{BOOK}/hold").fields
    )


@pytest.mark.parametrize(
    "starts_at",
    [
        "",
        "soon",
        "2026-12-03",
        "2026-12-03T09:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23Z",
    ],
)
def test_a_time_no_button_of_ours_says_is_no_time(anna, house, starts_at):
    page = anna.submit(anna.open(BOOK), f"{BOOK}/hold", {"starts_at": starts_at})
    assert page.status == 404
    assert not house.services.calls(HOLD_TIME.address)
