"""What the tests of the invariants share: databases to plant breaches in, and what plants them."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal_chassis.clock import Clock
from portal_runner.doctor.invariants.journal import Entry, by_act
from tests.kit.planted import Planted


@pytest.fixture
def now() -> datetime:
    return Clock().now().replace(microsecond=0)


@pytest.fixture
def journal_of():
    """``journal_of(entry, …)``: the journal of these entries, by act."""

    def journal(*entries):
        return by_act(Entry(**entry) for entry in entries)

    return journal


@pytest.fixture
def one_sentence():
    """``one_sentence(verdict, "lost")``: it has found one thing, and says these words of it."""

    def check(verdict, *words):
        [sentence] = verdict.wrong
        for word in words:
            assert str(word) in sentence
        assert not verdict.holds
        assert any(sentence in line for line in verdict.lines())

    return check


@pytest.fixture
def planted(migrated_database, now):
    """``planted("scheduling")``: fresh databases of these services."""

    def make(*services: str) -> Planted:
        return Planted({name: migrated_database(name) for name in services}, now)

    return make
