"""Public holidays, time off with times, what hours strand, and a service's rules in words."""

import re
from datetime import date
from uuid import uuid4

import pytest
from msgspec.structs import replace

from gateway.console.schedule import availability_fields, service_fields
from gateway.console.schedule.service_presets import PRESETS
from gateway.web.brand import DARK_SURFACE, contrast, parse_colour
from gateway.web.pages import HERE
from gateway.web.submitted import Submitted
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.forms.rpc.templates import TemplateRow, Templates
from portal_contracts.identity_links.rpc.clients import ClientNames
from portal_contracts.scheduling.rpc.availability import (
    AvailabilityChanged,
    Explanation,
    Holidays,
    StoredAvailability,
    TimeOff,
    Times,
    WhyNot,
    Window,
)
from portal_contracts.scheduling.rpc.holidays import (
    HolidayRegion,
    PublicHoliday,
    PublicHolidays,
)
from portal_contracts.scheduling.rpc.services import (
    LateCancel,
    OpenTo,
    ServiceChanged,
    ServiceColour,
    ServiceFields,
    Services,
)
from portal_contracts.scheduling.rpc.stranded import StrandedAppointments
from tests.kit.gateway.made_schedule import STARTS_AT, ZONE, made_entry, made_hours, made_service

HOURS = "/console/availability"
NEW = "/console/services/new"
EPIPHANY = date(2027, 1, 6)
GERMANY = PublicHolidays(
    countries=["AT", "DE"],
    regions=[HolidayRegion(code="BY", name="Bayern")],
    items=[PublicHoliday(on=EPIPHANY, name="Epiphany")],
)


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def service(house):
    service = made_service(practitioner_id=house.doctor.id)
    answers = house.services.answers
    answers["scheduling.list_services"] = Services(items=[service])
    answers["scheduling.get_service"] = service
    answers["scheduling.preview_times"] = Times(starts=[STARTS_AT], timezone=ZONE)
    return service


@pytest.fixture
def stored(house, service):
    kept = Holidays(country="DE", region="BY", open_on=[EPIPHANY, date(2029, 1, 6)])
    stored = StoredAvailability(
        practitioner_id=house.doctor.id, version=7, availability=made_hours(holidays=kept)
    )
    answers = house.services.answers
    answers["scheduling.get_availability"] = stored
    answers["scheduling.save_availability"] = AvailabilityChanged(version=8)
    answers["scheduling.list_holidays"] = GERMANY
    return stored


@pytest.fixture
def strands(house):
    """Appointments that new hours would strand, and the refusal that says so."""
    client_id = uuid4()
    mine = made_entry(client_id=client_id)
    hidden = replace(made_entry(), client_id=None, title="")
    found = StrandedAppointments(items=[mine, hidden], total=3)
    answers = house.services.answers
    for name in ("save_availability", "edit_service"):
        answers[f"scheduling.{name}"] = Conflict("strands_appointments")
    answers["scheduling.list_stranded"] = found
    answers["scheduling.list_stranded_by_service"] = found
    answers["identity_links.name_clients"] = ClientNames(names={str(client_id): "Anna Bergmann"})
    return mine


def commands_sent(house, name):
    return [call.arguments for call in house.services.calls(f"scheduling.{name}")]


def press(doctor, page, act, path=HOURS, **fields):
    own = {name: value for name, value in page.form(path).fields.items() if name != "copy_to"}
    return doctor.post(path, own | {"do": act} | fields)


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", "", page.html).split())


# --- hours -----------------------------------------------------------------------------------


def test_time_off_with_times_and_holidays_come_back_from_their_form_as_they_were():
    whole = made_hours(
        time_off=[
            TimeOff(first_on=date(2026, 12, 28), last_on=date(2026, 12, 30)),
            TimeOff(first_on=EPIPHANY, last_on=EPIPHANY, start="13:00", end="15:30"),
        ],
        holidays=Holidays(country="DE", region="BY", open_on=[EPIPHANY]),
    )
    shown = availability_fields.with_spare_rows(availability_fields.of_availability(whole))
    assert availability_fields.parse(shown) == whole


