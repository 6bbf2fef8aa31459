"""The calendar in the console: days in columns, empty times, an appointment beside them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import msgspec
import pytest

from portal_contracts.actor import Role
from portal_contracts.errors import Unavailable
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, SessionStatus
from portal_contracts.scheduling.rpc.calendar import Calendar, SessionHead, Stretch
from portal_contracts.scheduling.rpc.services import ServiceColour
from portal_contracts.scheduling.rpc.sessions import SessionChanged
from tests.kit.gateway.made_schedule import MEETING, ZONE, made_appointment, made_entry

WEEK = "/console/calendar?from=2026-12-03"
THURSDAY = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def fill(house):
    """``fill(*entries)``: what is in every calendar, worked in from nine to five on Thursday."""

    def answer(*entries, **more):
        worked = Stretch(starts_at=THURSDAY - HOUR, ends_at=THURSDAY + 7 * HOUR)
        whole = {"hours": [worked], "timezone": ZONE} | more
        house.services.answers["scheduling.list_calendar"] = lambda command, actor: Calendar(
            practitioner_id=command.practitioner_id or actor.id, items=list(entries), **whole
        )

    return answer


def asked(house, name="list_calendar"):
    return [call.arguments for call in house.services.calls(f"scheduling.{name}")]


def words(page):
    """What is read on the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.html))


def rows_of(page, key):
    """The classes of the list entry that holds what has this id."""
    [found] = re.findall(rf'<li class="([^"]*)">(?:(?!<li)[\s\S])*id="{key}"', page.html)
    return found.split()


def test_an_appointment_stands_in_the_rows_of_its_time(house, doctor, fill):
    one = made_entry(THURSDAY + 10 * HOUR / 60, client_id=house.anna.id, colour=ServiceColour.PINK)
    fill(one)
    page = doctor.open(WEEK)
    classes = rows_of(page, f"entry-{one.id}")
    assert {"at-h10", "at-m10", "for-m50", "swatch-pink"} <= set(classes)
    assert "from-9 to-17" in page.html


def test_a_week_is_one_call_to_scheduling(house, doctor, fill):
    fill(*(made_entry(THURSDAY + number * HOUR, client_id=house.anna.id) for number in range(60)))
    doctor.open(WEEK)
    [command] = asked(house)
    assert command.with_hours
    assert asked(house, "list_services") == []


def test_an_empty_time_leads_to_a_new_appointment_with_its_day_and_time(house, doctor, fill):
    fill(made_entry(THURSDAY, client_id=house.anna.id))
    page = doctor.open(WEEK)
    links = set(re.findall(r'href="/console/appointments/new\?([^"]*)" data-cell', page.html))
    assert "day=2026-12-03&amp;time=09:00" in links
    assert "day=2026-12-03&amp;time=10:00" not in links
    assert "day=2026-12-03&amp;time=11:00" in links


def test_days_that_are_over_offer_no_time(house, doctor, fill):
    fill()
    page = doctor.open("/console/calendar?from=2020-01-01")
    assert "data-cell" not in page.html
    assert "appointments/new?day=2020" not in page.html


def test_what_is_not_as_usual_is_told_in_words(house, doctor, fill):
    fill(
        made_entry(
            THURSDAY,
            client_id=house.anna.id,
            session=SessionHead(status=SessionStatus.NO_SHOW),
        ),
        made_entry(THURSDAY + HOUR, status=AppointmentStatus.CANCELLED),
        made_entry(THURSDAY + 2 * HOUR, status=AppointmentStatus.REQUESTED),
        made_entry(THURSDAY + 3 * HOUR, series_id=house.anna.id),
        busy_elsewhere=[Stretch(starts_at=THURSDAY + 4 * HOUR, ends_at=THURSDAY + 5 * HOUR)],
    )
    page = doctor.open(f"{WEEK}&cancelled=1")
    for state in ("Not attended", "Cancelled", "Requested", "Series", "Busy elsewhere"):
        assert state in words(page), state


def test_a_hidden_client_reads_busy_and_leads_nowhere(doctor, fill):
    hidden = made_entry(THURSDAY, client_id=None, title="")
    fill(hidden)
    page = doctor.open(WEEK)
    assert "Busy" in words(page)
    assert f"/console/appointments/{hidden.id}" not in page.html


def test_in_english_a_week_begins_as_in_the_country_of_the_practice(house, doctor, fill):
    fill()
    assert doctor.open(WEEK).html.index("Monday 30") < doctor.open(WEEK).html.index("Sunday 6")
    house.practice.fields = msgspec.structs.replace(
        house.practice.fields, timezone="America/New_York"
    )
    page = doctor.open(WEEK)
    assert page.html.index("Sunday 29") < page.html.index("Saturday 5")


def test_a_sheet_of_paper_says_whose_days_it_shows(house, doctor, fill):
    fill()
    assert f'calendar-whose"> {house.doctor.name}<' in doctor.open(WEEK).html


