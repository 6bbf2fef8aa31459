"""Forms that a service asks for before an appointment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from forms.operations.forms_before import send_forms_before
from forms.service import FormsService
from portal_chassis.events.subscribe import EventEntrypoint
from portal_chassis.ids import new_id
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.forms.events import FormSent
from portal_contracts.forms.rpc import requests, templates
from portal_contracts.scheduling.events import AppointmentBooked
from tests.kit.entry_points import entry_points

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
STARTS_ON = date(2026, 12, 7)


@pytest.fixture
def doctor(world):
    return world.practitioner()


@pytest.fixture
def client(world, doctor):
    return world.client_of(doctor)


@pytest.fixture
def book(world, doctor, client):
    """Tells of an appointment whose service asks for these forms; how many were sent."""

    def told(*template_ids, starts_on=STARTS_ON, practice_id=None, without_mail=False):
        starts_at = datetime(2026, 12, 7, 9, tzinfo=UTC)
        event = Event(
            id=new_id(),
            type=AppointmentBooked.TYPE,
            occurred_at=NOW,
            practice_id=practice_id or doctor.practice_id,
            actor=client,
            request_id="request-1",
            aggregate=Aggregate(type="appointment", id=new_id(), seq=1),
            data=AppointmentBooked(
                appointment_id=new_id(),
                client_id=client.id,
                practitioner_id=doctor.id,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=50),
                timezone="Europe/Berlin",
                starts_wall="2026-12-07T10:00",
                utc_offset_minutes=60,
                ics_sequence=0,
                form_template_ids=template_ids,
                without_mail=without_mail,
            ),
        )
        with world.database.transaction() as tx:
            return send_forms_before(tx, event, starts_on=starts_on, now=NOW)

    return told


@pytest.mark.parametrize("without_mail", [True, False])
def test_a_booking_that_brings_no_mail_brings_none_about_its_forms(
    world, doctor, book, without_mail
):
    assert book(world.from_library(doctor, "gad7_en"), without_mail=without_mail) == 1
    assert [one.without_mail for one in world.events(FormSent)] == [without_mail]


def test_what_a_service_asks_for_goes_out_by_the_day_of_the_appointment(
    world, doctor, client, book
):
    wanted = [world.from_library(doctor, key) for key in ("gad7_en", "phq9_en")]
    assert book(*wanted) == 2
    told = world.events(FormSent)
    assert [one.client_id for one in told] == [client.id] * 2
    shown = [
        world.ask(doctor, requests.GET_REQUEST, requests.GetRequest(request_id=one.request_id))
        for one in told
    ]
    assert {one.due_on for one in shown} == {STARTS_ON}
    assert {one.sent_by for one in shown} == {doctor.id}


def test_what_waits_already_is_not_sent_twice_and_what_starts_today_is_wanted_by_no_day(
    world, doctor, book
):
    template = world.from_library(doctor, "gad7_en")
    assert book(template, starts_on=NOW.date()) == 1
    assert book(template) == 0
    [told] = world.events(FormSent)
    shown = world.ask(doctor, requests.GET_REQUEST, requests.GetRequest(request_id=told.request_id))
    assert shown.due_on is None


def test_what_is_archived_gone_or_anothers_is_left_out(world, doctor, book):
    template = world.from_library(doctor, "gad7_en")
    assert book(new_id()) == 0
    assert book(template, practice_id=new_id()) == 0
    world.ask(
        doctor,
        templates.ARCHIVE_TEMPLATE,
        templates.ArchiveTemplate(template_id=template, archived=True),
    )
    assert book(template) == 0
    assert world.events(FormSent) == []


@pytest.mark.parametrize("handler", ["on_appointment_booked", "on_series_booked"])
@pytest.mark.parametrize("wanted", [(), (new_id(),)])
def test_a_booking_that_asks_for_no_form_does_not_concern_the_service(handler, wanted):
    entry = entry_points(FormsService, EventEntrypoint)[handler]
    booked = SimpleNamespace(form_template_ids=wanted)
    assert entry.event_class.concerns(booked, f"forms.{handler}") is bool(wanted)
    assert entry.event_class.concerns(booked, f"notifications.{handler}")
