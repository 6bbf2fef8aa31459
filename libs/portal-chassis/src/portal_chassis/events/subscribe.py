"""The event entry point: every event through the inbox, acknowledged after the commit.

A service method is::

    @subscribe(PortalLinkShared)
    def on_portal_link_shared(self, event: Event[PortalLinkShared], tx: Transaction) -> None: ...

It runs inside the inbox's transaction and raises to be tried again later.
The method's name is part of the queue's name: frozen once released.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, cast

import msgspec
import structlog
from eventlet.event import Event as Finished
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from portal_chassis import metrics
from portal_chassis.broker.consumers import Consumers
from portal_chassis.broker.senders import Senders
from portal_chassis.broker.topology import event_queue, subscription_for
from portal_chassis.database.transactions import Transaction, describe_error
from portal_chassis.events import acknowledgements
from portal_chassis.events.inbox import Handler, Mode, Outcome, receive
from portal_chassis.logging import origin
from portal_contracts.catalogue import publisher_of
from portal_contracts.envelope import Event, EventData

log = structlog.get_logger(__name__)

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
GIVE_UP_SECONDS = 60.0

UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
"""What `decode_event` raises."""


class DatabaseAway(Exception):
    """The database did not answer for so long that the process exits to be restarted."""


class EventEntrypoint(Entrypoint):
    """Takes one kind of event from this handler's own queue.

    While the database does not answer, an event waits here, outside the
    workers, neither acknowledged nor rejected: calls are still answered.
    """

    consumers = Consumers()

    def __init__(
        self,
        event_class: type[EventData],
        mode: Mode,
        **options: Any,
    ) -> None:
        self.event_class = event_class
        self.mode: Mode = mode
        self._stopping = threading.Event()
        super().__init__(**options)

    def setup(self) -> None:
        """Consume from the handler's queue.

        Raises:
            LookupError: the event does not name this handler among its `SUBSCRIBERS`.
        """
        self._name = f"{self.container.service_name}.{self.method_name}"
        queue = event_queue(subscription_for(self.event_class.TYPE, self._name))
        self._senders = Senders.by(self.container.config["runtime"].settings)
        # Half of the workers: a backlog of events leaves some for calls.
        prefetch = max(1, self.container.max_workers // 2)
        self.consumers.add(queue, self._take, prefetch=prefetch)

    def stop(self) -> None:
        """Take no more events; workers that run are waited for by the container."""
        self._stopping.set()
        self.consumers.cancel()

    def _take(self, body: bytes, message: Any) -> None:
        """Decode an event and take it in a worker; reject what nobody sent or can decode."""
        if not self._senders.may_publish(message, publisher_of(self.event_class.TYPE)):
            self._reject_forged(message)
            return
        try:
            event = decode_event(body, self.event_class)
        except UNDECODABLE:
            log.error("event_undecodable", message_id=message.properties.get("message_id"))
            self.consumers.reject(message)
            return
        if not event.data.concerns(self._name):
            metrics.EVENTS_HANDLED.labels(self._name, Outcome.NO_CONCERN).inc()
            acknowledgements.note(event.id, self._name)
            self.consumers.ack(message)
            return
        try:
            self._take_patiently(event, message)
        except ContainerBeingKilled:
            self.consumers.requeue(message)

    def _reject_forged(self, message: Any) -> None:
        log.error(
            "event_forged",
            consumer=self._name,
            message_id=message.properties.get("message_id"),
            user=message.properties.get("user_id"),
        )
        metrics.EVENTS_HANDLED.labels(self._name, "forged").inc()
        self.consumers.reject(message)

    def _take_patiently(self, event: Event[Any], message: Any) -> None:
        pause, give_up_at = FIRST_WAIT_SECONDS, math.inf
        while not self._stopping.is_set():
            error = self._attempt(event)
            if error is None:
                self.consumers.ack(message)
                return
            if isinstance(error, (DataError, IntegrityError)):
                self._log("event_unstorable", event, error)
                self.consumers.reject(message)
                return
            if not isinstance(error, SQLAlchemyError):
                raise error
            give_up_at = min(give_up_at, time.monotonic() + GIVE_UP_SECONDS)
            if time.monotonic() >= give_up_at:
                raise DatabaseAway(self._name) from error
            self._log("event_waits_for_the_database", event, error)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_WAIT_SECONDS)
        self.consumers.requeue(message)

    def take_again(self, event: Event[Any], again: Callable[[Handler], Outcome]) -> None:
        """Let `again` run the handler in a worker, for an event that is in the inbox already.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database does not answer, or refuses.
            ContainerBeingKilled: the service is being ended.
        """
        error = self._attempt(event, again)
        if error is not None:
            raise error

    def _attempt(
        self, event: Event[Any], again: Callable[[Handler], Outcome] | None = None
    ) -> Exception | None:
        """Take the event in a worker; the error that kept it out of the inbox, or None."""
        finished: Any = Finished()
        self.container.spawn_worker(
            self,
            (event, again),
            {},
            context_data={
                "request_id": event.request_id,
                "traceparent": event.traceparent,
                "token_id": event.actor.token_id,
            },
            handle_result=partial(_finish, finished),
        )
        return cast("Exception | None", finished.wait())

    def _log(self, what: str, event: Event[Any], error: Exception) -> None:
        log.warning(
            what,
            consumer=self._name,
            event_id=str(event.id),
            error=describe_error(error),
            where=origin(error),
        )


def _finish(finished: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
    finished.send(exc_info[1] if exc_info is not None else None)
    return result, exc_info


def decode_event(body: bytes, event_class: type[EventData]) -> Event[Any]:
    """The event in `body`, strictly.

    Raises:
        msgspec.MsgspecError: it is not one of `event_class`.
    """
    event = msgspec.json.decode(body, type=Event[event_class])  # type: ignore[valid-type]
    if event.type != event_class.TYPE:
        message = f"Expected an event of type {event_class.TYPE}"
        raise msgspec.ValidationError(message)
    return cast("Event[Any]", event)


def subscribe(
    event_class: type[EventData],
    *,
    mode: Mode = "every",
) -> Callable[[Callable[[Any, Any, Transaction], None]], Callable[..., Any]]:
    """Subscribe a method of a service class to an event.

    Args:
        event_class: the payload's class.
        mode: ``every`` event is handled; ``latest`` ignores one that is older
            than what was already handled of the same aggregate.
    """

    def decorate(handler: Callable[[Any, Any, Transaction], None]) -> Callable[..., Any]:
        @wraps(handler)
        def take(
            service: Any, event: Event[Any], again: Callable[[Handler], Outcome] | None = None
        ) -> None:
            consumer = f"{service.name}.{handler.__name__}"
            bound = partial(handler, service)
            if again is not None:
                again(bound)
                return
            receive(service.database, consumer, event, bound, mode=mode, now=service.clock.now())
            acknowledgements.note(event.id, consumer)

        return cast("Callable[..., Any]", EventEntrypoint.decorator(event_class, mode)(take))

    return decorate
