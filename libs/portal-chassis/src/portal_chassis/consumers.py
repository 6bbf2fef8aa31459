"""The queue consumer that all entry points of a service share."""

from __future__ import annotations

from typing import Any

import structlog
from kombu import Connection
from nameko.messaging import QueueConsumer

from portal_chassis.broker import HEARTBEAT_SECONDS, connect
from portal_chassis.wire import SERIALIZER

log = structlog.get_logger(__name__)


class Consumers(QueueConsumer):
    """nameko's queue consumer, with our connection, our serializer and a quiet refusal.

    A message in a foreign format is rejected to the dead-letter exchange (or
    dropped where the queue has none); kombu would log its body.
    """

    connect_max_retries = None

    @property
    def connection(self) -> Connection:
        """A fresh, unopened connection; kombu's mixin opens and replaces it."""
        return connect(self.container.config["AMQP_URI"], heartbeat=HEARTBEAT_SECONDS)

    @property
    def accept(self) -> list[str]:
        """Our serializer alone."""
        return [SERIALIZER]

    @property
    def connected(self) -> bool:
        """Whether consumers have been set up at least once."""
        return bool(self._consumers_ready.ready())

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """Set up consumers after each (re)connection; see nameko."""
        consumers = super().get_consumers(consumer_cls, channel)
        for consumer in consumers:
            consumer.on_decode_error = self._refuse
        return consumers

    def on_connection_error(self, exc: BaseException, interval: float) -> None:
        """Log that the broker is away, without its address: it may hold a password."""
        log.warning("broker_unreachable", error=type(exc).__name__, retry_in_seconds=interval)

    @staticmethod
    def _refuse(message: Any, _error: BaseException) -> None:
        log.error("message_undecodable", message_id=message.properties.get("message_id"))
        message.reject(requeue=False)
