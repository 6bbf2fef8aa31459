"""What is offered, and when: the forms of services and of hours."""

from datetime import UTC, date, datetime
from uuid import uuid4

import msgspec
import pytest

from gateway.console.schedule import availability_fields, service_fields
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.identity_links.rpc.access import PractitionerCard, Practitioners
from portal_contracts.scheduling.rpc.availability import (
    AvailabilityChanged,
    Explanation,
    Override,
    StoredAvailability,
    TimeOff,
    Times,
    WhyNot,
    Window,
)
from portal_contracts.scheduling.rpc.services import OpenTo, ServiceChanged, Services
from tests.kit.gateway.made_schedule import STARTS_AT, ZONE, made_hours, made_service

HOURS = "/console/availability"
NEW = "/console/services/new"
CHOICES = {
    "place_kind": "video",
    "open_to": "all",
    "alignment": "window_start",
    "late_cancel": "blocked",
}


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
    stored = StoredAvailability(
        practitioner_id=house.doctor.id, version=7, availability=made_hours()
    )
    house.services.answers["scheduling.get_availability"] = stored
    return stored


def commands_sent(house, name):
    return [call.arguments for call in house.services.calls(f"scheduling.{name}")]


def press(doctor, page, act, path=HOURS, **fields):
    own = {name: value for name, value in page.form(path).fields.items() if name != "copy_to"}
    return doctor.post(path, own | {"do": act} | fields)


# --- services --------------------------------------------------------------------------


def test_a_service_comes_back_from_its_form_as_it_was(house, doctor, service):
    whole = made_service(
        max_per_week=3, bookable_from=date(2026, 12, 1), cancel_notice_minutes=2880,
        move_notice_minutes=90, clients_may_cancel=False, reason_asked=True, policy="Two\nlines",
        open_to=OpenTo.CHOSEN, chosen_client_ids=[uuid4()], max_moves=0,
    )  # fmt: skip
    typed = service_fields.of_service(whole.fields)
    pairs = [(name, value) for name, value in typed.items() if value]
    assert service_fields.parse(service_fields.Submitted(pairs)) == whole.fields


def test_a_service_is_added_with_what_was_typed(house, doctor, service):
    house.services.answers["scheduling.add_service"] = ServiceChanged(
        service_id=service.id, version=1
    )
    page = doctor.open(NEW)
    fields = page.form(NEW).fields | {
        "title": "Walk", "min_notice_minutes": "3", "min_notice_minutes_unit": "1440",
        "max_horizon_days": "", "place_kind": "address", "open_to": "all",
        "alignment": "gap_start", "late_cancel": "flagged",
    }  # fmt: skip
    assert doctor.post(NEW, fields).status == 303
    [sent] = commands_sent(house, "add_service")
    assert (sent.fields.title, sent.fields.min_notice_minutes) == ("Walk", 3 * 1440)
    assert sent.fields.max_horizon_days is None
    assert (sent.fields.alignment, sent.fields.late_cancel) == ("gap_start", "flagged")


def test_everything_that_is_no_number_is_named_at_once_and_kept(house, doctor, service):
    page = doctor.submit(
        doctor.open(NEW), NEW, {"minutes": "fifty", "cancel_notice_minutes": "", "price": "90 €"}
    )
    assert page.status == 422
    wrong = {"#field-title", "#field-minutes", "#field-cancel_notice_minutes"}
    assert wrong <= set(page.links)
    assert page.form(NEW).fields["minutes"] == "fifty"
    assert page.form(NEW).fields["price"] == "90 €"
    assert not commands_sent(house, "add_service")


def test_a_number_that_can_be_read_in_two_ways_is_asked_back_with_both(house, doctor, service):
    page = doctor.submit(doctor.open(NEW), NEW, {"title": "Talk", "grace_minutes": "1,440"})
    assert page.status == 422
    assert "Is this 1440 or 1.44? Write 1440 or 1.44." in page.html
    assert page.form(NEW).fields["grace_minutes"] == "1,440"
    typed = {"title": "Talk", "grace_minutes": "\u0661\u0660", "minutes": "50.0"}
    house.services.answers["scheduling.add_service"] = ServiceChanged(service_id=uuid4(), version=1)
    doctor.submit(doctor.open(NEW), NEW, typed | CHOICES)
    [added] = commands_sent(house, "add_service")
    assert (added.fields.grace_minutes, added.fields.minutes) == (10, 50)


def test_someone_quicker_is_told_and_the_form_saves_over_the_newest(house, doctor, service):
    path = f"/console/services/{service.id}"
    page = doctor.open(path)
    house.services.answers["scheduling.edit_service"] = Conflict("stale_version")
    house.services.answers["scheduling.get_service"] = msgspec.structs.replace(service, version=4)
    again = doctor.submit(page, path, CHOICES | {"title": "Mine"})
    assert again.status == 409
    assert again.form(path).fields["title"] == "Mine"
    assert again.form(path).fields["version"] == "4"


