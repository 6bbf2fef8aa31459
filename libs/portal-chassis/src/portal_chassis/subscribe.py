"""The event entry point: every event through the inbox, acknowledged after the commit.

A service method is::

    @subscribe(PortalLinkShared)
    def on_portal_link_shared(self, event: Event[PortalLinkShared], tx: Transaction) -> None: ...

It runs inside the inbox's transaction and raises to be tried again later.
The method's name is part of the queue's name: frozen once released.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Protocol, cast

import msgspec
import structlog
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from portal_chassis import acknowledgements
from portal_chassis.consumers import Consumers
from portal_chassis.database import Transaction, is_away
from portal_chassis.inbox import Mode, receive
from portal_chassis.topology import event_queue, subscription_for
from portal_contracts.envelope import Event, EventData

log = structlog.get_logger(__name__)

_never = threading.Event()
"""Never set: waiting for it is a pause that lets other greenthreads run."""

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
GIVE_UP_SECONDS = 60.0


class DatabaseAway(Exception):
    """The database did not answer for so long that the process exits to be restarted."""


class Subscribed(Protocol):
    """What `subscribe` makes of a handler."""

    event_class: type[EventData]
    mode: Mode
    handler: Callable[[Any, Event[Any], Transaction], None]


class EventEntrypoint(Entrypoint):
    """Takes one kind of event from this handler's own queue."""

    queue_consumer = Consumers()

    def __init__(self, event_class: type[EventData], **options: Any) -> None:
        self.event_class = event_class
        super().__init__(**options)

    def setup(self) -> None:
        """Declare the queue and consume from it.

        Raises:
            LookupError: the event does not name this handler among its `SUBSCRIBERS`.
        """
        consumer = f"{self.container.service_name}.{self.method_name}"
        self.queue = event_queue(subscription_for(self.event_class.TYPE, consumer))
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        """Stop consuming; workers that run are waited for by the container."""
        self.queue_consumer.unregister_provider(self)

    def handle_message(self, body: bytes, message: Any) -> None:
        """Decode an event and take it in a worker; reject what cannot be decoded."""
        try:
            event = decode_event(body, self.event_class)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            log.error("event_undecodable", message_id=message.properties.get("message_id"))
            message.reject(requeue=False)
            return
        try:
            self.container.spawn_worker(
                self,
                (event,),
                {},
                context_data={"request_id": event.request_id},
                handle_result=partial(self._finish, message),
            )
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def _finish(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is not None:
            # Neither acknowledged nor rejected: the broker gives it to the next process.
            raise exc_info[1]
        self.queue_consumer.ack_message(message)
        return result, None


def decode_event(body: bytes, event_class: type[EventData]) -> Event[Any]:
    """The event in `body`, strictly.

    Raises:
        msgspec.MsgspecError: it is not one of `event_class`.
    """
    return cast("Event[Any]", msgspec.json.decode(body, type=Event[event_class]))  # type: ignore[valid-type]


def subscribe(
    event_class: type[EventData], *, mode: Mode = "every"
) -> Callable[[Callable[[Any, Any, Transaction], None]], Callable[..., Any]]:
    """Subscribe a method of a service class to an event.

    Args:
        event_class: the payload's class.
        mode: ``every`` event is handled; ``latest`` ignores one that is older
            than what was already handled of the same aggregate.
    """

    def decorate(handler: Callable[[Any, Any, Transaction], None]) -> Callable[..., Any]:
        @wraps(handler)
        def take(service: Any, event: Event[Any]) -> None:
            consumer = f"{service.name}.{handler.__name__}"
            _take_patiently(service, consumer, event, partial(handler, service), mode)
            acknowledgements.note(event.id, consumer)

        subscribed = cast("Subscribed", take)
        subscribed.event_class = event_class
        subscribed.mode = mode
        subscribed.handler = handler
        return cast("Callable[..., Any]", EventEntrypoint.decorator(event_class)(take))

    return decorate


def _take_patiently(
    service: Any,
    consumer: str,
    event: Event[Any],
    handler: Callable[[Event[Any], Transaction], None],
    mode: Mode,
) -> None:
    """Take the event; while the database does not answer, wait; in the end give up the process."""
    wait, waited = FIRST_WAIT_SECONDS, 0.0
    while True:
        try:
            receive(service.database, consumer, event, handler, mode=mode, now=service.clock.now())
        except Exception as error:
            if not is_away(error):
                raise
            if waited >= GIVE_UP_SECONDS:
                raise DatabaseAway(consumer) from error
            log.warning("database_away", consumer=consumer, waited_seconds=round(waited, 1))
            _never.wait(wait)
            waited += wait
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        else:
            return


def subscriptions_of(service_cls: type) -> dict[str, Subscribed]:
    """Handler name to what it subscribes to, of all `@subscribe` methods of a service class."""
    return {
        name: cast("Subscribed", member)
        for name, member in vars(service_cls).items()
        if hasattr(member, "event_class") and hasattr(member, "handler")
    }
