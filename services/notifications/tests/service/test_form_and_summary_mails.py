"""Mails about forms and about something new to read: to whom, when, and when not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.forms.events import AlertRaised, FormSent, FormSubmitted
from portal_contracts.forms.rpc.filling import FormFacts
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.identity_links.rpc.targets import Target, TargetKind
from portal_contracts.scheduling.events import PractitionerReplaced, SummaryShared
from portal_contracts.scheduling.rpc.overview import SummaryFacts


@pytest.fixture
def therapist(make_practitioner) -> Actor:
    return make_practitioner()


@pytest.fixture
def client(therapist) -> Actor:
    return Actor(kind=ActorKind.CLIENT, id=new_id(), practice_id=therapist.practice_id)


@pytest.fixture
def tell(take, clock):
    def make(actor: Actor, data: Any) -> None:
        event = Event(
            id=new_id(),
            type=data.TYPE,
            occurred_at=clock.now(),
            practice_id=actor.practice_id,
            aggregate=Aggregate(type="thing", id=new_id(), seq=1),
            actor=actor,
            request_id="request-1",
            data=data,
        )
        take(event)

    return make


@pytest.fixture
def form(others, therapist, client):
    """A form that was sent; `form(state)` sets how far it has come."""
    request_id = new_id()

    def set_state(state: RequestState = RequestState.NOT_OPENED):
        others.forms[request_id] = FormFacts(
            practice_id=therapist.practice_id,
            client_id=client.id,
            sent_by=therapist.id,
            state=state,
            due_on=date(2026, 12, 24),
            minutes=1,
            submitted_at=None,
        )
        return request_id

    set_state()
    return set_state


def test_a_form_is_told_to_its_client_at_once(tell, send, form, others, therapist, client) -> None:
    request_id = form()
    tell(therapist, FormSent(request_id=request_id, client_id=client.id))
    [letter] = send()
    assert letter.recipient.address == "anna@example.org"
    assert letter.written.subject == "There is something for you to fill in"
    assert "Takes: about 1 minute\n" in letter.written.text
    assert "Please finish by: Thursday, 24 December 2026" in letter.written.text
    assert others.targets == [Target(kind=TargetKind.FORM, id=request_id)]


def test_a_form_of_an_act_without_mail_stands_in_the_log(
    tell, send, form, ends, therapist, client
) -> None:
    tell(therapist, FormSent(request_id=form(), client_id=client.id, without_mail=True))
    assert send() == []
    assert ends() == [("form_sent", "client", "closed", "without_mail")]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (RequestState.WITHDRAWN, "form_withdrawn"),
        (RequestState.SUBMITTED, "form_submitted"),
    ],
)
def test_a_form_that_waits_no_more_is_not_mailed(
    tell, send, form, ends, therapist, client, state, reason
) -> None:
    tell(therapist, FormSent(request_id=form(), client_id=client.id))
    form(state)
    assert send() == []
    assert ends() == [("form_sent", "client", "closed", reason)]


def test_who_sent_the_form_hears_that_it_is_back_and_of_an_alert_at_once(
    tell, send, form, others, therapist, client
) -> None:
    request_id = form(RequestState.SUBMITTED)
    facts = {"request_id": request_id, "client_id": client.id, "sent_by": therapist.id}
    others.practitioner = {"language": "de"}
    tell(client, AlertRaised(**facts))
    tell(client, FormSubmitted(**facts))
    alert, submitted = send()
    assert {alert.recipient.address, submitted.recipient.address} == {"rivera@practice.example"}
    assert alert.written.subject == "Bitte schauen Sie bald in Ihr Portal"
    page = f"https://portal.example.org/console/forms/requests/{request_id}"
    for letter in (alert, submitted):
        assert page in letter.written.text
        assert "/p/" not in letter.written.text
        assert "Anna" not in letter.written.text + letter.written.subject
    assert others.hashes == []


def test_something_new_to_read_is_told_after_the_undo_delay(
    tell, send, others, clock, therapist, client
) -> None:
    shared = SummaryShared(
        session_id=new_id(), client_id=client.id, practitioner_id=therapist.id, version=2
    )
    others.summaries[shared.session_id] = summary(shared, 2)
    tell(therapist, shared)
    assert send() == []
    clock.advance(30)
    [letter] = send()
    assert letter.written.subject == "Something new in your portal"
    assert others.targets == [Target(kind=TargetKind.SUMMARY, id=shared.session_id)]


def test_what_is_no_longer_shared_is_not_told(
    tell, send, others, clock, therapist, client, ends
) -> None:
    shared = SummaryShared(
        session_id=new_id(), client_id=client.id, practitioner_id=therapist.id, version=2
    )
    others.summaries[shared.session_id] = summary(shared, None)
    tell(therapist, shared)
    clock.advance(30)
    assert send() == []
    assert ends() == [("summary_shared", "client", "closed", "summary_unshared")]


def summary(shared: SummaryShared, version: int | None) -> SummaryFacts:
    return SummaryFacts(
        practice_id=new_id(),
        client_id=shared.client_id,
        practitioner_id=shared.practitioner_id,
        shared_version=version,
        read_at=None,
    )


def test_a_client_whose_appointments_went_over_is_told_once_with_the_new_name(
    tell, send, others, therapist, client
) -> None:
    others.practitioner = {"name": "Jonas Feld"}
    tell(therapist, PractitionerReplaced(client_id=client.id, practitioner_id=new_id()))
    [letter] = send()
    assert letter.recipient.address == "anna@example.org"
    assert "Jonas Feld takes over appointments of yours." in letter.written.text
    assert "Jonas" not in letter.written.subject
    assert others.targets == [Target()]
