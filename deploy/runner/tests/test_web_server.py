"""How the one-process portal's web server hands out a long answer, and lets go of a connection."""

import tracemalloc
from contextlib import contextmanager
from dataclasses import replace

import eventlet
import pytest

from gateway.config import GatewaySettings
from gateway.serving.rules import ENDED, ServingRules
from portal_chassis.embedded.ports import free_port
from portal_runner.web_server import WebServer

MORE = b"x" * 1_000
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PIECE, PIECES = b"y" * 64 * 1024, 1024
MIB = 1024 * 1024


def answer_hello(_environ, start_response):
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]


@pytest.fixture
def visit():
    """Sends bytes on a connection of its own; all that is answered until it ends."""
    rules = ServingRules.of(GatewaySettings(), idle_seconds=5)
    address = ("127.0.0.1", free_port())
    server = WebServer(*address, answer_hello, rules)
    server.start()

    def send(*parts):
        with eventlet.Timeout(10), eventlet.connect(address) as connection:
            for part in parts:
                connection.sendall(part)
                eventlet.sleep(0)
            return b"".join(iter(lambda: connection.recv(4096), b""))

    yield send
    server.stop()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET / HTTP/1.0\r\n\r\n", b"200"),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
    ],
)
def test_a_connection_ends_in_silence_after_its_answer(visit, capfd, sent, status):
    # What is still on its way when it ends must not take the answer with it.
    answered = visit(sent, MORE, MORE)
    assert answered.split()[1] == status
    assert capfd.readouterr().err == ""


class Export:
    """An application whose answer is 64 MiB long, and which knows how much of it was made.

    Args:
        fails_at: the piece at which it raises.
    """

    def __init__(self, fails_at=None):
        self.made, self.is_closed, self.fails_at = 0, False, fails_at

    def __call__(self, _environ, start_response):
        start_response("200 OK", [("Content-Type", "text/csv")])
        return self

    def __iter__(self):
        for number in range(PIECES):
            if number == self.fails_at:
                raise LookupError
            self.made += 1
            # As whoever asks a service for each page.
            eventlet.sleep(0)
            yield PIECE

    def close(self):
        self.is_closed = True

    def closes(self, within=10):
        with eventlet.Timeout(within):
            while not self.is_closed:
                eventlet.sleep(0.01)


@contextmanager
def exporting(export, grace_seconds=20, request=GET, **limits):
    """A connection that has asked for the export; a reader may take `bytes_per_second` at least."""
    rules = ServingRules.of(GatewaySettings(), idle_seconds=5)
    pace = replace(rules.pace, grace_seconds=grace_seconds, bytes_per_second=100 * MIB)
    address = ("127.0.0.1", free_port())
    server = WebServer(*address, export, replace(rules, pace=pace, **limits))
    server.start()
    with eventlet.Timeout(30), eventlet.connect(address) as wire:
        wire.sendall(request)
        yield wire
    server.stop()


def received(wire):
    """How many bytes come until the end, and the last of them."""
    size, last = 0, b""
    while data := wire.recv(MIB):
        size, last = size + len(data), data[-5:]
    return size, last


def taken_to_its_end(wire):
    """How many bytes come, where eventlet's own way would hide how the connection ends."""
    size = 0
    while True:
        try:
            data = wire.fd.recv(MIB)
        except BlockingIOError:
            eventlet.sleep(0.001)
            continue
        if not data:
            return size
        size += len(data)


def slow_readers():
    return ENDED.labels("slow_reader")._value.get()


def test_a_long_answer_goes_out_as_it_is_made_and_little_of_it_is_held():
    export = Export()
    tracemalloc.start()
    try:
        with exporting(export) as wire:
            size, last = 0, b""
            while not last.endswith(b"0\r\n\r\n"):
                last = wire.recv(MIB)
                size += len(last)
            # Another request may follow on the connection.
            wire.sendall(GET)
            assert wire.recv(15) == b"HTTP/1.1 200 OK"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size > PIECES * len(PIECE)
    assert peak < 20 * MIB


def test_what_nobody_takes_is_not_made_and_whoever_takes_too_long_is_given_up():
    export, before = Export(), slow_readers()
    with exporting(export, grace_seconds=0.3) as wire:
        export.closes()
        # What lies in the sockets between both ends has been made as well.
        assert export.made < PIECES / 2
        assert slow_readers() == before + 1
        size, last = received(wire)
    assert 0 < size < PIECES * len(PIECE) / 2
    assert not last.endswith(b"0\r\n\r\n")


def test_a_long_answer_ends_with_whoever_wanted_it():
    export, before = Export(), slow_readers()
    with exporting(export) as wire:
        wire.recv(1000)
        wire.close()
        export.closes()
    assert export.made < PIECES
    assert slow_readers() == before


def test_whoever_takes_a_long_answer_slowly_makes_room_for_others():
    export = Export()
    with exporting(export, connections_per_address=1) as wire:
        wire.recv(1000)
        eventlet.sleep(0.3)
        with eventlet.connect(wire.getpeername()):
            export.closes()
            with pytest.raises(ConnectionResetError):
                taken_to_its_end(wire)
    assert export.made < PIECES / 2


@pytest.mark.parametrize(("fails_at", "told"), [(3, b"500"), (PIECES - 1, b"200")])
def test_an_answer_that_fails_is_an_error_before_it_goes_out_and_breaks_off_after(
    capfd, fails_at, told
):
    export = Export(fails_at)
    with exporting(export) as wire:
        assert wire.recv(12).split()[1] == told
        _, last = received(wire)
    assert export.is_closed
    assert not last.endswith(b"0\r\n\r\n")
    assert "Traceback" not in capfd.readouterr().err


def taken_by_an_old_proxy(export, **limits):
    """How much comes where nothing but the connection's end tells that it is all."""
    with exporting(export, request=b"GET / HTTP/1.0\r\n\r\n", **limits) as wire:
        assert wire.recv(12).split()[1] == b"200"
        if limits:
            export.closes()
        return taken_to_its_end(wire)


@pytest.mark.parametrize(("fails_at", "limits"), [(PIECES - 1, {}), (None, {"grace_seconds": 0.3})])
def test_what_broke_off_is_taken_for_whole_by_nobody(fails_at, limits):
    assert taken_by_an_old_proxy(Export()) > PIECES * len(PIECE)
    with pytest.raises(ConnectionResetError):
        taken_by_an_old_proxy(Export(fails_at), **limits)
