"""Publishing: confirmed and mandatory where the broker can, one connection per publisher.

py-amqp's publish also reads its socket, so a publisher's connection is never
drained by anyone else.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from amqp.exceptions import ChannelError, MessageNacked
from kombu import Connection, Producer

from portal_chassis.broker.connection import (
    BROKER_ERRORS,
    CONNECT_TIMEOUT_SECONDS,
    connect,
    disconnect,
    user_of,
)
from portal_chassis.broker.wire import CONTENT_TYPE

TRANSIENT = 1
PERSISTENT = 2
PUBLISH_SECONDS = 5.0
"""How long a publish may take, where its caller names no time."""


class Unroutable(Exception):
    """No queue takes this message: the broker gave it back, or there is no such exchange."""


class BrokerAway(Exception):
    """The broker does not answer."""


class Publisher:
    """Publishes bytes over a connection of its own; safe to share between threads.

    Args:
        amqp_uri: the broker.
    """

    def __init__(self, amqp_uri: str) -> None:
        self._amqp_uri = amqp_uri
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._producer: Producer | None = None
        self._user: str | None = None
        self._returned = False

    def publish(
        self,
        body: bytes,
        *,
        exchange: str,
        routing_key: str,
        delivery_mode: int,
        mandatory: bool = True,
        within: float = PUBLISH_SECONDS,
        **properties: Any,
    ) -> None:
        """Publish `body`, `within` seconds; over a fresh connection if the kept one is broken.

        Raises:
            Unroutable: mandatory and confirmed, and no queue takes it.
            BrokerAway: the broker cannot be reached, or does not confirm in time.
        """
        until = time.monotonic() + within
        message = {
            "exchange": exchange,
            "routing_key": routing_key,
            "delivery_mode": delivery_mode,
            "mandatory": mandatory,
            **properties,
        }
        if not self._lock.acquire(timeout=within):
            raise BrokerAway("busy")
        try:
            kept = self._producer is not None
            try:
                self._publish(body, message, until)
            except BrokerAway:
                if not kept:
                    raise
                # A kept connection may have ended unnoticed: while it is idle nobody reads it.
                self._publish(body, message, until)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection; a later publish opens a new one."""
        with self._lock:
            connection, self._connection, self._producer = self._connection, None, None
            if connection is not None:
                disconnect(connection)

    def _publish(self, body: bytes, message: dict[str, Any], until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise BrokerAway("late")
        producer = self._producer or self._open(left)
        self._returned = False
        message["user_id"] = self._user
        try:
            producer.publish(
                body,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                retry=False,
                timeout=left,
                confirm_timeout=left,
                **message,
            )
        except MessageNacked as error:
            raise BrokerAway("refused") from error
        except ChannelError as error:
            self._drop()
            raise Unroutable(type(error).__name__) from error
        except BROKER_ERRORS as error:
            self._drop()
            raise BrokerAway(type(error).__name__) from error
        except BaseException:
            # Killed while it waited: the next confirmation to arrive would be this message's.
            self._drop()
            raise
        if self._returned:
            raise Unroutable(message["routing_key"])

    def _open(self, within: float) -> Producer:
        try:
            self._connection = connect(
                self._amqp_uri,
                confirms=True,
                within=min(within, CONNECT_TIMEOUT_SECONDS),
            )
            channel = self._connection.channel()
            self._user = user_of(self._connection)
        except BROKER_ERRORS as error:
            self._drop()
            raise BrokerAway(type(error).__name__) from error
        self._producer = Producer(channel, auto_declare=False, on_return=self._on_return)
        return self._producer

    def _on_return(self, *_details: Any) -> None:
        self._returned = True

    def _drop(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            # Closing politely would wait for an answer from a connection that is broken.
            connection.collect()