def test_time_off_may_be_written_in_short_and_one_date_is_one_day():
    rows = [("2026-12-28", "9", "", "1130"), ("2026-12-29", "", "2026-12-30", "0:00")]
    hours = availability_fields.Hours(ZONE, [[]] * 7, [], rows)
    first, second = availability_fields.parse(hours).time_off
    assert (first.last_on, first.start, first.end) == (date(2026, 12, 28), "09:00", "11:30")
    assert (second.start, second.end) == (None, "24:00")


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ("time_off.0.end", "off-1-end"),
        ("time_off.0.last_on", "off-1-last_on"),
        ("holidays.region", "holiday_region"),
        ("holidays.country", "holiday_country"),
    ],
)
def test_what_is_wrong_is_named_where_it_was_typed(place, field):
    rows = [("", "", "", ""), ("2026-12-28", "9", "", "")]
    hours = availability_fields.Hours(ZONE, [[]] * 7, [], rows)
    assert availability_fields.field_errors(hours, {place: "x"}) == {field: "x"}


def test_the_holidays_of_a_year_are_listed_and_worked_on_one_by_one(house, doctor, stored):
    page = doctor.open(HOURS)
    [asked] = commands_sent(house, "list_holidays")
    assert (asked.country, asked.region, asked.language) == ("DE", "BY", "en")
    assert (asked.last_on - asked.first_on).days == 365
    assert "Epiphany" in page.html
    fields = page.form(HOURS).fields
    assert (fields["holiday_country"], fields["holiday_region"]) == ("DE", "BY")
    press(doctor, page, "save", holiday_open="2029-01-06")
    [sent] = commands_sent(house, "save_availability")
    # Unticked it is a day off; the one beyond the list stays as it was.
    assert sent.availability.holidays == Holidays(
        country="DE", region="BY", open_on=[date(2029, 1, 6)]
    )


def test_another_country_shows_its_regions_and_drops_the_region_of_the_last(house, doctor, stored):
    page = doctor.open(HOURS)
    known = {"AT": GERMANY, "": GERMANY}

    def answer(command, _actor):
        if command.region:
            raise Invalid("holidays_invalid", fields={"region": "unknown_region"})
        return known[command.country]

    house.services.answers["scheduling.list_holidays"] = answer
    again = press(doctor, page, "holidays", holiday_country="AT")
    assert again.status == 200
    fields = again.form(HOURS).fields
    assert (fields["holiday_country"], fields.get("holiday_region", "")) == ("AT", "")
    assert not commands_sent(house, "save_availability")


def test_holidays_that_cannot_be_had_stay_chosen(house, doctor, stored):
    house.services.answers.pop("scheduling.list_holidays")
    page = doctor.open(HOURS)
    assert "What you chose stays chosen" in page.html
    press(doctor, page, "save")
    [sent] = commands_sent(house, "save_availability")
    assert (sent.availability.holidays.country, sent.availability.holidays.region) == ("DE", "BY")


def test_appointments_that_would_lie_outside_are_listed_and_nothing_is_saved_or_lost(
    house, doctor, stored, strands
):
    page = press(doctor, doctor.open(HOURS), "save", **{"weekly-5-0-start": "10"}
                 | {"weekly-5-0-end": "12"})  # fmt: skip
    assert page.status == 409
    assert "3 appointments would lie outside of these hours" in text_of(page)
    assert "Anna Bergmann" in page.html
    assert f"/console/appointments/{strands.id}" in page.links
    assert "a client of a colleague" in page.html
    assert "and one more" in page.html
    assert page.form(HOURS).fields["weekly-5-0-start"] == "10"
    assert [one.unless_stranded for one in commands_sent(house, "save_availability")] == [True]
    house.services.answers["scheduling.save_availability"] = AvailabilityChanged(version=8)
    assert press(doctor, page, "save-anyway").status == 303
    sent = commands_sent(house, "save_availability")[-1]
    assert not sent.unless_stranded
    assert sent.availability.weekly[5] == [Window(start="10:00", end="12:00")]


def test_enter_saves_anyway_what_was_weighed_and_nothing_else(house, doctor, stored, strands):
    typed = {"weekly-5-0-start": "10", "weekly-5-0-end": "12"}
    page = press(doctor, doctor.open(HOURS), "save", **typed)
    again = doctor.enter(page, HOURS, {"weekly-5-0-end": "11"})
    assert again.status == 409
    assert press(doctor, page, "save-anyway", **{"weekly-5-0-end": "11"}).status == 409
    assert all(one.unless_stranded for one in commands_sent(house, "save_availability"))
    house.services.answers["scheduling.save_availability"] = AvailabilityChanged(version=8)
    assert doctor.enter(page, HOURS).status == 303
    assert not commands_sent(house, "save_availability")[-1].unless_stranded


