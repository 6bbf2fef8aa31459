"""The broker's exchanges and queues: declared before anything is published.

| name | what |
|---|---|
| ``<service>.events`` | topic exchange of the service's events |
| ``<service>.<handler>`` | quorum queue of one subscriber, with a delivery limit |
| ``dead-letters`` | fanout exchange and quorum queue for what cannot be decoded |
| ``<service>.calls`` | direct exchange of the calls to a service |
| ``rpc-<service>`` | these calls; no dead letters, gone when unused for a while |

A service declares the queue of its calls and nothing else. That queue expires when its
last consumer has been away for `RPC_QUEUE_EXPIRES_MS`: a restart goes unnoticed, and
after that a call to a missing service is given back at once instead of waiting for its
deadline.
"""

from __future__ import annotations

from typing import Any

from kombu import Exchange, Queue

from portal_chassis.broker.connection import connect
from portal_contracts import catalogue as names
from portal_contracts.broker_accounts import permissions
from portal_contracts.catalogue import SERVICES, SUBSCRIPTIONS, Subscription

DEAD_LETTERS = "dead-letters"
DEAD_LETTERS_KEPT = 100_000
DELIVERY_LIMIT = 20
RPC_QUEUE_EXPIRES_MS = 5_000

_QUORUM = {"x-queue-type": "quorum"}


def event_exchange(service: str) -> Exchange:
    """The exchange of `service`'s events."""
    return Exchange(names.event_exchange(service), type="topic", durable=True)


def call_exchange(service: str) -> Exchange:
    """The exchange of calls to `service`."""
    return Exchange(names.call_exchange(service), type="direct", durable=True)


def event_queue(subscription: Subscription) -> Queue:
    """The queue of one subscriber."""
    return Queue(
        subscription.queue,
        exchange=Exchange(subscription.exchange, type="topic", durable=True),
        routing_key=subscription.event_type,
        durable=True,
        queue_arguments={
            **_QUORUM,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_LETTERS,
        },
    )


def dead_letter_queue() -> Queue:
    """Where messages go that nobody can decode."""
    return Queue(
        DEAD_LETTERS,
        exchange=Exchange(DEAD_LETTERS, type="fanout", durable=True),
        routing_key="",
        durable=True,
        queue_arguments=_QUORUM,
    )


def rpc_queue(service: str) -> Queue:
    """The queue of calls to `service`."""
    return Queue(
        names.call_queue(service),
        exchange=call_exchange(service),
        routing_key=names.call_queue(service),
        durable=True,
        queue_arguments={"x-expires": RPC_QUEUE_EXPIRES_MS},
    )


def subscription_for(event_type: str, queue: str) -> Subscription:
    """The catalogue's entry for a handler.

    Raises:
        LookupError: the event does not name the handler among its `SUBSCRIBERS`.
    """
    for subscription in SUBSCRIPTIONS:
        if subscription.event_type == event_type and subscription.queue == queue:
            return subscription
    message = f"{event_type} does not name {queue} among its SUBSCRIBERS"
    raise LookupError(message)


def queues() -> list[Queue]:
    """Every queue that outlives its consumers."""
    return [dead_letter_queue(), *(event_queue(one) for one in SUBSCRIPTIONS)]


def exchanges() -> list[Exchange]:
    """Every exchange: of the events and the calls of each service, and of dead letters."""
    found = [dead_letter_queue().exchange]
    for service in SERVICES:
        found += [event_exchange(service), call_exchange(service)]
    return sorted(found, key=lambda exchange: exchange.name)


def declare(amqp_uri: str) -> list[str]:
    """Declare every exchange and event queue; harmless to repeat.

    Returns:
        The names of the queues.
    """
    with connect(amqp_uri) as connection:
        channel = connection.channel()
        for exchange in exchanges():
            exchange(channel).declare()
        for queue in queues():
            queue(channel).declare()
    return [queue.name for queue in queues()]


def definitions(virtual_host: str) -> dict[str, Any]:
    """The same as RabbitMQ's definitions, which a node loads when it starts.

    With the rights of the processes' users, who must be there before: their passwords
    are elsewhere. And with a bound: dead letters must not fill the disk, whatever sends
    them.
    """
    here = {"vhost": virtual_host}
    lasting = {"durable": True, "auto_delete": False}
    bound = {"max-length": DEAD_LETTERS_KEPT, "overflow": "drop-head"}
    policy = {"name": DEAD_LETTERS, "pattern": f"^{DEAD_LETTERS}$", "apply-to": "queues"}
    return {
        "vhosts": [{"name": virtual_host}],
        "permissions": permissions(virtual_host),
        "policies": [policy | here | {"priority": 0, "definition": bound}],
        "exchanges": [
            {"name": one.name, "type": one.type, "internal": False, "arguments": {}}
            | here
            | lasting
            for one in exchanges()
        ],
        "queues": [
            {"name": one.name, "arguments": one.queue_arguments} | here | lasting
            for one in queues()
        ],
        "bindings": [
            {"source": one.exchange.name, "destination": one.name, "destination_type": "queue"}
            | here
            | {"routing_key": one.routing_key, "arguments": {}}
            for one in queues()
        ],
    }
