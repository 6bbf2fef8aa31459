"""Publishing: confirmed and mandatory where the broker can, one connection per publisher.

py-amqp's publish also reads its socket, so a publisher's connection is never
drained by anyone else.
"""

from __future__ import annotations

import threading
from typing import Any

from kombu import Connection, Producer

from portal_chassis.broker import connect, recoverable_errors
from portal_chassis.wire import CONTENT_TYPE

TRANSIENT = 1
PERSISTENT = 2
CONFIRM_TIMEOUT_SECONDS = 4.0


class Unroutable(Exception):
    """No queue takes this message: the broker gave it back."""


class BrokerAway(Exception):
    """The broker does not answer."""


class Publisher:
    """Publishes bytes over a connection of its own; safe to share between threads.

    Args:
        amqp_uri: the broker.
        confirms: wait until the broker has the message. Needed to notice
            that it is unroutable, or that the connection was dead.
    """

    def __init__(self, amqp_uri: str, *, confirms: bool = True) -> None:
        self._amqp_uri = amqp_uri
        self._confirms = confirms
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._producer: Producer | None = None
        self._returned = False

    def publish(
        self,
        body: bytes,
        *,
        exchange: str,
        routing_key: str,
        delivery_mode: int,
        mandatory: bool = True,
        headers: dict[str, Any] | None = None,
        **properties: Any,
    ) -> None:
        """Publish `body`; on a broken connection once more over a fresh one.

        Raises:
            Unroutable: mandatory and confirmed, and no queue takes it.
            BrokerAway: the broker cannot be reached, or does not confirm.
        """
        with self._lock:
            for last in (False, True):
                producer = self._open()
                self._returned = False
                try:
                    producer.publish(
                        body,
                        exchange=exchange,
                        routing_key=routing_key,
                        content_type=CONTENT_TYPE,
                        content_encoding="utf-8",
                        delivery_mode=delivery_mode,
                        mandatory=mandatory,
                        headers=headers or {},
                        retry=False,
                        confirm_timeout=CONFIRM_TIMEOUT_SECONDS,
                        **properties,
                    )
                except recoverable_errors(self._open_connection()) as error:
                    self._drop()
                    if last:
                        raise BrokerAway(type(error).__name__) from error
                else:
                    break
            if self._returned:
                raise Unroutable(routing_key)

    def close(self) -> None:
        """Close the connection; a later publish opens a new one."""
        with self._lock:
            if self._connection is not None:
                self._connection.release()
            self._connection = self._producer = None

    def _open(self) -> Producer:
        if self._producer is None:
            connection = self._open_connection()
            try:
                channel = connection.channel()
            except recoverable_errors(connection) as error:
                self._drop()
                raise BrokerAway(type(error).__name__) from error
            self._producer = Producer(channel, auto_declare=False, on_return=self._on_return)
        return self._producer

    def _open_connection(self) -> Connection:
        if self._connection is None:
            self._connection = connect(self._amqp_uri, confirms=self._confirms)
        return self._connection

    def _on_return(self, *_details: Any) -> None:
        self._returned = True

    def _drop(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            # Closing politely would wait for an answer from a connection that is broken.
            connection.collect()
