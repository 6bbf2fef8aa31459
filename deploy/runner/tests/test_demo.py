"""The demo practice is made although services that have just started take their time."""

from __future__ import annotations

import pytest

from portal_contracts.actor import NOBODY
from portal_contracts.errors import Unavailable
from portal_contracts.identity_links.rpc.clients import ADD_CLIENT, LIST_CLIENTS, ListClients
from portal_runner.demo.people import PEOPLE
from portal_runner.demo.present import ATTEMPTS, ask


class Slow:
    """A client of services that do not answer the first `silent` times."""

    def __init__(self, silent: int) -> None:
        self.silent = silent
        self.keys: list[str | None] = []

    def call(self, method, _command, *, idempotency_key, **_rest):
        self.keys.append(idempotency_key)
        if len(self.keys) <= self.silent:
            raise Unavailable("service_unavailable", "timed out")
        return method


def test_a_service_is_asked_again_for_the_same_act():
    slow = Slow(ATTEMPTS - 1)
    assert ask(slow, ADD_CLIENT, PEOPLE[0], actor=NOBODY) is ADD_CLIENT
    assert len(slow.keys) == ATTEMPTS
    assert len(set(slow.keys)) == 1
    assert slow.keys[0]


def test_what_changes_nothing_needs_no_key():
    slow = Slow(1)
    ask(slow, LIST_CLIENTS, ListClients(), actor=NOBODY)
    assert slow.keys == [None, None]


def test_a_service_that_never_answers_is_given_up():
    slow = Slow(ATTEMPTS)
    with pytest.raises(Unavailable):
        ask(slow, LIST_CLIENTS, ListClients(), actor=NOBODY)
    assert len(slow.keys) == ATTEMPTS
