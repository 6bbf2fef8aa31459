"""What a client may do to an appointment, at the bounds of each rule."""

from datetime import UTC, datetime, timedelta

import pytest

from portal_contracts.scheduling.rpc.appointments import Allowance, Closed
from portal_contracts.scheduling.rpc.services import LateCancel
from scheduling.domain.policy import (
    ClientRules,
    Standing,
    cancelling,
    join_window,
    moving,
)

START = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
BOOKED = START - timedelta(days=7)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
STANDING = Standing(starts_at=START, booked_at=BOOKED)


@pytest.mark.parametrize("act", [cancelling, moving])
def test_notice_binds_one_moment_after_its_bound(act):
    rules = ClientRules(cancel_notice=DAY, move_notice=DAY)
    bound = START - DAY
    assert act(rules, STANDING, now=bound) == Allowance(until=bound)
    assert act(rules, STANDING, now=bound + MOMENT) == Allowance(closed=Closed.NOTICE, until=bound)


@pytest.mark.parametrize("act", [cancelling, moving])
def test_without_notice_a_client_may_until_it_begins(act):
    assert act(ClientRules(), STANDING, now=START) == Allowance(until=START)
    assert act(ClientRules(), STANDING, now=START + MOMENT) == Allowance(closed=Closed.OVER)


def test_each_switch_closes_its_own_act_alone():
    no_cancel, no_move = ClientRules(may_cancel=False), ClientRules(may_move=False)
    assert cancelling(no_cancel, STANDING, now=BOOKED).closed is Closed.SWITCHED_OFF
    assert moving(no_cancel, STANDING, now=BOOKED).closed is None
    assert moving(no_move, STANDING, now=BOOKED).closed is Closed.SWITCHED_OFF
    assert cancelling(no_move, STANDING, now=BOOKED).closed is None


@pytest.mark.parametrize("act", [cancelling, moving])
def test_grace_does_not_open_what_is_switched_off(act):
    rules = ClientRules(may_cancel=False, may_move=False, grace=DAY)
    assert act(rules, STANDING, now=BOOKED).closed is Closed.SWITCHED_OFF


def test_late_cancelling_that_is_flagged_is_let_and_counts_as_late():
    rules = ClientRules(cancel_notice=DAY, late_cancel=LateCancel.FLAGGED)
    bound = START - DAY
    in_time = Allowance(until=START, free_until=bound)
    assert cancelling(rules, STANDING, now=bound) == in_time
    late = cancelling(rules, STANDING, now=bound + MOMENT)
    assert late == Allowance(until=START, free_until=bound, late=True)


@pytest.mark.parametrize("late_cancel", list(LateCancel))
@pytest.mark.parametrize("act", [cancelling, moving])
def test_inside_grace_a_client_may_although_notice_has_passed_and_it_is_not_late(act, late_cancel):
    rules = ClientRules(
        cancel_notice=DAY, move_notice=DAY, late_cancel=late_cancel, grace=timedelta(minutes=15)
    )
    standing = Standing(starts_at=START, booked_at=START - timedelta(hours=2))
    bound = standing.booked_at + rules.grace
    inside = act(rules, standing, now=bound)
    assert (inside.closed, inside.late) == (None, False)
    after = act(rules, standing, now=bound + MOMENT)
    flagged = act is cancelling and late_cancel is LateCancel.FLAGGED
    assert after.late if flagged else after.closed is Closed.NOTICE


@pytest.mark.parametrize("act", [cancelling, moving])
def test_no_bound_is_told_that_was_over_before_it_was_booked(act):
    rules = ClientRules(cancel_notice=DAY, move_notice=DAY)
    soon = Standing(starts_at=START, booked_at=START - timedelta(hours=2))
    assert act(rules, soon, now=START - timedelta(hours=1)) == Allowance(closed=Closed.NOTICE)


def test_late_cancelling_was_never_free_where_it_was_booked_within_the_notice():
    rules = ClientRules(cancel_notice=DAY, late_cancel=LateCancel.FLAGGED)
    soon = Standing(starts_at=START, booked_at=START - timedelta(hours=2))
    assert cancelling(rules, soon, now=soon.booked_at) == Allowance(until=START, late=True)


@pytest.mark.parametrize("act", [cancelling, moving])
def test_grace_ends_with_the_start(act):
    rules = ClientRules(cancel_notice=DAY, move_notice=DAY, grace=DAY)
    standing = Standing(starts_at=START, booked_at=START - timedelta(hours=2))
    assert act(rules, standing, now=START) == Allowance(until=START)
    assert act(rules, standing, now=START + MOMENT).closed is Closed.OVER


def test_after_the_last_move_a_client_moves_no_more_but_in_grace():
    rules = ClientRules(max_moves=1, grace=timedelta(minutes=15))
    moved = Standing(starts_at=START, booked_at=BOOKED, moves=1)
    bound = BOOKED + rules.grace
    assert moving(rules, moved, now=bound) == Allowance(until=bound)
    assert moving(rules, moved, now=bound + MOMENT) == Allowance(closed=Closed.MAX_MOVES)
    assert moving(rules, STANDING, now=bound + MOMENT).closed is None
    assert cancelling(rules, moved, now=bound + MOMENT).closed is None


def test_no_moves_at_all_without_grace():
    rules = ClientRules(max_moves=0)
    assert moving(rules, STANDING, now=BOOKED) == Allowance(closed=Closed.MAX_MOVES)


@pytest.mark.parametrize("act", [cancelling, moving])
def test_what_was_cancelled_is_over(act):
    standing = Standing(starts_at=START, booked_at=BOOKED, live=False)
    assert act(ClientRules(), standing, now=BOOKED) == Allowance(closed=Closed.OVER)


def test_join_is_open_from_ten_minutes_before_until_half_an_hour_after():
    end = START + timedelta(minutes=50)
    assert join_window(START, end) == (
        START - timedelta(minutes=10),
        end + timedelta(minutes=30),
    )
