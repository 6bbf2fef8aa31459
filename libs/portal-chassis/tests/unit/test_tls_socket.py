"""A connection to the broker by TLS, from its handshake to its end."""

import gc
import os
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal_chassis.broker.writing import Writer


def context(purpose):
    """Without certificates, which are nothing to a pair of sockets."""
    made = ssl.SSLContext(purpose)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("AECDH-AES256-SHA:@SECLEVEL=0")
    return made


class Transport:
    """py-amqp's, of which the writer knows the socket."""

    def __init__(self, sock):
        self.sock = sock


@pytest.fixture
def ends():
    """A writer over TLS; its socket; the other end, and what lies below that."""
    yield from talking(*socket.socketpair())


@pytest.fixture
def ends_among_many_files():
    """The same in a process that has a thousand files open already."""
    near, far = socket.socketpair()
    above = os.dup2(near.fileno(), 1_500)
    near.close()
    yield from talking(socket.socket(fileno=above), far)


def talking(near, far):
    near.settimeout(10)
    far.settimeout(10)
    below = far.dup()
    answering = []
    thread = threading.Thread(
        target=lambda: answering.append(
            context(ssl.PROTOCOL_TLS_SERVER).wrap_socket(far, server_side=True)
        )
    )
    thread.start()
    tls = context(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(near)
    thread.join(10)
    connection = SimpleNamespace(bytes_sent=0, frame_max=4_096)
    with tls, answering[0], below:
        yield Writer(connection, Transport(tls)), tls, answering[0], below


def test_what_is_sent_and_what_comes_is_the_same_on_both_ends(ends):
    writer, _, far, _ = ends
    writer.send(b"a" * 50_000)
    came = b""
    while len(came) < 50_000:
        came += far.recv(65_536)
    far.sendall(b"b" * 10)
    assert writer.socket.recv(100) == b"b" * 10
    assert came == b"a" * 50_000


def test_however_many_files_are_open_what_comes_is_read(ends_among_many_files):
    writer, tls, far, _ = ends_among_many_files
    assert tls.fileno() == 1_500
    far.sendall(b"a frame")
    assert writer.socket.recv(100) == b"a frame"


def test_nothing_that_comes_is_waited_for_no_longer_than_the_timeout(ends):
    writer, tls, _, _ = ends
    tls.settimeout(0.01)
    with pytest.raises(TimeoutError):
        writer.socket.recv(100)


@pytest.fixture
def _no_garbage_is_collected():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_garbage_is_collected")
def test_a_connection_that_has_ended_keeps_no_file_open():
    def open_files():
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    def connect_and_end():
        for writer, tls, far, _ in talking(*socket.socketpair()):
            far.sendall(b"a frame")
            writer.socket.recv(100)
            writer.hang_up()
            tls.close()

    connect_and_end()
    before = open_files()
    for _ in range(5):
        connect_and_end()
    assert open_files() <= before


def test_what_was_closed_is_a_lost_connection_to_whoever_reads(ends):
    writer, tls, _, _ = ends
    tls.settimeout(5)
    tls.close()
    with pytest.raises(ConnectionResetError):
        writer.socket.recv(100)


def test_whoever_waits_for_what_comes_is_woken_by_the_end(ends):
    writer, tls, _, _ = ends
    tls.settimeout(None)
    threading.Timer(0.1, writer.hang_up).start()
    # Nothing more, or no end of the encryption either.
    with suppress(OSError):
        assert writer.socket.recv(100) == b""


def test_whoever_sends_while_the_connection_is_ended_sends_nothing_that_can_be_read(ends):
    writer, tls, _, below = ends
    writer.hang_up()
    assert tls.version() == "TLSv1.2", "the encryption is forgotten"
    with pytest.raises((ssl.SSLError, BrokenPipeError)):
        writer.send(b"somebody's appointment")
    below.settimeout(1)
    assert b"appointment" not in below.recv(1_000)


def test_what_came_before_the_end_is_read_as_it_was_sent(ends):
    writer, _, far, _ = ends
    far.sendall(b"a frame")
    writer.hang_up()
    assert writer.socket.recv(100) == b"a frame"


SERVICE = """
import portal_chassis.process.patching
import eventlet, os, socket, threading
from test_tls_socket import talking

near, far = socket.socketpair()
above = os.dup2(near.fileno(), 1_500)
near.close()
for writer, tls, other, _ in talking(socket.socket(fileno=above), far):
    eventlet.spawn_after(0.1, other.sendall, b"a frame")
    print(tls.fileno(), writer.socket.recv(100).decode(), flush=True)
    os._exit(0)
"""


def test_a_service_does_other_things_while_it_waits():
    """Its threads are one, which a wait that is not eventlet's would hold for ever."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVICE],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert run.stdout == "1500 a frame\n", run.stderr