def test_hours_are_written_as_in_the_reader_s_country_and_addresses_are_not(house, doctor, fill):
    fill(made_entry(THURSDAY, client_id=house.anna.id))
    page = doctor.open(WEEK, {"Accept-Language": "en-US"})
    read = words(page)
    assert "10:00\N{NO-BREAK SPACE}AM" in page.html
    assert "Hours: 9:00 AM–5:00 PM" in read
    assert "time=11:00" in page.html


def test_a_night_is_on_both_of_its_days_and_leads_to_one_appointment(house, doctor, fill):
    night = made_entry(THURSDAY + 13 * HOUR, ends_at=THURSDAY + 15 * HOUR, client_id=house.anna.id)
    fill(night)
    page = doctor.open(WEEK)
    assert {"at-h23", "for-h1"} <= set(rows_of(page, f"entry-{night.id}"))
    assert {"at-h0", "for-h1"} <= set(rows_of(page, f"entry-{night.id}-on-2026-12-04"))


def test_the_days_on_which_clocks_change_say_so(doctor, fill):
    fill()
    assert "02:00 becomes 03:00" in words(doctor.open("/console/calendar?from=2026-03-29"))
    assert "03:00 becomes 02:00" in words(doctor.open("/console/calendar?from=2026-10-25"))


@pytest.mark.parametrize(
    ("view", "before", "after"),
    [
        ("", "from=2026-11-23&view=week", "from=2026-12-07&view=week"),
        ("agenda", "from=2026-11-23&view=agenda", "from=2026-12-07&view=agenda"),
        ("day", "from=2026-12-02&view=day", "from=2026-12-04&view=day"),
        ("nonsense", "from=2026-11-23&view=week", "from=2026-12-07&view=week"),
    ],
)
def test_earlier_and_later_keep_how_the_days_are_laid_out(doctor, fill, view, before, after):
    fill()
    page = doctor.open(f"{WEEK}&view={view}&cancelled=1")
    for key, query in (("week-before", before), ("week-after", after)):
        [link] = re.findall(rf'id="{key}" href="/console/calendar\?([^"]*)"', page.html)
        assert link.replace("&amp;", "&") == f"{query}&cancelled=1"


def test_the_browser_remembers_how_the_days_were_laid_out_last(house, doctor, fill):
    fill()
    assert 'id="week-today"' in doctor.open("/console/calendar").html
    assert house.name("lk_layout") not in doctor.cookies
    for view in ("agenda", "day", "week"):
        doctor.open(f"{WEEK}&view={view}")
        doctor.open(f"{WEEK}&view=nonsense")
        page = doctor.open("/console/calendar")
        assert re.search(rf'id="view-{view}"[^>]*\s+aria-current="true"', page.html)
    assert doctor.cookies[house.name("lk_layout")] == "week"


def test_everybody_s_day_is_remembered_as_a_day_where_nobody_else_is_shown(house, doctor, fill):
    fill()
    doctor.cookies[house.name("lk_layout")] = "team"
    page = doctor.open("/console/calendar")
    assert re.search(r'id="view-day"[^>]*\s+aria-current="true"', page.html)
    doctor.cookies[house.name("lk_layout")] = "<week>"
    page = doctor.open("/console/calendar")
    assert re.search(r'id="view-week"[^>]*\s+aria-current="true"', page.html)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1970-01-01", "never"])
@pytest.mark.parametrize("view", ["week", "day", "agenda"])
def test_no_date_breaks_a_layout(doctor, fill, day, view):
    fill()
    assert doctor.open(f"/console/calendar?from={day}&view={view}").status == 200


def test_the_agenda_lists_the_same_and_offers_no_cells(house, doctor, fill):
    one = made_entry(THURSDAY, client_id=house.anna.id)
    fill(one)
    page = doctor.open(f"{WEEK}&view=agenda")
    assert f"/console/appointments/{one.id}" in page.links
    assert "data-cell tabindex" not in page.html
    assert "Hours: 09:00–17:00" in words(page)


# --- beside the days ------------------------------------------------------------------


@pytest.fixture
def opened(house):
    one = made_appointment(
        THURSDAY, client_id=house.anna.id, practitioner_id=house.doctor.id, note="I come by train."
    )
    house.services.answers["scheduling.get_appointment"] = one
    return one


def test_the_address_says_which_appointment_stands_beside(house, doctor, fill, opened):
    fill(made_entry(THURSDAY, id=opened.id, client_id=house.anna.id))
    page = doctor.open(f"{WEEK}&appointment={opened.id}")
    assert "I come by train." in words(page)
    base = f"/console/appointments/{opened.id}"
    here = "/console/calendar?from=2026-11-30&view=week"
    back = f"?back={quote(f'{here}&appointment={opened.id}')}"
    assert {base, f"{base}/join", f"{base}/move{back}", f"{base}/cancel{back}"} <= set(page.links)
    assert here in page.links
    assert MEETING not in page.html


