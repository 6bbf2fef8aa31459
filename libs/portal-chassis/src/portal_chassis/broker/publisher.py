"""Publishing: confirmed and mandatory where the broker can, one connection per publisher.

py-amqp's publish also reads its socket, so a publisher's connection is never
drained by anyone else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from amqp.exceptions import ChannelError, MessageNacked
from amqp.spec import Basic
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

LATE_SECONDS = 0.001
"""In which a late confirmation must be there; no timeout at all would wait for ever."""

R = TypeVar("R")


class Unroutable(Exception):
    """No queue takes this message: the broker gave it back, or there is no such exchange."""


class BrokerAway(Exception):
    """The broker does not answer."""


@dataclass(frozen=True)
class Outgoing:
    """A persistent message that some queue must take.

    Attributes:
        body: what is sent.
        exchange: where to.
        routing_key: by which it is led on there.
        message_id: its own.
    """

    body: bytes = field(repr=False)
    exchange: str
    routing_key: str
    message_id: str


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
        self._returned: set[str] = set()
        self._sent = 0
        """On this channel, which is how the broker counts what it confirms."""

        self._unconfirmed: dict[int, str] = {}
        self._confirmed: set[str] = set()

    def publish_outgoing(self, message: Outgoing) -> None:
        """Publish one message; see `publish`."""
        self.publish(
            message.body,
            exchange=message.exchange,
            routing_key=message.routing_key,
            delivery_mode=PERSISTENT,
            message_id=message.message_id,
        )

    def publish_together(
        self, messages: Sequence[Outgoing], *, within: float = PUBLISH_SECONDS
    ) -> Collection[str]:
        """Publish several messages before the first is confirmed, `within` seconds.

        Not on the in-memory broker, which confirms nothing.

        Returns:
            The ids of those that the broker has confirmed and a queue has taken. What became of
            the others it does not say: whoever publishes each by itself is told.

        Raises:
            BrokerAway: see `publish`; some may have been taken.
        """
        return self._patiently(partial(self._publish_together, messages), within)

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
        message = {
            "exchange": exchange,
            "routing_key": routing_key,
            "delivery_mode": delivery_mode,
            "mandatory": mandatory,
            **properties,
        }
        self._patiently(partial(self._publish, body, message), within)

    def close(self) -> None:
        """Close the connection; a later publish opens a new one."""
        with self._lock:
            connection, self._connection, self._producer = self._connection, None, None
            if connection is not None:
                disconnect(connection)

    def _patiently(self, publish: Callable[[Producer, float], R], within: float) -> R:
        """Let `publish` use the connection, and once more a new one if the kept one is broken."""
        until = time.monotonic() + within
        if not self._lock.acquire(timeout=within):
            raise BrokerAway("busy")
        try:
            kept = self._producer is not None
            try:
                return self._once(publish, until)
            except BrokerAway:
                if not kept:
                    raise
                # A kept connection may have ended unnoticed: while it is idle nobody reads it.
                return self._once(publish, until)
        finally:
            self._lock.release()

    def _once(self, publish: Callable[[Producer, float], R], until: float) -> R:
        left = until - time.monotonic()
        if left <= 0:
            raise BrokerAway("late")
        producer = self._producer or self._open(left)
        self._returned.clear()
        try:
            return publish(producer, until - time.monotonic())
        except MessageNacked as error:
            raise BrokerAway("refused") from error
        except ChannelError as error:
            self._drop()
            raise Unroutable(type(error).__name__) from error
        except BROKER_ERRORS as error:
            self._drop()
            raise BrokerAway(type(error).__name__) from error
        except Unroutable:
            raise
        except BaseException:
            # Killed while it waited: the next confirmation to arrive would be this message's.
            self._drop()
            raise

    def _publish(
        self, body: bytes, message: dict[str, Any], producer: Producer, left: float
    ) -> None:
        self._sent += 1
        producer.publish(
            body,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            user_id=self._user,
            retry=False,
            timeout=left,
            confirm_timeout=left,
            **message,
        )
        if self._returned:
            raise Unroutable(message["routing_key"])

    def _publish_together(
        self, messages: Sequence[Outgoing], producer: Producer, left: float
    ) -> Collection[str]:
        channel: Any = producer.channel
        connection, until = channel.connection, time.monotonic() + left
        self._confirmed.clear()
        self._unconfirmed = {
            tag: one.message_id for tag, one in enumerate(messages, start=self._sent + 1)
        }
        self._sent += len(messages)
        try:
            with connection.transport.having_timeout(left):
                for one in messages:
                    where = 0, one.exchange, one.routing_key, True, False
                    channel.send_method(Basic.Publish, "Bssbb", where, self._prepared(one, channel))
            while self._unconfirmed:
                connection.drain_events(timeout=max(0.0, until - time.monotonic()) or LATE_SECONDS)
        except ChannelError:
            # One of them, and nobody knows which: the others suffer with it.
            self._drop()
        return self._confirmed - self._returned

    def _prepared(self, one: Outgoing, channel: Any) -> Any:
        properties = {
            "delivery_mode": PERSISTENT,
            "message_id": one.message_id,
            "user_id": self._user,
        }
        return channel.prepare_message(
            one.body, content_type=CONTENT_TYPE, content_encoding="utf-8", properties=properties
        )

    def _open(self, within: float) -> Producer:
        try:
            self._connection = connect(
                self._amqp_uri,
                confirms=True,
                within=min(within, CONNECT_TIMEOUT_SECONDS),
            )
            channel: Any = self._connection.channel()
            self._user = user_of(self._connection)
            self._sent = 0
            if self._user is not None:
                channel.confirm_select()
                channel.events["basic_ack"].add(partial(self._settle, confirmed=True))
                channel.events["basic_nack"].add(partial(self._settle, confirmed=False))
        except BROKER_ERRORS as error:
            self._drop()
            raise BrokerAway(type(error).__name__) from error
        self._producer = Producer(channel, auto_declare=False, on_return=self._on_return)
        return self._producer

    def _on_return(self, _reason: Any, _exchange: str, _routing_key: str, message: Any) -> None:
        self._returned.add(str(message.properties.get("message_id")))

    def _settle(self, tag: int, multiple: bool, *, confirmed: bool) -> None:  # noqa: FBT001 - py-amqp's
        for one in [tag] if not multiple else [one for one in self._unconfirmed if one <= tag]:
            message_id = self._unconfirmed.pop(one, None)
            if confirmed and message_id is not None:
                self._confirmed.add(message_id)

    def _drop(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            # Closing politely would wait for an answer from a connection that is broken.
            connection.collect()
