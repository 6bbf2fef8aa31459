"""Messages as they come over a shared connection, put together past py-amqp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amqp.exceptions import UnexpectedFrame
from amqp.method_framing import frame_handler  # type: ignore[attr-defined]

from portal_chassis.broker import frames


class Delivery:
    """A message that came over a shared connection, with what is asked of kombu's.

    Attributes:
        channel: it came by.
        properties: what its sender says of it.
        body: its octets, whatever its sender says they are.
    """

    __slots__ = ("_tag", "body", "channel", "properties")

    def __init__(self, channel: Any, tag: int, properties: dict[str, Any], body: bytes) -> None:
        self.channel = channel
        self.properties = properties
        self.body = body
        self._tag = tag

    @property
    def headers(self) -> dict[str, Any]:
        """What we say of it ourselves."""
        return self.properties.get("application_headers") or {}

    @property
    def content_type(self) -> str | None:
        """What its sender says that the body is."""
        return self.properties.get("content_type")

    def ack(self) -> None:
        """Settle it: done.

        Raises:
            CONNECTION_LOST: the connection is.
        """
        self.channel.connection.frame_writer.send(self.settling)

    def reject(self, *, requeue: bool) -> None:
        """Settle it: give it back, or let it go where its queue sends such.

        Raises:
            CONNECTION_LOST: the connection is.
        """
        self.channel.basic_reject(self._tag, requeue=requeue)

    @property
    def settling(self) -> bytes:
        """What says that it is done, in octets."""
        return frames.ack(self.channel.channel_id, self._tag)


class Reader:
    """Takes frames: messages for consumers it puts together, all else is py-amqp's."""

    def __init__(self, connection: Any, on_method: Callable[..., Any]) -> None:
        self._connection = connection
        self._theirs = frame_handler(connection, on_method)
        self._begun: dict[int, _Begun] = {}

    def __call__(self, frame: frames.Frame) -> bool:
        """Take a frame; whether something was complete with it."""
        kind, number, payload = frame
        begun = self._begun.get(number)
        if begun is None:
            if kind != frames.METHOD or not payload.startswith(frames.DELIVER):
                return bool(self._theirs(frame))
            self._begun[number] = _Begun(payload)
            return False
        self._connection.bytes_recv += 1
        if not begun.take(kind, payload):
            return False
        del self._begun[number]
        self._hand_on(self._connection.channels.get(number), begun)
        return True

    def _hand_on(self, channel: Any, begun: _Begun) -> None:
        if channel is None or channel.is_closing:
            return
        delivery = Delivery(channel, begun.tag, begun.properties, b"".join(begun.pieces))
        consumer = channel.callbacks.get(begun.consumer)
        if consumer is None:
            # Cancelled while it was on its way.
            delivery.reject(requeue=True)
        else:
            consumer(delivery)


class _Begun:
    """A message of which more frames are to come."""

    __slots__ = ("_left", "consumer", "pieces", "properties", "tag")

    def __init__(self, method: bytes) -> None:
        self.consumer, self.tag = frames.delivered(method)
        self.pieces: list[bytes] = []
        self.properties: dict[str, Any] = {}
        self._left = 0

    def take(self, kind: int, payload: bytes) -> bool:
        """The next frame of its channel; whether the message is whole."""
        if kind == frames.HEADER:
            self._left, self.properties = frames.content(payload)
        elif kind == frames.BODY:
            self.pieces.append(payload)
            self._left -= len(payload)
        else:
            raise UnexpectedFrame
        return self._left <= 0
