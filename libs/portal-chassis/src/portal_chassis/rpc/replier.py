"""How a service answers its callers."""

from __future__ import annotations

from typing import Any

import structlog
from nameko.extensions import SharedExtension

from portal_chassis.broker.shared_connection import CONNECTION_LOST, send

log = structlog.get_logger(__name__)


class Replier(SharedExtension):
    """Sends replies over the connection that their calls came by: transient, unconfirmed."""

    def reply(self, message: Any, body: bytes) -> None:
        """Answer `message`.

        Where its connection is lost there is nothing to retry: the broker gives
        the call out again, because it is not acknowledged.
        """
        reply_to = message.properties.get("reply_to")
        if not reply_to:
            return
        correlation_id = message.properties.get("correlation_id")
        try:
            send(message.channel, body, to=reply_to, correlation_id=correlation_id)
        except CONNECTION_LOST:
            log.warning("reply_lost")
