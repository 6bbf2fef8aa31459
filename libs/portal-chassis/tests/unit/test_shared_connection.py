"""A broker connection that one thread reads and others send on."""

import socket
from unittest.mock import MagicMock, Mock

import pytest
from kombu import Connection
from structlog.testing import capture_logs

from portal_chassis.broker.consumers import CallConsumers
from portal_chassis.broker.shared_connection import _SocketWriter, hang_up
from portal_chassis.rpc.consumer import RpcConsumer
from portal_chassis.rpc.replier import Replier
from portal_chassis.rpc.replies import FIRST_PAUSE_SECONDS, Replies


def test_hanging_up_a_connection_that_is_lost_makes_no_new_one(monkeypatch):
    asked = []
    connection = Connection("amqp://guest:guest@127.0.0.1:1//")
    monkeypatch.setattr(connection, "_establish_connection", lambda: asked.append("connect"))
    hang_up(connection)
    assert asked == []
    assert not connection.connected


class ChannelToNobody:
    """A channel over a socket whose other end is gone, and a message that came over it."""

    def __init__(self):
        near, far = socket.socketpair()
        far.close()
        self.sock = near
        self.transport = self
        self.connection = self
        self.channel = self
        self.properties = {"reply_to": "somebody"}
        self._write = _SocketWriter(self)

    def prepare_message(self, body, **_properties):
        return body

    def send_method(self, _method, _signature, _arguments, body):
        self._write(body)

    def ack(self):
        self._write(b"ack")


def test_a_reply_that_finds_its_connection_lost_ends_no_service():
    consumer = RpcConsumer()
    consumer.consumers, consumer.replier = CallConsumers(), Replier()
    with capture_logs() as lines:
        consumer.finish(ChannelToNobody(), b"reply")
    assert [line["event"] for line in lines] == ["reply_lost"]


def test_of_a_message_that_was_sent_in_part_nothing_follows():
    near, far = socket.socketpair()
    near.settimeout(0.05)
    transport = Mock(sock=near)
    writer = _SocketWriter(transport)
    with pytest.raises(TimeoutError):
        writer(b"x" * 10_000_000)
    with pytest.raises(BrokenPipeError):
        writer(b"next")
    near.close()
    far.close()


def test_a_connection_that_a_sender_found_lost_is_made_again_without_delay(monkeypatch):
    connections, pauses = [], []
    replies = Replies("amqp://nowhere", "tests")

    def connect(*_arguments, **_options):
        connections.append(MagicMock())
        return connections[-1]

    def drain(connection, _ended):
        replies._give_up(connection)
        raise ConnectionResetError

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 4:
            replies._closing.set()

    monkeypatch.setattr("portal_chassis.rpc.replies.connect", connect)
    monkeypatch.setattr("portal_chassis.rpc.replies.drain", drain)
    monkeypatch.setattr(replies._closing, "wait", pause)
    replies._run()
    assert max(pauses[1:]) <= 2 * FIRST_PAUSE_SECONDS
