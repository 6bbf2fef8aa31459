"""Which change of an e-mail address has to be confirmed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_links.domain.address_changes import WaitingAddress, after_change

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DESK, OWNER = UUID(int=1), UUID(int=2)
A, B, C = "anna@a.example", "anna@b.example", "anna@c.example"


def changed(steps, start=A):
    """Whether the address waits after `steps`: an address, and whether whoever wrote it may."""
    email, waiting = start, None
    for number, (to, confirms) in enumerate(steps):
        waiting = after_change(
            email,
            waiting,
            to,
            confirms=confirms,
            changed_by=OWNER if confirms else DESK,
            now=NOW + timedelta(minutes=number),
        )
        email = to
    return waiting


def test_a_change_by_one_who_may_not_see_links_waits():
    assert changed([(B, False)]) == WaitingAddress(
        confirmed_email=A, changed_by=DESK, changed_at=NOW
    )


def test_a_change_by_one_who_may_is_confirmed():
    assert changed([(B, True)]) is None


@pytest.mark.parametrize("confirms", [True, False])
def test_saving_the_same_address_again_confirms_nothing(confirms):
    waiting = changed([(B, False)])
    assert changed([(B, False), (B, confirms)]) == waiting


def test_the_former_address_may_come_back_by_anyone_s_hand():
    assert changed([(B, False), (A, False)]) is None
    assert changed([(B, False), (C, False), (A, False)]) is None


def test_over_several_steps_the_confirmed_address_is_remembered():
    waiting = changed([(B, False), (C, False)])
    assert (waiting.confirmed_email, waiting.changed_at) == (A, NOW + timedelta(minutes=1))


def test_an_address_that_waited_once_is_no_confirmed_one():
    assert changed([(B, False), (A, False), (B, False)]).confirmed_email == A


def test_what_the_owner_writes_over_it_is_confirmed():
    assert changed([(B, False), (C, True)]) is None
    assert changed([(B, False), (C, True), (A, False)]).confirmed_email == C


@given(st.lists(st.tuples(st.sampled_from([A, B, C]), st.booleans()), max_size=8))
def test_no_address_is_free_that_only_the_desk_has_written(steps):
    waiting = changed(steps)
    email = steps[-1][0] if steps else A
    written_by_owner = {A} | {to for to, confirms in steps if confirms}
    assert waiting is not None or email in written_by_owner
    assert waiting is None or waiting.confirmed_email in written_by_owner
