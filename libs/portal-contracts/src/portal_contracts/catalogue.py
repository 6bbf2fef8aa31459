"""Every event and every method there is, in one place, for topology, tests and reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal_contracts.calls import Method
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


@dataclass(frozen=True)
class Subscription:
    """One queue: `queue` is ``<service>.<handler>``, fed by events of type `event_type`."""

    event_type: str
    queue: str

    @property
    def exchange(self) -> str:
        """The exchange of the service that publishes: ``<service>.events``."""
        return f"{self.event_type.split('.', 1)[0]}.events"


SUBSCRIPTIONS: tuple[Subscription, ...] = tuple(
    Subscription(event_type, queue)
    for event_type, event in EVENTS.items()
    for queue in event.SUBSCRIBERS
)
