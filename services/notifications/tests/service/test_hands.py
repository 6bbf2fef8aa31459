"""Several mails in hand: a slow server holds up nobody else; a client's keep their order."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from notifications.domain.outcome import ACCEPTED
from notifications.operations.hands import Bounds, Hands
from notifications.operations.mail_routes import MailRoute
from notifications.operations.planning import plan_mails
from notifications.operations.sending import claim_due
from notifications.storage.tables import delivery
from portal_chassis.database.transactions import after_commit
from portal_chassis.ids import new_id
from tests.kit.waiting import eventually

SLOW, QUICK = new_id(), new_id()


class Slow:
    """Takes a letter only when it may go on; says how many wait."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.waiting = 0
        self.taken = []

    def send(self, letter, *, within=None):
        self.waiting += 1
        self.may_go_on.wait(20)
        self.waiting -= 1
        self.taken.append(letter.delivery_id)
        return ACCEPTED


@pytest.fixture
def slow():
    transport = Slow()
    yield transport
    transport.may_go_on.set()


@pytest.fixture
def make_hands(make_sender, slow, outbound):
    made = []

    def make(at_once=4, of_practice=2, look_again=lambda: None):
        def route_of(practice_id):
            return MailRoute(slow if practice_id == SLOW else outbound, "portal@example.org")

        hands = Hands(make_sender(route_of=route_of), Bounds(at_once, of_practice), look_again)
        made.append(hands)
        return hands

    yield make
    slow.may_go_on.set()
    assert all(hands.wait(20) for hands in made)


def send_all(hands):
    while hands.send_due():
        pass


def test_a_slow_server_of_one_practice_holds_up_no_other(
    plan, make_event, make_hands, slow, outbound
):
    for _ in range(5):
        plan(make_event(practice_id=SLOW))
    quick = [plan(make_event(practice_id=QUICK)) for _ in range(3)]
    hands = make_hands()

    def quick_ones_are_out():
        send_all(hands)
        return {letter.delivery_id for letter in outbound.letters} == set(quick)

    eventually(quick_ones_are_out, within=10)
    eventually(lambda: slow.waiting == 2, within=10)


def test_what_was_passed_over_is_looked_for_when_a_hand_is_free(plan, make_event, make_hands, slow):
    planned = [plan(make_event(practice_id=SLOW)) for _ in range(3)]
    looked = threading.Event()
    hands = make_hands(look_again=looked.set)
    send_all(hands)
    eventually(lambda: slow.waiting == 2, within=10)
    send_all(hands)
    assert not looked.is_set()
    slow.may_go_on.set()
    assert looked.wait(10)
    assert hands.wait(10)
    send_all(hands)
    assert hands.wait(10)
    assert sorted(slow.taken) == sorted(planned)


def test_no_more_are_in_hand_than_may_be(plan, make_event, make_hands, slow):
    for _ in range(3):
        plan(make_event(practice_id=SLOW))
    hands = make_hands(at_once=1)
    send_all(hands)
    assert hands.send_due() == 0
    eventually(lambda: slow.waiting == 1, within=10)
    assert not hands.wait(0.05)


def test_a_clients_mails_go_out_one_after_the_other_in_their_order(
    plan, make_event, make_hands, slow, clock
):
    client_id, planned = new_id(), []
    for _ in range(3):
        planned.append(plan(make_event(client_id, practice_id=SLOW)))
        clock.advance(1)
    hands = make_hands(of_practice=4)
    send_all(hands)
    eventually(lambda: slow.waiting == 1, within=10)
    send_all(hands)
    assert slow.waiting == 1
    slow.may_go_on.set()
    for _ in planned:
        assert hands.wait(10)
        send_all(hands)
    assert hands.wait(10)
    assert slow.taken == planned


@pytest.fixture
def plan_by(database, clock):
    """Plans what an event causes while these hands may take it, as the service does."""

    def make(hands, event):
        with database.transaction() as tx:
            planned = plan_mails(
                tx, event, undo=timedelta(0), now=clock.now(), lease_for=hands.lease
            )
            claimed = [one.claimed for one in planned if one.claimed is not None]
            if claimed:
                after_commit(tx, lambda: hands.take(claimed))
        return [one.id for one in planned], len(claimed)

    return make


def test_what_is_planned_while_a_hand_is_free_goes_out_without_being_looked_for(
    plan_by, make_event, make_hands, outbound
):
    hands = make_hands()
    planned, claimed = plan_by(hands, make_event(practice_id=QUICK))
    assert claimed == 1
    assert hands.wait(10)
    assert [letter.delivery_id for letter in outbound.letters] == planned
    assert hands.send_due() == 0
    assert len(outbound.letters) == 1


