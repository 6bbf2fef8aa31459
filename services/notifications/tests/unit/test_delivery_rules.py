"""How a delivery goes on after each kind of trouble."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from notifications.domain.addresses import AddressInvalid, mailbox, tidy_name
from notifications.domain.delivery import (
    FACTS_PAUSE,
    KEEP_TRYING,
    after_attempt,
    after_missing_facts,
    why_unwanted,
)
from notifications.domain.outcome import ACCEPTED, Outcome, permanent, temporary, unreachable
from notifications.domain.reasons import Reason
from portal_contracts.identity_links.rpc.targets import LinkState
from portal_contracts.notifications.rpc import DeliveryState

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def test_accepted_is_sent() -> None:
    assert after_attempt(ACCEPTED, attempts=1, give_up_at=None, now=NOW).state == "sent"


def test_a_refused_address_fails_at_once() -> None:
    step = after_attempt(permanent(Reason.ADDRESS_REFUSED), attempts=1, give_up_at=None, now=NOW)
    assert (step.state, step.reason) == (DeliveryState.FAILED, Reason.ADDRESS_REFUSED)


@pytest.mark.parametrize(
    "outcome", [temporary(Reason.MAIL_SERVER_BUSY), unreachable(Reason.MAIL_SERVER_TIMEOUT)]
)
def test_trouble_is_tried_for_a_day_and_then_given_up(outcome: Outcome) -> None:
    now, give_up_at, attempts = NOW, None, 0
    pauses: list[timedelta] = []
    while True:
        attempts += 1
        step = after_attempt(outcome, attempts=attempts, give_up_at=give_up_at, now=now)
        if step.state is DeliveryState.FAILED:
            break
        assert step.next_attempt_at is not None
        pauses.append(step.next_attempt_at - now)
        now, give_up_at = step.next_attempt_at, step.give_up_at
    assert now - NOW == KEEP_TRYING
    assert pauses[0] == timedelta(seconds=30)
    assert pauses[:-1] == sorted(pauses[:-1])
    assert attempts < 30


def test_missing_facts_are_asked_for_again_soon() -> None:
    step = after_missing_facts(give_up_at=None, now=NOW)
    assert step.next_attempt_at == NOW + FACTS_PAUSE
    assert step.reason is Reason.SERVICE_UNAVAILABLE


@pytest.mark.parametrize(
    ("state", "active", "reason"),
    [
        (LinkState.LIVE, True, None),
        (LinkState.LIVE, False, Reason.CLIENT_ARCHIVED),
        (LinkState.REVOKED, True, Reason.LINK_REVOKED),
        (LinkState.EXPIRED, True, Reason.LINK_EXPIRED),
        (LinkState.USED, True, Reason.LINK_USED),
        (LinkState.UNKNOWN, True, Reason.LINK_UNKNOWN),
    ],
)
def test_what_is_no_longer_wanted_is_not_sent(
    state: LinkState, active: bool, reason: Reason | None
) -> None:
    assert why_unwanted(state, client_active=active, address_changed=False) is reason


def test_a_link_of_a_former_address_is_named_as_the_reason() -> None:
    changed = why_unwanted(LinkState.REVOKED, client_active=True, address_changed=True)
    assert changed is Reason.ADDRESS_CHANGED
    archived = why_unwanted(LinkState.REVOKED, client_active=False, address_changed=True)
    assert archived is Reason.CLIENT_ARCHIVED


@pytest.mark.parametrize("address", ["", "anna", "a@b@c.org", "a@example.org\nBcc: b@c.org", "@x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(AddressInvalid):
        mailbox("Anna", address)


def test_an_international_domain_becomes_ascii() -> None:
    assert mailbox("Anna", "anna@bücher.example").address == "anna@xn--bcher-kva.example"
    assert not mailbox("Anna", "anna@bücher.example").needs_utf8
    assert mailbox("Anna", "änna@example.org").needs_utf8


def test_names_lose_line_breaks_and_direction_marks() -> None:
    assert tidy_name("Anna\r\nBcc: eve\u202e") == "Anna Bcc: eve"