def test_an_assistant_sees_what_is_offered_and_changes_nothing(house, service):
    page = house.as_practitioner(house.assistant()).open("/console/services")
    assert service.fields.title in page.html
    assert not [link for link in page.links if link.startswith("/console/services/")]


# --- hours ---------------------------------------------------------------------------------


def test_hours_come_back_from_their_form_as_they_were():
    whole = made_hours(
        weekly=[[Window(start="22:00", end="24:00")], [], [], [], [], [], []],
        overrides=[
            Override(on=date(2026, 12, 24), windows=[]),
            Override(
                on=date(2026, 12, 31),
                windows=[Window(start="09:00", end="12:00"), Window(start="13:00", end="14:00")],
            ),
        ],
        time_off=[TimeOff(first_on=date(2026, 12, 28), last_on=date(2026, 12, 30))],
    )
    shown = availability_fields.with_spare_rows(availability_fields.of_availability(whole))
    assert availability_fields.parse(shown) == whole


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("9", "09:00"), ("930", "09:30"), ("9.30", "09:30"), ("9:30", "09:30"), ("noon", "noon")],
)
def test_a_time_may_be_written_in_short(typed, meant):
    weekly = [[(typed, "0:00")], [], [], [], [], [], []]
    hours = availability_fields.Hours(ZONE, weekly, [], [])
    assert availability_fields.parse(hours).weekly[0] == [Window(start=meant, end="24:00")]


def test_hours_nobody_has_set_begin_in_the_zone_of_the_practice(house, doctor, stored):
    house.services.answers["scheduling.get_availability"] = msgspec.structs.replace(
        stored, version=0, availability=made_hours(timezone="UTC", weekly=[[]] * 7)
    )
    assert doctor.open(HOURS).form(HOURS).fields["timezone"] == "Europe/Berlin"


def test_the_zone_says_how_many_appointments_then_show_at_another_hour(house, doctor, stored):
    assert "show at another hour" not in doctor.open(HOURS).html
    house.services.answers["scheduling.get_availability"] = msgspec.structs.replace(
        stored, to_come=14
    )
    page = doctor.open(HOURS)
    for shown in (page, press(doctor, page, "copy", copy_from="0", copy_to="6")):
        assert "the 14 appointments to come show at another hour" in " ".join(shown.html.split())


def test_a_zone_that_the_list_lacks_stays_when_other_hours_are_saved(house, doctor, stored):
    house.services.answers["scheduling.get_availability"] = msgspec.structs.replace(
        stored, availability=made_hours(timezone="US/Pacific")
    )
    house.services.answers["scheduling.save_availability"] = AvailabilityChanged(version=8)
    press(doctor, doctor.open(HOURS), "save", **{"off-0-first_on": "2026-12-28"})
    [sent] = commands_sent(house, "save_availability")
    assert sent.availability.timezone == "US/Pacific"


def test_hours_are_saved_with_the_version_they_were_read_at(house, doctor, stored):
    house.services.answers["scheduling.save_availability"] = AvailabilityChanged(version=8)
    page = doctor.open(HOURS)
    done = press(
        doctor, page, "save", **{"weekly-5-1-start": "10", "weekly-5-1-end": "12:30",
        "override-0-on": "2026-12-24", "off-0-first_on": "2026-12-28"},
    )  # fmt: skip
    assert done.status == 303
    [sent] = commands_sent(house, "save_availability")
    assert sent.version == 7
    assert sent.availability.weekly[5] == [Window(start="10:00", end="12:30")]
    assert sent.availability.overrides == [Override(on=date(2026, 12, 24), windows=[])]
    assert sent.availability.time_off[0].last_on == date(2026, 12, 28)


def test_what_scheduling_refuses_is_named_at_the_row_it_was_typed_in(house, doctor, stored):
    house.services.answers["scheduling.save_availability"] = Invalid(
        "availability_fields", fields={"weekly.5.0.end": "end_before_start"}
    )
    page = doctor.open(HOURS)
    # The first row of Saturday stays empty: scheduling counts from the second.
    again = press(doctor, page, "save", **{"weekly-5-1-start": "12", "weekly-5-1-end": "10"})
    assert again.status == 422
    assert "#field-weekly-5-1-end" in again.links
    assert again.form(HOURS).fields["weekly-5-1-start"] == "12"


def test_what_cannot_be_read_is_named_all_at_once(house, doctor, stored):
    page = press(
        doctor, doctor.open(HOURS), "save",
        **{"weekly-5-0-start": "10", "override-0-on": "", "override-0-hours": "mornings",
           "off-0-first_on": "", "off-0-last_on": "2026-12-28"},
    )  # fmt: skip
    wrong = {"weekly-5-0-end", "override-0-on", "override-0-hours", "off-0-first_on"}
    assert {f"#field-{name}" for name in wrong} <= set(page.links)
    assert not commands_sent(house, "save_availability")