def test_enter_in_the_question_asks_it_and_saves_nothing(house, doctor, stored):
    house.services.answers["scheduling.explain_time"] = Explanation(reason=WhyNot.HOURS)
    asked = {"on": "2026-12-05", "at": "10:00"}
    page = doctor.enter(doctor.open(HOURS), HOURS, asked)
    assert (page.status, page.form(HOURS).fields.items() >= asked.items()) == (200, True)
    assert len(commands_sent(house, "explain_time")) == 1
    assert commands_sent(house, "save_availability") == []
    assert doctor.enter(page, HOURS).status == 303
    assert len(commands_sent(house, "save_availability")) == 1


# --- the form of a service -------------------------------------------------------------------


def test_a_services_own_hours_and_colour_come_back_from_its_form(house, service):
    morning = [Window(start="09:00", end="12:00")]
    for weekly in (None, [morning, [], [], [], [], [], []], [[]] * 7):
        fields = made_service(weekly=weekly, colour=ServiceColour.PINK).fields
        pairs = list(service_fields.of_service(fields).items())
        assert service_fields.parse(Submitted(pairs)) == fields


def test_the_forms_before_are_chosen_among_those_that_can_be_sent(house, doctor, service):
    row = TemplateRow(
        id=uuid4(), title="PHQ-9", minutes=2, questions=9, language="en", published=1,
        changed=False, archived=False, sent=0,
    )  # fmt: skip
    draft = replace(row, id=uuid4(), title="Draft", published=None)
    house.services.answers["forms.list_templates"] = Templates(items=[row, draft])
    house.services.answers["scheduling.edit_service"] = ServiceChanged(
        service_id=service.id, version=2
    )
    path = f"/console/services/{service.id}"
    page = doctor.open(path)
    assert "PHQ-9" in page.html
    assert "Draft" not in page.html
    doctor.submit(page, path, {"form_template_ids": str(row.id)})
    [sent] = commands_sent(house, "edit_service")
    assert sent.fields.form_template_ids == [row.id]


def test_a_service_without_a_name_is_asked_for_one(house, doctor, service):
    path = f"/console/services/{service.id}"
    house.services.answers["scheduling.edit_service"] = Invalid(
        "service_fields", fields={"title": "required", "place": "meeting_address_missing"}
    )
    page = doctor.submit(doctor.open(path), path, {"title": ""})
    assert page.status == 422
    assert page.html.count("Enter a name.") == len(("on top", "at the field"))


def test_hours_of_a_service_that_are_wrong_are_named_at_their_day(house, doctor, service):
    path = f"/console/services/{service.id}"
    page = doctor.submit(doctor.open(path), path, {"weekly-2": "mornings"})
    assert page.status == 422
    assert "#field-weekly-2" in page.links
    house.services.answers["scheduling.edit_service"] = Invalid(
        "service_fields", fields={"weekly.3.0.end": "end_before_start"}
    )
    page = doctor.submit(doctor.open(path), path, {"weekly-3": "12-10"})
    assert "#field-weekly-3" in page.links
    assert page.form(path).fields["weekly-3"] == "12-10"


def test_a_services_new_hours_that_strand_something_are_saved_on_a_word(
    house, doctor, service, strands
):
    path = f"/console/services/{service.id}"
    page = doctor.submit(doctor.open(path), path, {"weekly-3": "9-10"})
    assert page.status == 409
    assert f"/console/appointments/{strands.id}" in page.links
    [asked] = commands_sent(house, "list_stranded_by_service")
    assert asked.weekly[3] == [Window(start="09:00", end="10:00")]
    assert doctor.enter(page, path, {"weekly-3": "9-11"}).status == 409
    assert commands_sent(house, "edit_service")[-1].unless_stranded
    house.services.answers["scheduling.edit_service"] = ServiceChanged(
        service_id=service.id, version=2
    )
    assert doctor.enter(page, path).status == 303
    assert not commands_sent(house, "edit_service")[-1].unless_stranded


def test_a_service_begins_with_a_preset_in_the_language_of_the_page(house, doctor, service):
    for one in PRESETS:
        page = doctor.open(f"{NEW}?preset={one.key}")
        assert page.form(NEW).fields["title"] == one.fields.title
        assert page.form(NEW).fields["minutes"] == str(one.fields.minutes)
    assert doctor.open(f"{NEW}?preset=none").form(NEW).fields["title"] == ""


