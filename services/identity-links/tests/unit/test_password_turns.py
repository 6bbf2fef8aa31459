"""How many passwords are checked at once, and how many may wait."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace

import eventlet
import pytest

from identity_links.config import Settings
from identity_links.entry_points.password_turns import PasswordTurns
from portal_contracts.errors import Unavailable

STRANGER, KNOWN = False, True


@pytest.fixture
def turn():
    """The turns of a service with ten workers that checks two passwords at once."""
    turns = PasswordTurns()
    turns.container = SimpleNamespace(
        config={"runtime": SimpleNamespace(settings=Settings(max_workers=10, passwords_at_once=2))}
    )
    turns.setup()
    return turns.get_dependency(None)


@pytest.fixture
def flood(turn):
    """Five strangers: two have their turn, three wait for it, all the places there are."""
    inside, leave = [], eventlet.Event()

    def guess():
        with turn(STRANGER):
            inside.append(STRANGER)
            leave.wait()

    guesses = [eventlet.spawn(guess) for _ in range(5)]
    eventlet.sleep(0)
    yield inside
    leave.send()
    for one in guesses:
        one.wait()
    assert len(inside) == 5


def test_two_are_checked_at_once_and_the_others_wait(flood):
    assert len(flood) == 2


def test_a_flood_is_told_to_come_back_instead_of_taking_every_worker(turn, flood):
    with pytest.raises(Unavailable) as busy, turn(STRANGER):
        pass
    assert (busy.value.code, busy.value.retry_after_seconds) == ("sign_in_busy", 5)


def test_a_browser_that_is_known_has_its_turn_beside_the_flood(turn, flood):
    with turn(KNOWN) as verify:
        assert callable(verify)


def test_a_turn_is_given_back_whatever_comes_of_it(turn):
    for _ in range(6):
        with suppress(RuntimeError), turn(STRANGER):
            raise RuntimeError
