"""Messages in octets, held against what py-amqp makes and reads of the same."""

import pytest
from amqp import Message
from amqp.exceptions import UnexpectedFrame
from amqp.method_framing import frame_handler, frame_writer
from amqp.serialization import dumps
from amqp.spec import Basic

from portal_chassis.broker import frames

LONGEST = 4_096
HEADERS = {"method": "portal_schedule", "deadline_ms": 1_764_459_000_123}
PROPERTIES = {
    "correlation_id": "f" * 32,
    "reply_to": "amq.rabbitmq.reply-to.g1h2AA==.ä",
    "expiration": "5000",
    "user_id": "latchkey-gateway",
}


class Wire:
    """What py-amqp writes to, and what it knows of its connection."""

    def __init__(self):
        self.frame_max = LONGEST
        self.bytes_sent = self.bytes_recv = 0
        self.octets = b""

    def write(self, octets):
        self.octets += bytes(octets)


def written_by_amqp(method, signature, arguments, message):
    wire = Wire()
    frame_writer(wire, wire)(1, 7, method, dumps(signature, arguments), message)
    return wire.octets


def message_of(body, **properties):
    named = {
        "application_headers" if key == "headers" else key: value
        for key, value in properties.items()
    }
    return Message(body, content_type="text/x", delivery_mode=1, **named)


def published(body, **properties):
    return frames.publish(
        7,
        body,
        frames.transient("text/x", **properties),
        to="rpc-forms",
        exchange="forms.calls",
        mandatory=True,
        longest=LONGEST,
    )


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"correlation_id": "1"},
        {"headers": HEADERS},
        PROPERTIES,
        {**PROPERTIES, "headers": HEADERS},
    ],
)
@pytest.mark.parametrize("body", [b"", b"x", b"x" * (LONGEST - 8), b"xy" * LONGEST])
def test_a_message_is_sent_as_py_amqp_would_send_it(body, properties):
    expected = written_by_amqp(
        Basic.Publish,
        "Bssbb",
        (0, "forms.calls", "rpc-forms", True, False),
        message_of(body, **properties),
    )
    # RabbitMQ's letter for a number of 64 bits is the small one; py-amqp reads both.
    assert published(body, **properties) == expected.replace(b"deadline_msL", b"deadline_msl")


def test_an_empty_property_is_left_out():
    bare = frames.transient("text/x")
    assert frames.transient("text/x", user_id=None, reply_to="", headers={}) == bare


def test_a_message_is_settled_as_py_amqp_would_settle_it():
    assert frames.ack(7, 2**40) == written_by_amqp(Basic.Ack, "Lb", (2**40, False), None)


def test_a_name_that_is_too_long_for_the_protocol_is_refused():
    with pytest.raises(ValueError, match="256"):
        frames.transient("text/x", user_id="x" * 256)


@pytest.mark.parametrize("at_once", [1, 7, 8, 100, 100_000])
def test_frames_are_found_however_the_octets_come(at_once):
    octets = published(b"ab" * LONGEST, headers=HEADERS) + frames.ack(7, 1)
    found, theirs = [], []
    handle = frame_handler(Wire(), lambda *parts: theirs.append(parts))
    rest = b""
    for begin in range(0, len(octets), at_once):
        rest = frames.split(rest + octets[begin : begin + at_once], found.append)
    assert rest == b""
    assert [kind for kind, _channel, _payload in found] == [1, 2, 3, 3, 3, 1]
    assert b"".join(payload for kind, _channel, payload in found if kind == 3) == b"ab" * LONGEST
    assert handle(found[-1])


def test_what_is_no_frame_is_not_read_on():
    with pytest.raises(UnexpectedFrame):
        frames.split(frames.ack(7, 1)[:-1] + b"\0", lambda _frame: None)


def test_a_delivery_names_its_consumer_and_its_tag():
    octets = written_by_amqp(
        Basic.Deliver,
        "sLbss",
        ("consumer ä", 2**40, False, "x", "key"),
        message_of(b"", **PROPERTIES),
    )
    found = []
    frames.split(octets, found.append)
    assert found[0][2].startswith(frames.DELIVER)
    assert frames.delivered(found[0][2]) == ("consumer ä", 2**40)
    size, properties = frames.content(found[1][2])
    assert size == 0
    assert properties == {"content_type": "text/x", "delivery_mode": 1, **PROPERTIES}


@pytest.mark.parametrize("flags", [b"\x20\x00\xff\xff\xff\xff", b"\x80\x00\x01\xff", b""])
def test_properties_that_cannot_be_read_are_none(flags):
    header = b"\0\x3c\0\0" + (5).to_bytes(8, "big") + flags
    assert frames.content(header) == (5, {})
