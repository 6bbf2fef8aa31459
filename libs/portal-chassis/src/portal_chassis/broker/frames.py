"""What a call needs of AMQP, in octets: a message sent, a message taken, an acknowledgement.

py-amqp can do all of this; these few run for every call, and cost a third this way
(bench/LIBERTIES.md). Everything else of the protocol stays py-amqp's.

Source: AMQP 0-9-1 specification, sections 4.2.3 (frames), 4.2.5 (fields), 4.2.6 (content);
the types of a table's fields as RabbitMQ reads them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

from amqp.exceptions import AMQPError, UnexpectedFrame
from amqp.serialization import decode_properties_basic  # type: ignore[import-untyped]

METHOD, HEADER, BODY = 1, 2, 3
PUBLISH, DELIVER, ACK = (struct.pack(">HH", 60, method) for method in (40, 60, 80))
READ_OCTETS = 65_536

Frame = tuple[int, int, bytes]
"""Its kind, its channel, what is in it."""

_RESERVED = b"\0\0"
_START = struct.Struct(">BHI")
_CONTENT = struct.Struct(">HHQ")
_SIZE = struct.Struct(">Q")
_FLAGS = struct.Struct(">H")
_NUMBER = struct.Struct(">cq")
_END = 0xCE
_AROUND = 8
_TRANSIENT = b"\x01"
_TYPE, _HEADERS, _MODE, _CORRELATION, _REPLY_TO, _EXPIRATION, _USER = (
    1 << bit for bit in (15, 13, 12, 10, 9, 8, 4)
)

UNREADABLE = (AMQPError, ArithmeticError, LookupError, RecursionError, ValueError, struct.error)
"""What reading the properties of a message raises that says of itself what is not so."""


def split(octets: bytes, take: Callable[[Frame], object]) -> bytes:
    """Hand each whole frame in `octets` to `take`, in their order.

    Returns:
        What is left: the beginning of a frame whose rest is still to come.

    Raises:
        UnexpectedFrame: what the broker sends is no frame.
    """
    at, there = 0, len(octets)
    while there - at >= _AROUND:
        kind, channel, size = _START.unpack_from(octets, at)
        begin = at + _AROUND - 1
        end = begin + size
        if end >= there:
            break
        if octets[end] != _END:
            raise UnexpectedFrame
        take((kind, channel, octets[begin:end]))
        at = end + 1
    return octets[at:]


def delivered(method: bytes) -> tuple[str, int]:
    """To which consumer a message is delivered, and by which tag it is settled.

    Args:
        method: what is in the frame of a `DELIVER`.
    """
    end = 5 + method[4]
    [tag] = _SIZE.unpack_from(method, end)
    return method[5:end].decode(), tag


def content(header: bytes) -> tuple[int, dict[str, Any]]:
    """How many octets the body of a message has, and its properties; none where they are broken.

    Whoever takes the message sees that it is none of ours. Were this an error, the connection
    would end with it, and the broker hand out the message for ever.
    """
    [size] = _SIZE.unpack_from(header, 4)
    try:
        properties, _end = decode_properties_basic(header, 12)
    except UNREADABLE:
        properties = {}
    return size, properties


def ack(channel: int, tag: int) -> bytes:
    """Settle one message: done."""
    return _frame(METHOD, channel, ACK + _SIZE.pack(tag) + b"\0")


def publish(
    channel: int,
    body: bytes,
    properties: bytes,
    *,
    to: str,
    exchange: str,
    mandatory: bool,
    longest: int,
) -> bytes:
    """Send a message.

    Args:
        channel: its number.
        body: of any length.
        properties: as `transient` makes them.
        to: the key at the exchange.
        exchange: its name.
        mandatory: give it back when no queue takes it.
        longest: how long a frame may be for the broker, all of it.

    Raises:
        ValueError: a name has more than 255 octets.
    """
    method = PUBLISH + _RESERVED + _short(exchange) + _short(to) + (b"\1" if mandatory else b"\0")
    frames = [
        _frame(METHOD, channel, method),
        _frame(HEADER, channel, _CONTENT.pack(60, 0, len(body)) + properties),
    ]
    room = longest - _AROUND
    frames += [
        _frame(BODY, channel, body[begin : begin + room]) for begin in range(0, len(body), room)
    ]
    return b"".join(frames)


def transient(
    content_type: str,
    *,
    correlation_id: str | None = None,
    headers: Mapping[str, str | int] | None = None,
    reply_to: str | None = None,
    expiration: str | None = None,
    user_id: str | None = None,
) -> bytes:
    """The properties of a message that need not outlive the broker; what is empty is left out.

    Raises:
        ValueError: one has more than 255 octets.
    """
    flags = _TYPE | _MODE
    parts = [_short(content_type), _TRANSIENT]
    if headers:
        flags |= _HEADERS
        parts.insert(1, _table(headers))
    for flag, text in (
        (_CORRELATION, correlation_id),
        (_REPLY_TO, reply_to),
        (_EXPIRATION, expiration),
        (_USER, user_id),
    ):
        if text:
            flags |= flag
            parts.append(_short(text))
    return _FLAGS.pack(flags) + b"".join(parts)


def _frame(kind: int, channel: int, payload: bytes) -> bytes:
    return _START.pack(kind, channel, len(payload)) + payload + b"\xce"


def _short(text: str) -> bytes:
    octets = text.encode()
    return bytes((len(octets),)) + octets


def _long(text: str) -> bytes:
    octets = text.encode()
    return len(octets).to_bytes(4, "big") + octets


def _table(fields: Mapping[str, str | int]) -> bytes:
    octets = b"".join(
        _short(name)
        + (b"S" + _long(value) if isinstance(value, str) else _NUMBER.pack(b"l", value))
        for name, value in fields.items()
    )
    return len(octets).to_bytes(4, "big") + octets
