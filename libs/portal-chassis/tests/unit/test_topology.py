"""Queues and exchanges, as they are declared."""

import pytest

from portal_chassis.broker import topology
from portal_contracts.catalogue import SUBSCRIPTIONS


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS, ids=lambda one: one.queue)
def test_event_queues_keep_what_they_hold_and_part_with_poison(subscription):
    queue = topology.event_queue(subscription)
    assert queue.name == subscription.queue
    assert queue.durable
    assert queue.exchange.name == subscription.exchange
    assert queue.routing_key == subscription.event_type
    assert queue.queue_arguments == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 20,
        "x-dead-letter-exchange": "dead-letters",
    }


def test_bodies_of_calls_never_reach_the_dead_letters():
    assert topology.rpc_queue("toy").queue_arguments == {"x-expires": 5_000}


def test_a_handler_that_no_event_names_is_told():
    assert topology.subscription_for(SUBSCRIPTIONS[0].event_type, SUBSCRIPTIONS[0].queue)
    with pytest.raises(LookupError, match=r"does not name toy.on_it among its SUBSCRIBERS"):
        topology.subscription_for(SUBSCRIPTIONS[0].event_type, "toy.on_it")
