"""Every event and every method there is, in one place, for topology, tests and reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.json import Decoder

from portal_contracts.calls import GATEWAY, Method
from portal_contracts.envelope import EventData
from portal_contracts.forms import events as forms_events
from portal_contracts.forms import rpc as forms_rpc
from portal_contracts.identity_links import events as identity_links_events
from portal_contracts.identity_links import rpc as identity_links_rpc
from portal_contracts.notifications import events as notifications_events
from portal_contracts.notifications import rpc as notifications_rpc
from portal_contracts.scheduling import events as scheduling_events
from portal_contracts.scheduling import rpc as scheduling_rpc

SERVICES: tuple[str, ...] = ("identity_links", "scheduling", "forms", "notifications")
PROCESSES: tuple[str, ...] = (GATEWAY, *SERVICES)

EVENTS: dict[str, type[EventData]] = {
    event.TYPE: event
    for module in (identity_links_events, scheduling_events, forms_events, notifications_events)
    for event in module.EVENTS
}

METHODS: dict[str, Method[Any, Any]] = {
    method.address: method
    for module in (identity_links_rpc, scheduling_rpc, forms_rpc, notifications_rpc)
    for method in module.METHODS
}


def prepare_messages() -> None:
    """Work out how each message of a call is read, before threads do.

    msgspec does so when a struct is first read, step by step, and lets go of the interpreter in
    between: another thread that reads the same struct meanwhile finds it half made, and its
    process ends with a segmentation fault.
    """
    for method in METHODS.values():
        Decoder(method.arguments)
        Decoder(method.result)


def event_exchange(service: str) -> str:
    """Where `service` publishes its events."""
    return f"{service}.events"


def publisher_of(event_type: str) -> str:
    """The service that publishes events of this type."""
    return event_type.split(".", 1)[0]


def call_exchange(service: str) -> str:
    """Where calls to `service` are sent."""
    return f"{service}.calls"


def call_queue(service: str) -> str:
    """Where `service` takes its calls from; also their routing key."""
    return f"rpc-{service}"


def called_by(process: str) -> tuple[str, ...]:
    """The services that `process` calls."""
    called = {method.service for method in METHODS.values() if process in method.callers}
    return tuple(service for service in SERVICES if service in called)


@dataclass(frozen=True)
class Subscription:
    """One queue: `queue` is ``<service>.<handler>``, fed by events of type `event_type`."""

    event_type: str
    queue: str

    @property
    def exchange(self) -> str:
        """The exchange of the service that publishes."""
        return event_exchange(publisher_of(self.event_type))

    @property
    def subscriber(self) -> str:
        """The service that takes it."""
        return self.queue.split(".", 1)[0]


SUBSCRIPTIONS: tuple[Subscription, ...] = tuple(
    Subscription(event_type, queue)
    for event_type, event in EVENTS.items()
    for queue in event.SUBSCRIBERS
)
