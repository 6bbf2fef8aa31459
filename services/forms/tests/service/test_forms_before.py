"""Forms that a service asks for before an appointment."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from forms.operations.forms_before import send_forms_before
from portal_chassis.ids import new_id
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.forms.events import FormSent
from portal_contracts.forms.rpc import requests, templates
from portal_contracts.scheduling.events import FormsWanted

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
        event = Event(
            id=new_id(),
            type=FormsWanted.TYPE,
            occurred_at=NOW,
            practice_id=practice_id or doctor.practice_id,
            actor=client,
            request_id="request-1",
            aggregate=Aggregate(type="appointment", id=new_id(), seq=1),
            data=FormsWanted(
                client_id=client.id,
                practitioner_id=doctor.id,
                form_template_ids=template_ids,
                starts_on=starts_on,
                without_mail=without_mail,
            ),
        )
        with world.database.transaction() as tx:
            return send_forms_before(tx, event, now=NOW)

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
