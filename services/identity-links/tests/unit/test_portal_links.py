"""How a link stands, and what comes of opening it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_links.domain.links import (
    LinkPolicy,
    Visit,
    decide_entry,
    expires_at,
    is_complete_target,
    link_state,
)
from portal_contracts.identity_links.rpc.entering import EntryOutcome
from portal_contracts.identity_links.rpc.targets import (
    EntryMode,
    LinkState,
    SecondCheck,
    Target,
    TargetKind,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA, BEN = UUID(int=1), UUID(int=2)

policies = st.builds(
    LinkPolicy,
    entry=st.sampled_from(EntryMode),
    single_use=st.booleans(),
    second_check=st.sampled_from(SecondCheck),
)
visits = st.builds(
    Visit,
    pressed=st.booleans(),
    switch=st.booleans(),
    current_client_id=st.sampled_from([None, ANNA, BEN]),
)
states = st.sampled_from(LinkState)


def state(**facts):
    usual = {
        "now": NOW,
        "expires_at": NOW + timedelta(days=1),
        "revoked_at": None,
        "used_at": None,
        "client_active": True,
        "mailed_to": "anna@example.org",
        "email": "anna@example.org",
    }
    return link_state(**(usual | facts))


def open_link(state=LinkState.LIVE, **facts):
    policy = LinkPolicy(
        facts.pop("entry", EntryMode.ONE_CLICK),
        facts.pop("single_use", False),
        facts.pop("second_check", SecondCheck.NONE),
    )
    usual = {"pressed": False, "switch": False, "current_client_id": None}
    return decide_entry(state, policy, ANNA, Visit(**(usual | facts)))


def test_a_fresh_link_is_live():
    assert state() is LinkState.LIVE


def test_a_link_is_dead_from_the_instant_it_expires():
    assert state(expires_at=NOW) is LinkState.EXPIRED
    assert state(expires_at=NOW + timedelta(microseconds=1)) is LinkState.LIVE


def test_revoking_outweighs_use_and_expiry():
    assert state(revoked_at=NOW, used_at=NOW, expires_at=NOW) is LinkState.REVOKED


def test_an_archived_client_s_link_counts_as_revoked():
    assert state(client_active=False) is LinkState.REVOKED


def test_a_link_that_was_mailed_to_another_address_counts_as_revoked():
    assert state(email="anna@example.com") is LinkState.REVOKED
    assert state(email="anna@example.com", expires_at=NOW) is LinkState.REVOKED
    assert state(email="anna@example.com", mailed_to=None) is LinkState.LIVE


def test_a_link_lives_for_the_practice_s_days():
    assert expires_at(NOW, 30) == NOW + timedelta(days=30)


def test_one_click_enters():
    assert open_link() is EntryOutcome.ENTERED


@pytest.mark.parametrize("option", [{"entry": EntryMode.BUTTON}, {"single_use": True}])
def test_a_button_is_pressed_where_the_practice_wants_it_and_for_a_single_use(option):
    assert open_link(**option) is EntryOutcome.NEEDS_BUTTON
    assert open_link(**option, pressed=True) is EntryOutcome.ENTERED


def test_the_clients_own_device_stays_as_it_is():
    found = open_link(current_client_id=ANNA, second_check=SecondCheck.DATE_OF_BIRTH)
    assert found is EntryOutcome.ALREADY_IN


def test_another_s_device_is_left_only_when_she_agrees():
    assert open_link(current_client_id=BEN) is EntryOutcome.OTHER_CLIENT
    assert open_link(current_client_id=BEN, switch=True) is EntryOutcome.ENTERED


@given(state=states, policy=policies, visit=visits)
def test_nobody_enters_by_a_dead_link(state, policy, visit):
    outcome = decide_entry(state, policy, ANNA, visit)
    assert (outcome is EntryOutcome.DEAD) == (state is not LinkState.LIVE)


@given(policy=policies, visit=visits)
def test_whoever_enters_has_passed_every_question(policy, visit):
    if decide_entry(LinkState.LIVE, policy, ANNA, visit) is EntryOutcome.ENTERED:
        assert visit.pressed or not policy.wants_press
        assert visit.current_client_id != ANNA
        assert visit.switch or visit.current_client_id is None


@pytest.mark.parametrize("kind", TargetKind)
def test_a_target_has_an_id_unless_it_is_home(kind):
    assert is_complete_target(Target(kind=kind, id=ANNA)) == (kind is not TargetKind.HOME)
    assert is_complete_target(Target(kind=kind)) == (kind is TargetKind.HOME)