def test_what_is_planned_never_overtakes_what_is_due(
    plan, plan_by, make_event, make_hands, slow, clock
):
    client_id = new_id()
    hands = make_hands(of_practice=4)
    first = plan(make_event(client_id, practice_id=SLOW))
    clock.advance(1)
    [second], claimed = plan_by(hands, make_event(client_id, practice_id=SLOW))
    assert claimed == 0
    slow.may_go_on.set()
    for _ in range(2):
        send_all(hands)
        assert hands.wait(10)
    assert slow.taken == [first, second]


def test_what_is_planned_waits_for_a_mail_that_the_client_has_in_hand(
    plan_by, make_event, make_hands, slow
):
    client_id = new_id()
    hands = make_hands(of_practice=4)
    [first], claimed = plan_by(hands, make_event(client_id, practice_id=SLOW))
    assert claimed == 1
    [second], claimed = plan_by(hands, make_event(client_id, practice_id=SLOW))
    assert claimed == 0
    slow.may_go_on.set()
    assert hands.wait(10)
    send_all(hands)
    assert hands.wait(10)
    assert slow.taken == [first, second]


@pytest.mark.parametrize("bounds", [{"at_once": 1}, {"of_practice": 1}], ids=["all", "practice"])
def test_what_no_hand_is_free_for_is_looked_for(plan_by, make_event, make_hands, slow, bounds):
    hands = make_hands(**bounds)
    plan_by(hands, make_event(practice_id=SLOW))
    _, claimed = plan_by(hands, make_event(practice_id=SLOW))
    assert claimed == 0


def test_what_was_claimed_and_finds_its_hand_taken_is_given_back(
    database, plan_by, make_event, make_hands, slow, monkeypatch
):
    looked = threading.Event()
    hands = make_hands(at_once=1, look_again=looked.set)
    held = hands.lease(new_id(), SLOW)
    [first], _ = plan_by(hands, make_event(practice_id=SLOW))
    # As if both had been planned at the same moment, by two events.
    monkeypatch.setattr(hands, "lease", lambda _about, _practice_id: held)
    [second], claimed = plan_by(hands, make_event(practice_id=SLOW))
    assert claimed == 1
    with database.transaction() as tx:
        rows = tx.execute(select(delivery.c.id, delivery.c.claimed_by)).all()
    assert {row.id: row.claimed_by is None for row in rows} == {first: False, second: True}
    slow.may_go_on.set()
    assert looked.wait(10)
    assert hands.wait(10)
    send_all(hands)
    assert hands.wait(10)
    assert slow.taken == [first, second]


def test_what_was_rolled_back_is_in_no_hand(database, clock, make_event, make_hands, outbound):
    hands, client_id = make_hands(), new_id()
    event = make_event(client_id, practice_id=QUICK)
    with database.transaction() as tx:
        plan_mails(tx, event, undo=timedelta(0), now=clock.now(), lease_for=hands.lease)
        tx.rollback()
    assert hands.wait(0)
    assert hands.lease(client_id, QUICK) is not None
    assert outbound.letters == []


def test_a_client_whose_mail_came_into_a_hand_meanwhile_gets_no_second_one_beside_it(
    plan_by, make_event, make_hands, slow, monkeypatch
):
    client_id, planned = new_id(), []
    hands = make_hands(of_practice=4)

    def claim_late(sender, **passed_over):
        if not planned:
            for _ in range(2):
                planned.extend(plan_by(hands, make_event(client_id, practice_id=SLOW))[0])
        return claim_due(sender, **passed_over)

    monkeypatch.setattr("notifications.operations.hands.claim_due", claim_late)
    send_all(hands)
    eventually(lambda: slow.waiting == 1, within=10)
    slow.may_go_on.set()
    assert hands.wait(10)
    assert slow.taken == planned[:1]
    send_all(hands)
    assert hands.wait(10)
    assert slow.taken == planned


def test_a_process_that_stops_sees_out_the_mail_that_is_being_sent_and_gives_the_others_back(
    database, clock, make_event, make_hands, slow
):
    hands, claimed = make_hands(), []
    for _ in range(2):
        event = make_event(practice_id=SLOW)
        with database.transaction() as tx:
            [one] = plan_mails(tx, event, undo=timedelta(0), now=clock.now(), lease_for=hands.lease)
        claimed.append(one.claimed)
    first, second = (one.id for one in claimed)
    hands.take(claimed)
    eventually(lambda: slow.waiting == 1, within=10)
    assert not hands.stop(0.05)
    assert hands.lease(new_id(), QUICK) is None
    slow.may_go_on.set()
    assert hands.wait(10)
    assert slow.taken == [first]
    with database.transaction() as tx:
        rows = tx.execute(select(delivery.c.id, delivery.c.claimed_by)).all()
    assert {row.id: row.claimed_by for row in rows} == {first: None, second: None}
    other = make_hands()
    send_all(other)
    assert other.wait(10)
    assert slow.taken == [first, second]
