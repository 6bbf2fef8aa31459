"""The facts that mails are written from."""

from datetime import timedelta

import pytest

from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, service_actor
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.scheduling.rpc.overview import (
    READ_APPOINTMENT_FACTS,
    READ_SUMMARY_FACTS,
    ReadAppointmentFacts,
    ReadSummaryFacts,
)

NOTIFICATIONS = service_actor("notifications")


def test_an_appointment_is_told_as_it_is_now(desk, calendar, now):
    client = calendar.client()
    starts_at = now + timedelta(days=1)
    appointment = calendar.appointment(client, starts_at, status="cancelled")
    command = ReadAppointmentFacts(appointment_id=appointment)
    facts = desk.ask(READ_APPOINTMENT_FACTS, command, NOTIFICATIONS)
    assert (facts.practice_id, facts.client_id) == (calendar.practice_id, client.id)
    assert (facts.practitioner_id, facts.status) == (calendar.practitioner_id, "cancelled")
    assert (facts.starts_at, facts.ends_at) == (starts_at, starts_at + timedelta(minutes=50))
    assert (facts.timezone, facts.ics_sequence) == ("Europe/Berlin", 0)


def test_of_a_summary_only_is_told_which_version_is_shared(desk, calendar, now):
    client = calendar.client()
    session = calendar.session(client, now - timedelta(days=1))
    command = ReadSummaryFacts(session_id=session)
    assert desk.ask(READ_SUMMARY_FACTS, command, NOTIFICATIONS).shared_version is None
    calendar.summary(client, session, version=2, shared_at=now, read_at=now)
    facts = desk.ask(READ_SUMMARY_FACTS, command, NOTIFICATIONS)
    assert (facts.practice_id, facts.client_id) == (calendar.practice_id, client.id)
    assert (facts.shared_version, facts.read_at) == (2, now)


def test_facts_are_for_services_alone(desk, calendar, now):
    client = calendar.client()
    appointment = calendar.appointment(client, now - timedelta(days=1))
    for method, command in (
        (READ_APPOINTMENT_FACTS, ReadAppointmentFacts(appointment_id=appointment)),
        (READ_SUMMARY_FACTS, ReadSummaryFacts(session_id=appointment)),
    ):
        for actor in (NOBODY, client, calendar.practitioner()):
            with pytest.raises(Forbidden):
                desk.ask(method, command, actor)


def test_of_what_there_is_not_there_are_no_facts(desk):
    with pytest.raises(NotFound, match="appointment_not_found"):
        desk.ask(
            READ_APPOINTMENT_FACTS, ReadAppointmentFacts(appointment_id=new_id()), NOTIFICATIONS
        )
    with pytest.raises(NotFound, match="session_not_found"):
        desk.ask(READ_SUMMARY_FACTS, ReadSummaryFacts(session_id=new_id()), NOTIFICATIONS)