def test_what_the_rest_is_refused_for_is_said_in_the_same_round(house, doctor, stored):
    house.services.answers["scheduling.list_stranded"] = Invalid(
        "availability_fields", fields={"weekly.5.0.end": "end_before_start"}
    )
    page = press(
        doctor, doctor.open(HOURS), "save",
        **{"weekly-5-0-start": "9", "weekly-5-1-start": "12", "weekly-5-1-end": "10",
           "override-0-on": "2026-12-24", "override-0-hours": "mornings"},
    )  # fmt: skip
    # The unreadable row is not sent along: of Saturday's, scheduling sees the second alone.
    [asked] = commands_sent(house, "list_stranded")
    assert [(one.start, one.end) for one in asked.availability.weekly[5]] == [("12:00", "10:00")]
    assert asked.availability.overrides == []
    wrong = {"weekly-5-0-end", "weekly-5-1-end", "override-0-hours"}
    assert {f"#field-{name}" for name in wrong} <= set(page.links)
    assert page.form(HOURS).fields["override-0-hours"] == "mornings"


def test_the_other_buttons_save_nothing_and_keep_everything(house, doctor, stored):
    page = press(doctor, doctor.open(HOURS), "add-5", **{"weekly-5-0-start": "10"})
    assert page.form(HOURS).fields["weekly-5-2-start"] == ""
    assert page.form(HOURS).fields["weekly-5-0-start"] == "10"
    page = press(doctor, page, "copy", copy_from="0", copy_to="6")
    assert page.form(HOURS).fields["weekly-6-1-end"] == "17:00"
    assert page.form(HOURS).fields["weekly-5-0-start"] == "10"
    assert not commands_sent(house, "save_availability")


def test_the_preview_is_made_of_the_hours_that_are_typed(house, doctor, stored, service):
    page = doctor.open(HOURS)
    assert commands_sent(house, "preview_times")[-1].availability is None
    shown = press(
        doctor, page, "preview", service_id=str(service.id),
        **{"weekly-6-0-start": "8", "weekly-6-0-end": "9"},
    )  # fmt: skip
    assert commands_sent(house, "preview_times")[-1].availability.weekly[6]
    assert "not saved yet" in shown.html


def test_why_not_this_time_is_answered_in_words(house, doctor, stored, service):
    way = uuid4()
    house.services.answers["scheduling.explain_time"] = Explanation(
        reason=WhyNot.OWN_APPOINTMENT, appointment_id=way
    )
    page = press(
        doctor, doctor.open(HOURS), "why", service_id=str(service.id), on="2026-12-08", at="09:15"
    )
    assert commands_sent(house, "explain_time")[0].starts_at == datetime(
        2026, 12, 8, 8, 15, tzinfo=UTC
    )
    assert "is in the way" in page.html
    assert f"/console/appointments/{way}" in page.links
    skipped = press(doctor, page, "why", service_id=str(service.id), on="2027-03-28", at="02:30")
    assert "the clocks skip this time" in skipped.html


def test_an_assistant_begins_with_a_practitioner_of_the_practice(house, stored):
    other = uuid4()
    house.services.answers["identity_links.list_practitioners"] = Practitioners(
        items=[
            PractitionerCard(id=house.doctor.id, name="Dr Rivera", role=house.doctor.role),
            PractitionerCard(id=other, name="Jonas Feld", role="practitioner"),
        ]
    )
    assistant = house.as_practitioner(house.assistant())
    page = assistant.open(HOURS)
    assert commands_sent(house, "get_availability")[-1].practitioner_id == house.doctor.id
    assert f"{HOURS}?practitioner={other}" in page.links
    assistant.open(f"{HOURS}?practitioner={other}")
    assert commands_sent(house, "get_availability")[-1].practitioner_id == other


def test_a_refused_save_brings_back_every_field_that_was_typed(house, doctor, stored):
    page = doctor.open(HOURS)
    page = press(doctor, page, "add-2")
    typed = page.form(HOURS).fields | {
        "weekly-2-2-start": "18:00",
        "weekly-2-2-end": "19:00",
        "weekly-0-0-start": "no time",
        "override-0-on": "2026-12-24",
        "override-0-hours": "9-12",
        "off-0-first_on": "2026-12-27",
        "off-0-last_on": "2026-12-28",
        "on": "2026-12-03",
        "at": "10:00",
        "asked": "2026-12-03 10:00",
        "copy_from": "3",
        "copy_to": "4",
        "do": "save",
    }
    house.services.answers["scheduling.save_availability"] = Invalid(
        "availability_fields", fields={"weekly.0.0.start": "not_a_time"}
    )
    again = doctor.post(HOURS, typed)
    assert again.status == 422
    kept = again.form(HOURS).fields
    fresh = {"csrf", "idempotency_key", "do"}
    assert {name: value for name, value in typed.items() if name not in fresh} == {
        name: kept.get(name) for name in typed if name not in fresh
    }
    assert 'data-leave-guard="unsaved"' in again.html
    assert 'data-leave-guard="unsaved"' in press(doctor, again, "preview").html
    assert 'data-leave-guard="unsaved"' not in doctor.open(HOURS).html
