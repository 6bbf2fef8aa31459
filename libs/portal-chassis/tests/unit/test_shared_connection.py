"""A broker connection that one thread reads and others send on."""

import socket
from types import SimpleNamespace
from unittest.mock import MagicMock, Mock

import pytest
from amqp import Message
from amqp.method_framing import frame_writer
from amqp.serialization import dumps
from amqp.spec import Basic
from amqp.transport import TCPTransport
from structlog.testing import capture_logs

from portal_chassis.broker import frames
from portal_chassis.broker.consumers import CallConsumers
from portal_chassis.broker.deliveries import Reader
from portal_chassis.broker.shared_connection import answer, hang_up
from portal_chassis.broker.writing import Writer
from portal_chassis.rpc.replies import FIRST_PAUSE_SECONDS, Replies


class Lines:
    """A connection of py-amqp's over a pair of sockets, as far as its writer and reader know it."""

    frame_max = 4_096

    def __init__(self):
        self.near, self.far = socket.socketpair()
        self.bytes_sent = self.bytes_recv = 0
        self.taken, self.rejected, self.theirs = [], [], []
        self.channel = SimpleNamespace(
            channel_id=1,
            connection=self,
            is_closing=False,
            callbacks={"calls": self.taken.append},
            basic_reject=lambda tag, requeue: self.rejected.append((tag, requeue)),
        )
        self.channels = {1: self.channel}
        self.frame_writer = Writer(self, Mock(spec=TCPTransport, sock=self.near))
        self.reader = Reader(self, lambda *method: self.theirs.append(method))

    def receive(self, octets):
        assert frames.split(octets, self.reader) == b""


@pytest.fixture
def lines():
    made = Lines()
    yield made
    made.near.close()
    made.far.close()


def delivery_of(body, consumer="calls", tag=5, **properties):
    """What the broker would send, made by py-amqp."""
    wire = SimpleNamespace(frame_max=4_096, bytes_sent=0, sent=b"")

    def write(octets):
        wire.sent += bytes(octets)

    wire.write = write
    arguments = dumps("sLbss", (consumer, tag, False, "x", "key"))
    frame_writer(wire, wire)(1, 1, Basic.Deliver, arguments, Message(body, **properties))
    return wire.sent


@pytest.mark.parametrize("body", [b"", b"short", b"long" * 5_000])
def test_a_message_is_handed_to_its_consumer_whole(lines, body):
    lines.receive(delivery_of(body, user_id="me", application_headers={"method": "ask"}))
    [message] = lines.taken
    assert message.body == body
    assert message.headers == {"method": "ask"}
    assert message.properties["user_id"] == "me"
    assert message.channel is lines.channel
    assert lines.bytes_recv > 0
    assert lines.theirs == []


def test_what_is_no_message_for_a_consumer_is_left_to_py_amqp(lines):
    lines.receive(frames.ack(1, 9) + delivery_of(b"x") + frames.ack(1, 10))
    assert [method for _channel, method, *_rest in lines.theirs] == [Basic.Ack, Basic.Ack]
    assert len(lines.taken) == 1


def test_a_message_for_a_consumer_that_was_cancelled_is_given_back(lines):
    lines.receive(delivery_of(b"x", consumer="gone", tag=8))
    assert lines.rejected == [(8, True)]


def test_nothing_is_taken_on_a_channel_that_is_being_closed(lines):
    lines.channel.is_closing = True
    lines.receive(delivery_of(b"x"))
    lines.channels.clear()
    lines.receive(delivery_of(b"x"))
    assert lines.taken == lines.rejected == []


def test_a_reply_and_its_acknowledgement_leave_in_one_piece(lines):
    lines.receive(delivery_of(b"?", tag=6, reply_to="somebody", correlation_id="7"))
    answer(lines.taken[0], b"!")
    sent = []
    assert frames.split(lines.far.recv(65_536), sent.append) == b""
    assert [payload[:4] for kind, _channel, payload in sent if kind == frames.METHOD] == [
        frames.PUBLISH,
        frames.ACK,
    ]
    assert sent[-1] == (1, 1, frames.ACK + (6).to_bytes(8, "big") + b"\0")
    assert lines.bytes_sent > 0


def test_a_call_that_nobody_waits_for_is_only_acknowledged(lines):
    lines.receive(delivery_of(b"?", tag=6))
    answer(lines.taken[0], b"!")
    assert lines.far.recv(65_536) == frames.ack(1, 6)


def test_a_reply_that_finds_its_connection_lost_ends_no_service(lines):
    lines.receive(delivery_of(b"?", reply_to="somebody", correlation_id="7"))
    lines.far.close()
    with capture_logs() as logged:
        CallConsumers().answer(lines.taken[0], b"!")
        lines.channel.connection = None
        CallConsumers().answer(lines.taken[0], b"!")
    assert [line["event"] for line in logged] == ["reply_lost", "reply_lost"]


def test_of_a_message_that_was_sent_in_part_nothing_follows(lines):
    lines.near.settimeout(0.05)
    with pytest.raises(TimeoutError):
        lines.frame_writer.send(b"x" * 10_000_000)
    with pytest.raises(BrokenPipeError):
        lines.frame_writer.send(b"next")


def test_hanging_up_lets_the_reader_find_the_connection_lost(lines):
    hang_up(lines.channel)
    assert lines.near.recv(1) == b""
    lines.channel.connection = None
    hang_up(lines.channel)


def test_a_connection_that_a_sender_found_lost_is_made_again_without_delay(monkeypatch):
    connections, pauses = [], []
    replies = Replies("amqp://nowhere", "tests")

    def connect(*_arguments, **_options):
        connections.append(MagicMock())
        return connections[-1]

    def drain(_connection, _ended):
        replies._give_up(replies._channel)
        raise ConnectionResetError

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 4:
            replies._closing.set()

    monkeypatch.setattr("portal_chassis.rpc.replies.connect_shared", connect)
    monkeypatch.setattr("portal_chassis.rpc.replies.drain", drain)
    monkeypatch.setattr(replies._closing, "wait", pause)
    replies._run()
    assert max(pauses[1:]) <= 2 * FIRST_PAUSE_SECONDS
