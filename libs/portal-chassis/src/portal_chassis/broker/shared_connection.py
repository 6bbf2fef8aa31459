"""A broker connection that one thread reads and any number of threads send on.

py-amqp's own publish reads its socket too, and so must not be used beside a
thread that reads. It opens the connection, knows its channels and speaks all of
the protocol; messages go past it, in and out (`portal_chassis.broker.frames`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from kombu import Connection

from portal_chassis.broker import frames
from portal_chassis.broker.connection import (
    BROKER_ERRORS,
    DRAIN_SECONDS,
    HEARTBEAT_SECONDS,
    MemoryChannel,
    connect,
)
from portal_chassis.broker.deliveries import Delivery, Reader
from portal_chassis.broker.publisher import TRANSIENT
from portal_chassis.broker.wire import CONTENT_TYPE
from portal_chassis.broker.writing import Writer

SOCKET_SECONDS = 2.0
"""How long one read waits, and how long sending may take before the connection counts as lost."""

CONNECTION_LOST: tuple[type[BaseException], ...] = (*BROKER_ERRORS, AttributeError)
"""What using a connection raises that has ended, or is being taken apart by another thread."""


def connect_shared(amqp_uri: str) -> Connection:
    """An open connection that is to be drained, and may be sent on meanwhile.

    Raises:
        BROKER_ERRORS: nobody answers.
    """
    ours = {"frame_handler": Reader, "frame_writer": Writer}
    return connect(amqp_uri, heartbeat=HEARTBEAT_SECONDS, options=ours)


def drain(connection: Connection, ended: Callable[[], bool]) -> None:
    """Deliver what arrives on `connection`, and look after its heartbeat, until it has `ended`.

    Raises:
        BROKER_ERRORS: it is lost.
    """
    read = _reading(connection)
    heartbeat_at = time.monotonic() + DRAIN_SECONDS
    while not ended():
        read()
        if time.monotonic() >= heartbeat_at:
            connection.heartbeat_check()
            heartbeat_at = time.monotonic() + DRAIN_SECONDS


def _reading(connection: Connection) -> Callable[[], None]:
    """What delivers what has arrived, all that is there at once, and waits a while for it."""
    amqp_connection = connection.connection
    writer = getattr(amqp_connection, "frame_writer", None)
    if not isinstance(writer, Writer):
        return lambda: _drained(connection)
    writer.socket.settimeout(SOCKET_SECONDS)
    receive, take = writer.socket.recv, amqp_connection.on_inbound_frame
    rest = b""

    def read() -> None:
        nonlocal rest
        try:
            octets = receive(frames.READ_OCTETS)
        except TimeoutError:
            return
        if not octets:
            raise ConnectionResetError
        rest = frames.split(rest + octets, take)

    return read


def _drained(connection: Connection) -> None:
    with contextlib.suppress(TimeoutError):
        connection.drain_events(timeout=SOCKET_SECONDS)


def send(
    channel: Any,
    body: bytes,
    *,
    to: str,
    exchange: str = "",
    mandatory: bool = False,
    **properties: Any,
) -> None:
    """Send a transient message to a queue, over a channel whose connection another thread reads.

    Args:
        channel: the channel.
        body: in the chassis' own format.
        to: the queue, or its key at `exchange`.
        exchange: what leads there; empty is the broker's own, which leads to every queue.
        mandatory: the broker gives the message back when there is no such queue.
        **properties: of the message; see `frames.transient`.

    Raises:
        CONNECTION_LOST: the connection is.
    """
    if isinstance(channel, MemoryChannel):
        _send_in_memory(channel, body, to, exchange, **properties)
    else:
        connection = channel.connection
        connection.frame_writer.send(
            frames.publish(
                channel.channel_id,
                body,
                frames.transient(CONTENT_TYPE, **properties),
                to=to,
                exchange=exchange,
                mandatory=mandatory,
                longest=connection.frame_max,
            )
        )


def answer(message: Any, body: bytes) -> None:
    """Reply to a call, and settle it, in one piece: a crash before that runs the call again.

    Raises:
        CONNECTION_LOST: the connection is; the broker gives the call out again.
    """
    reply_to = message.properties.get("reply_to")
    correlation_id = message.properties.get("correlation_id")
    if not isinstance(message, Delivery):
        if reply_to:
            send(message.channel, body, to=reply_to, correlation_id=correlation_id)
        message.ack()
    elif reply_to:
        connection = message.channel.connection
        reply = frames.publish(
            message.channel.channel_id,
            body,
            frames.transient(CONTENT_TYPE, correlation_id=correlation_id),
            to=reply_to,
            exchange="",
            mandatory=False,
            longest=connection.frame_max,
        )
        connection.frame_writer.send(reply + message.settling)
    else:
        message.ack()


def hang_up(channel: Any) -> None:
    """Let the thread that reads the connection of `channel` find it lost."""
    with contextlib.suppress(AttributeError):
        channel.connection.frame_writer.hang_up()


def _send_in_memory(channel: Any, body: bytes, to: str, exchange: str, **properties: Any) -> None:
    message = channel.prepare_message(
        body,
        content_type=CONTENT_TYPE,
        content_encoding="utf-8",
        headers=properties.pop("headers", None),
        properties={"delivery_mode": TRANSIENT, **properties},
    )
    channel.basic_publish(message, exchange=exchange, routing_key=to)