def test_the_rules_are_folded_while_they_are_as_usual_and_nothing_in_them_is_wrong(
    house, doctor, service
):
    folded = re.compile(r'<details class="more" id="more-rules">')
    assert folded.search(doctor.open(NEW).html)
    assert not folded.search(doctor.open(f"{NEW}?preset=weekly").html)
    again = doctor.submit(doctor.open(NEW), NEW, {"title": "Talk", "grace_minutes": "soon"})
    assert not folded.search(again.html)
    assert folded.search(doctor.submit(doctor.open(NEW), NEW, {"minutes": "fifty"}).html)


WORDS = [
    (
        ServiceFields(title="", self_scheduling=True, max_per_day=3),
        (
            "Clients book it themselves, at the earliest 60 days ahead, at the latest 24 "
            "hours before the start, at most 3 a day. It can begin every 30 minutes. Clients "
            "can cancel until 24 hours before the start. They can move it until 24 hours "
            "before the start."
        ),
    ),
    (
        ServiceFields(
            title="",
            self_scheduling=True,
            open_to=OpenTo.CHOSEN,
            min_notice_minutes=0,
            max_horizon_days=None,
            bookable_from=date(2026, 12, 1),
            weekly=[[]] * 7,
            buffer_after_minutes=10,
            late_cancel=LateCancel.FLAGGED,
            cancel_notice_minutes=2880,
            max_moves=1,
            move_notice_minutes=0,
            grace_minutes=15,
        ),
        (
            "The clients you choose book it themselves. The first day is 1 December 2026. It "
            "can begin every 30 minutes, in hours of its own, with 10 minutes free after. "
            "Clients can cancel until the start; less than 2 days before, it is marked as "
            "late. They can move it until the start, once. For 15 minutes after booking they "
            "can do so in any case."
        ),
    ),
    (
        ServiceFields(
            title="",
            self_scheduling=True,
            on_request=True,
            max_horizon_days=1,
            clients_may_cancel=False,
            clients_may_move=False,
            form_template_ids=[uuid4()],
        ),
        (
            "Clients ask for it, and you answer within 48 hours, at the earliest one day ahead, at "
            "the latest 24 hours before the start. It can begin every 30 minutes. A form is sent "
            "when it is booked. Clients cannot cancel it. They cannot move it."
        ),
    ),
    (
        ServiceFields(title="", clients_may_cancel=False, clients_may_move=False),
        (
            "Only you book it. It can begin every 30 minutes. Clients cannot cancel it. They "
            "cannot move it."
        ),
    ),
]


@pytest.mark.parametrize(("fields", "words"), WORDS, ids=["usual", "much", "on-request", "little"])
def test_what_the_rules_amount_to_is_said_while_one_types(house, doctor, service, fields, words):
    typed = service_fields.of_service(fields)
    guard = doctor.open(NEW).form(NEW).fields
    said = doctor.post("/console/services/rules", guard | typed)
    assert " ".join(re.sub(r"<[^>]+>", "", said.html).split()) == words
    assert not commands_sent(house, "add_service")


def test_rules_that_cannot_be_read_yet_are_no_error(house, doctor, service):
    fields = doctor.open(NEW).form(NEW).fields | {"minutes": "fif"}
    said = doctor.post("/console/services/rules", fields)
    assert said.status == 200
    assert "once every entry can be read" in said.html


def test_who_may_not_change_services_is_told_nothing_of_rules(house, service):
    assistant = house.as_practitioner(house.assistant())
    assert assistant.post("/console/services/rules", {}).status == 403


def test_every_colour_of_a_service_stands_out_in_light_and_in_dark():
    css = (HERE / "static/css/console/colours.css").read_text("utf-8")
    shades = {
        name: (light, dark)
        for name, light, dark in re.findall(
            r"\.swatch-(\w+) \{\s+--swatch: light-dark\((#\w+), (#\w+)\)", css
        )
    }
    assert set(shades) == set(ServiceColour)
    paper = parse_colour("#fffefb")
    for light, dark in shades.values():
        assert contrast(parse_colour(light), paper) >= 4.5
        assert contrast(parse_colour(dark), DARK_SURFACE) >= 4.5
