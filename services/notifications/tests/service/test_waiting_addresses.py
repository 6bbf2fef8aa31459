"""Mails to a client whose new e-mail address waits to be confirmed, or was changed meanwhile."""

from __future__ import annotations

import pytest

from notifications.domain.delivery import ADDRESS_PAUSE
from portal_chassis.ids import new_id
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.identity_links.events import ClientAddressSettled
from portal_contracts.identity_links.rpc.targets import LinkState

PAUSE = ADDRESS_PAUSE.total_seconds()
WAITS = {"state": LinkState.REVOKED, "address_confirmed": False, "email": ""}


@pytest.fixture
def settle(take, clock, make_practitioner):
    """The address of a client waits no longer, as identity-links tells."""

    def tell(client_id):
        owner = make_practitioner()
        take(
            Event(
                id=new_id(),
                type=ClientAddressSettled.TYPE,
                occurred_at=clock.now(),
                practice_id=owner.practice_id,
                aggregate=Aggregate(type="client", id=client_id, seq=1),
                actor=owner,
                request_id="request-2",
                data=ClientAddressSettled(client_id=client_id),
            )
        )

    return tell


@pytest.fixture
def waiting(others, calendar, link_facts, send):
    """An appointment is booked, and the client's address waits."""
    others.answer = lambda client_id: link_facts(client_id, **WAITS)
    calendar.book()
    send()
    return calendar.client.id


def to_client(ends):
    return [(state, reason) for _, to, state, reason in ends() if to == "client"]


def test_a_mail_waits_without_being_tried_or_given_up(waiting, ends, send, clock, outbound):
    sent = len(outbound.letters)
    for _ in range(20):
        clock.advance(PAUSE)
        send()
    assert to_client(ends) == [("waiting", "address_waits")]
    assert len(outbound.letters) == sent


def test_while_it_waits_it_is_asked_for_a_few_times_an_hour(waiting, others, send, clock):
    clock.advance(PAUSE)
    send()
    asked = len(others.hashes)
    for _ in range(60):
        clock.advance(60)
        send()
    assert len(others.hashes) - asked <= 4


def test_it_goes_out_at_once_when_the_address_is_confirmed(
    waiting, others, link_facts, send, ends, settle, clock
):
    clock.advance(PAUSE)
    send()
    others.answer = lambda client_id: link_facts(client_id, email="anna@new.example")
    assert send() == []
    settle(waiting)
    [letter] = send()
    assert letter.recipient.address == "anna@new.example"
    assert to_client(ends) == [("sent", "")]


def test_another_client_s_mails_wait_on(waiting, ends, send, settle, clock):
    clock.advance(PAUSE)
    send()
    settle(new_id())
    assert to_client(ends) == [("waiting", "address_waits")]


def test_what_is_over_by_then_is_closed(waiting, others, link_facts, send, ends, settle, clock):
    clock.advance(30 * 24 * 3600)
    others.answer = link_facts
    settle(waiting)
    assert send() == []
    assert to_client(ends) == [("closed", "appointment_past")]


def test_an_archived_client_s_mail_does_not_wait(others, calendar, link_facts, send, ends):
    facts = WAITS | {"client_active": False}
    others.answer = lambda client_id: link_facts(client_id, **facts)
    calendar.book()
    send()
    assert to_client(ends) == [("closed", "client_archived")]


def test_a_link_made_for_a_former_address_goes_to_nobody(plan, others, link_facts, send, ends):
    changed = {"state": LinkState.REVOKED, "address_changed": True}
    others.answer = lambda client_id: link_facts(client_id, **changed)
    plan()
    assert send() == []
    assert to_client(ends) == [("closed", "address_changed")]
