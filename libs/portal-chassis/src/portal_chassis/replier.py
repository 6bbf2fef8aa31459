"""How a service answers its callers."""

from __future__ import annotations

from typing import Any

import structlog
from nameko.extensions import SharedExtension

from portal_chassis.publisher import TRANSIENT, BrokerAway, Publisher

log = structlog.get_logger(__name__)

REPLY_SECONDS = 5.0


class Replier(SharedExtension):
    """Sends replies over one connection: transient, unconfirmed, to the default exchange."""

    def setup(self) -> None:
        """Make the publisher; it connects with the first reply."""
        self.publisher = Publisher(self.container.config["AMQP_URI"], confirms=False)

    def stop(self) -> None:
        """Close the connection."""
        self.publisher.close()

    def reply(self, message: Any, body: bytes) -> None:
        """Answer `message`. When the broker is away the caller's deadline passes: no retry."""
        reply_to = message.properties.get("reply_to")
        if not reply_to:
            return
        try:
            self.publisher.publish(
                body,
                exchange="",
                routing_key=reply_to,
                delivery_mode=TRANSIENT,
                mandatory=False,
                within=REPLY_SECONDS,
                correlation_id=message.properties.get("correlation_id"),
            )
        except BrokerAway:
            log.warning("reply_lost")
