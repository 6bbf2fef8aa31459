"""The worker's first thread outlives whoever connects, whatever becomes of their connection."""

import selectors
import socket

import pytest

from gateway.serving.guests import Guests
from gateway.serving.incoming import Incoming, Pace
from gateway.serving.rules import ServingRules
from gateway.serving.visit import Turn, Visit
from gateway.serving.worker import WholeRequestWorker

PACE = Pace(head_seconds=5, grace_seconds=5, bytes_per_second=1000, idle_seconds=5)
WAITS = b"POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"


@pytest.fixture
def worker():
    """A worker with what its first thread uses, which gunicorn makes otherwise."""
    one = WholeRequestWorker.__new__(WholeRequestWorker)
    one.poller = selectors.DefaultSelector()
    one._guests = Guests(10, 10)
    one._rules = ServingRules(PACE, 1000, 10, 0, https=False)
    yield one
    one.poller.close()


def let_in(worker):
    """A connection the worker waits for, and its other end."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    visit = Visit(ours, ("192.0.2.1", 5), ("127.0.0.1", 80), Incoming(PACE, 1000, 0))
    worker._guests.enter(visit, "192.0.2.1")
    worker._await(visit, Turn.SENDS, selectors.EVENT_READ)
    return visit, theirs


def test_who_waits_to_be_told_to_go_on_is_told(worker):
    _, theirs = let_in(worker)
    theirs.sendall(WAITS)
    worker.wait_for_and_dispatch_events(1)
    assert theirs.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_who_asks_to_be_told_to_go_on_and_is_gone_ends_this_connection_alone(worker):
    visit, theirs = let_in(worker)
    theirs.sendall(WAITS)
    theirs.close()
    worker.wait_for_and_dispatch_events(1)
    assert visit.sock.fileno() < 0
    assert len(worker._guests) == 0
