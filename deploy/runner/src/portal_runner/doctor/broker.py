"""The broker, its queues, and who takes from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kombu import Connection

from portal_chassis.broker import topology
from portal_chassis.broker.connection import BROKER_ERRORS, connect
from portal_contracts.catalogue import SERVICES, SUBSCRIPTIONS
from portal_contracts.queues import subscriber_of, withdrawn_queues
from portal_runner.doctor.finding import Finding, note, ok, trouble
from portal_runner.doctor.target import Target

OLDEST_RABBITMQ = (3, 10)


def check_broker(target: Target) -> Iterator[Finding]:
    """The broker and each of its queues."""
    if target.amqp_uri is None:
        yield note("broker", "Inside the portal's process, or not running: nothing to look at.")
        return
    try:
        with connect(target.amqp_uri) as connection:
            yield _check_version(connection)
            for queue in [one.queue for one in SUBSCRIPTIONS] + [topology.DEAD_LETTERS]:
                yield _check_queue(target, connection, queue)
            for queue in withdrawn_queues():
                yield from _check_withdrawn(target, connection, queue)
            for service in SERVICES:
                yield _check_calls(connection, service)
    except BROKER_ERRORS as error:
        yield trouble(
            "broker",
            f"It does not answer ({type(error).__name__}).",
            "Start RabbitMQ, and check PORTAL_AMQP_URI.",
        )


def _check_version(connection: Connection) -> Finding:
    told: dict[str, Any] = getattr(connection.connection, "server_properties", {})
    product, version = told.get("product", "a broker"), str(told.get("version", "unknown"))
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if product == "RabbitMQ" and numbers and numbers < OLDEST_RABBITMQ:
        oldest = ".".join(map(str, OLDEST_RABBITMQ))
        return trouble("broker", f"RabbitMQ {version} is too old.", f"Use {oldest} or newer.")
    return ok("broker", f"{product} {version}")


def queue_depth(connection: Connection, queue: str) -> tuple[int, int] | None:
    """How many messages wait in a queue and how many take from it; None where there is none."""
    channel = connection.channel()
    try:
        found: Any = channel.queue_declare(queue, passive=True)
    except connection.channel_errors:
        return None
    channel.close()
    return found.message_count, found.consumer_count


def _check_queue(target: Target, connection: Connection, queue: str) -> Finding:
    depth = queue_depth(connection, queue)
    if depth is None:
        return trouble(f"queue {queue}", "It is not there.", f"Run: {target.command('topology')}")
    waiting, consumers = depth
    if queue == topology.DEAD_LETTERS:
        if waiting:
            return trouble(
                f"queue {queue}",
                f"{waiting} message(s) could not be decoded, or their sender not believed.",
                "Find out who publishes them (`event_undecodable` and `event_forged` in the "
                "services' logs); then purge the queue with rabbitmqctl.",
            )
    elif consumers == 0:
        service = subscriber_of(queue).replace("_", "-")
        return trouble(
            f"queue {queue}", f"Nobody takes from it; {waiting} wait.", f"Start {service}."
        )
    return ok(f"queue {queue}", f"{waiting} waiting")


def _check_withdrawn(target: Target, connection: Connection, queue: str) -> Iterator[Finding]:
    depth = queue_depth(connection, queue)
    if depth is None:
        return
    waiting, consumers = depth
    if consumers:
        yield note(
            f"queue {queue}",
            f"Only an older release has it, and {consumers} of its processes take from it; "
            f"{waiting} wait.",
            "Bring in the new release everywhere, then ask again.",
        )
        return
    yield trouble(
        f"queue {queue}",
        f"This release does not take from it any more, and nobody else does; {waiting} wait, and "
        "what it was declared for goes on into it.",
        f"Where no older release runs any more, see what it holds: "
        f"{target.command('remove-queue', queue)}",
    )


def _check_calls(connection: Connection, service: str) -> Finding:
    queue = topology.rpc_queue(service).name
    depth = queue_depth(connection, queue)
    if depth is None or depth[1] == 0:
        return trouble(
            f"queue {queue}",
            f"Nobody answers calls to {service}.",
            f"Start {service.replace('_', '-')}, and look into its log if it does not stay.",
        )
    return ok(f"queue {queue}", f"{depth[0]} waiting, {depth[1]} answer")