def test_a_script_asks_for_the_appointment_alone(house, doctor, fill, opened):
    fill()
    page = doctor.open(f"{WEEK}&appointment={opened.id}", {"HX-Request": "true"})
    assert page.html.lstrip().startswith("<aside")
    assert "Anna Adler" in words(page)
    assert asked(house) == []
    assert "HX-Request" in page.headers["vary"]


def test_without_an_appointment_nothing_stands_beside(doctor, fill):
    fill()
    page = doctor.open(WEEK, {"HX-Request": "true"})
    assert page.html.strip() == '<div class="beside" id="panel"></div>'


def test_an_appointment_that_cannot_be_had_leaves_the_days_as_they_are(house, doctor, fill):
    fill(made_entry(THURSDAY, client_id=house.anna.id))

    def away(*_):
        raise Unavailable("unavailable", "It is away.")

    house.services.answers["scheduling.get_appointment"] = away
    page = doctor.open(f"{WEEK}&appointment={house.anna.id}")
    assert page.status == 200
    assert "Anna Adler" in words(page)
    assert "This appointment is not available right now" in words(page)


def test_an_appointment_that_there_is_not_is_not_found(house, doctor, fill):
    fill()
    assert doctor.open(f"{WEEK}&appointment={house.anna.id}").status == 404


def test_a_session_that_began_is_written_about_and_marked_from_there(house, doctor, fill, opened):
    fill()
    begun = msgspec.structs.replace(opened, session=SessionHead(status=SessionStatus.ATTENDED))
    house.services.answers["scheduling.get_appointment"] = begun
    page = doctor.open(f"{WEEK}&appointment={opened.id}")
    assert "Write summary" in words(page)
    assert f'action="/console/sessions/{opened.id}/status"' in page.html
    missed = msgspec.structs.replace(opened, session=SessionHead(status=SessionStatus.NO_SHOW))
    house.services.answers["scheduling.get_appointment"] = missed
    page = doctor.open(f"{WEEK}&appointment={opened.id}")
    assert "Not attended" in words(page)
    assert f"/console/sessions/{opened.id}/status" not in page.html


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        (
            "/console/calendar?from=2026-11-30&view=day",
            "/console/calendar?from=2026-11-30&view=day",
        ),
        ("/console/calendar?from=x//example.org", None),
        ("//example.org/console/calendar?from=1", None),
        ("/console/calendar?from=1\r\nSet-Cookie: a=b", None),
    ],
)
def test_who_says_how_it_went_beside_the_days_is_led_back_to_them(
    house, doctor, fill, opened, back, leads
):
    fill()
    begun = msgspec.structs.replace(opened, session=SessionHead(status=SessionStatus.ATTENDED))
    house.services.answers["scheduling.get_appointment"] = begun
    house.services.answers["scheduling.mark_session"] = SessionChanged(session_id=opened.id)
    page = doctor.open(f"{WEEK}&appointment={opened.id}")
    path = f"/console/sessions/{opened.id}"
    assert page.form(f"{path}/status").fields["back"].startswith("/console/calendar?")
    answer = doctor.submit(page, f"{path}/status", {"back": back})
    assert answer.headers["location"] == (leads or path)


# --- several practitioners ------------------------------------------------------------


@pytest.fixture
def jonas(house):
    person = house.services.add_practitioner(
        house.practice, Role.PRACTITIONER, "jonas@practice.example"
    )
    person.name = "Jonas Feld"
    return person


def test_an_owner_sees_the_day_of_everybody_side_by_side(house, doctor, fill, jonas):
    fill(made_entry(THURSDAY, client_id=house.anna.id))
    page = doctor.open(f"{WEEK}&view=team")
    assert {command.practitioner_id for command in asked(house)} == {house.doctor.id, jonas.id}
    assert f'id="day-2026-12-03-{jonas.id}"' in page.html
    assert f"time=11:00&amp;practitioner={jonas.id}" in page.html


def test_a_practitioner_sees_nobody_else_s_day(house, fill, jonas):
    fill()
    page = house.as_practitioner(jonas).open(f"{WEEK}&view=team")
    assert [command.practitioner_id for command in asked(house)] == [None]
    assert "Dr Rivera" not in page.html
    assert "view=team" not in page.html


def test_the_chosen_practitioner_is_kept_by_every_link_of_the_page(house, doctor, fill, jonas):
    fill()
    page = doctor.open(f"{WEEK}&practitioner={jonas.id}&view=day")
    for key in ("week-before", "week-after", "view-agenda", "cancelled"):
        [link] = re.findall(rf'id="{key}" href="([^"]*)"', page.html)
        assert f"practitioner={jonas.id}" in link, key
    assert f'calendar-whose"> {jonas.name}<' in page.html
