"""Connections as hostile or poor as they come, while others want a page: both web servers."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from portal_chassis.embedded.ports import free_port
from tests.kit.waiting import eventually
from tests.kit.wire import answers, connect, drip, everything, hears_nothing, many

HEAD_SECONDS, BODY_SECONDS, RATE, LIMIT, PER_ADDRESS = 2.0, 3.0, 10_000, 8 * 1024, 60
AT_ONCE = 3.0
"""Seconds in which a page is there, whatever others do, on a machine that is busy besides."""

GET = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
FORM = (
    b"POST /theme HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nSec-Fetch-Site: same-origin\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)
ELSEWHERE = "127.0.0.9"

GUNICORN = "-m gunicorn --config python:gateway.serving --workers 1 --threads 4"
ONE_PROCESS = """
import portal_chassis.process.patching
import os, eventlet
from gateway.config import GatewaySettings
from gateway.serving.rules import ServingRules
from gateway.wsgi import application
from portal_chassis.variables import load_settings
from portal_runner.web_server import WebServer
rules = ServingRules.of(load_settings(GatewaySettings), 5)
WebServer("127.0.0.1", int(os.environ["PORT"]), application, rules).start()
while True:
    eventlet.sleep(60)
"""


class Served:
    """The gateway under one of its web servers, without a broker."""

    def __init__(self, kind, folder, **variables):
        self.port = free_port()
        self.log = folder / f"{kind.replace(' ', '-')}.log"
        environment = os.environ | {
            "PORT": str(self.port),
            "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "PORTAL_AMQP_URI": f"amqp://latchkey-gateway:secret@127.0.0.1:{free_port()}//",
            "GATEWAY_HEAD_SECONDS": str(HEAD_SECONDS),
            "GATEWAY_BODY_SECONDS": str(BODY_SECONDS),
            "GATEWAY_LEAST_BYTES_PER_SECOND": str(RATE),
            "GATEWAY_BODY_LIMIT_BYTES": str(LIMIT),
            "GATEWAY_CONNECTIONS_PER_ADDRESS": str(PER_ADDRESS),
            "GATEWAY_METRICS_TOKEN": "scrape-me",
            **variables,
        }
        command = ["-c", ONE_PROCESS]
        if kind == "gunicorn":
            command = [*GUNICORN.split(), "--bind", f"127.0.0.1:{self.port}"]
            command.append("gateway.wsgi:application")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command], env=environment, stderr=log, stdout=log
            )
        eventually(self.answers, within=30)

    def answers(self):
        try:
            return self.seconds() < 10
        except OSError:
            assert self.process.poll() is None, self.log.read_text()
            return False

    def seconds(self, source="127.0.0.1", path=b"/"):
        """How long a page takes, for somebody at `source`."""
        started = time.monotonic()
        with connect(self.port, source=source) as wire:
            wire.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n")
            ((status, _, _),) = answers(wire)
        assert status == 200
        return time.monotonic() - started

    def ended(self, reason):
        """How many connections were ended for `reason`."""
        with connect(self.port) as wire:
            wire.sendall(
                GET.replace(b"robots.txt", b"metrics").replace(
                    b"\r\n\r\n", b"\r\nAuthorization: Bearer scrape-me\r\n\r\n"
                )
            )
            ((_, _, text),) = answers(wire)
        pattern = rf'connections_ended_total{{reason="{reason}"}} (\d+)'
        found = re.search(pattern, text.decode())
        return int(found[1]) if found else 0

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module", params=["gunicorn", "one process"])
def served(request, tmp_path_factory):
    one = Served(request.param, tmp_path_factory.mktemp("served"))
    yield one
    one.stop()


@pytest.mark.parametrize("source", [ELSEWHERE, "127.0.0.1"])
@pytest.mark.parametrize(
    "first",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: ", id="heads"),
        pytest.param(FORM + b"Content-Length: 500\r\n\r\na", id="bodies"),
        pytest.param(FORM + b"Transfer-Encoding: chunked\r\n\r\n1", id="chunks"),
        pytest.param(b"", id="silence"),
    ],
)
def test_two_hundred_slow_senders_delay_nobody_wherever_they_are(served, first, source):
    with many(served.port, 200, first, source=source):
        assert max(served.seconds() for _ in range(5)) < AT_ONCE


def test_whoever_does_not_read_answers_delays_nobody(served):
    wanted = b"GET /static/x/vendor/htmx.min.js HTTP/1.1\r\nHost: x\r\n\r\n" * 300
    before = served.ended("slow_reader")
    wires = [connect(served.port, source=ELSEWHERE, reads=4096) for _ in range(5)]
    for wire in wires:
        wire.sendall(wanted)
    assert max(served.seconds() for _ in range(5)) < AT_ONCE
    eventually(lambda: served.ended("slow_reader") >= before + 5, within=30)
    for wire in wires:
        wire.close()


@pytest.mark.parametrize(
    ("first", "byte", "seconds"),
    [
        pytest.param(b"GET / HTTP/1.1\r\nX: ", b"a", HEAD_SECONDS, id="head"),
        pytest.param(
            FORM + b"Content-Length: 8000\r\n\r\n",
            b"a",
            BODY_SECONDS,
            id="body",
        ),
        pytest.param(
            FORM + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", BODY_SECONDS, id="chunks"
        ),
    ],
)
def test_whoever_sends_byte_by_byte_is_told_so_at_the_deadline(served, first, byte, seconds):
    before = served.ended("slow_request")
    with connect(served.port) as wire:
        wire.sendall(first)
        assert seconds - 0.5 < drip(wire, byte, every=0.3, within=30) < seconds + 10
        text = everything(wire)
    assert text.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"\r\nConnection: close\r\n" in text
    assert b"\r\nPermissions-Policy: " in text
    assert served.ended("slow_request") == before + 1


def test_a_line_that_is_slow_and_moves_has_the_time_it_needs(served):
    body = b"theme=dark&note=" + b"a" * 7984
    with connect(served.port) as wire:
        wire.sendall(FORM + b"Content-Length: 8000\r\n\r\n")
        for at in range(0, len(body), 1000):
            wire.sendall(body[at : at + 1000])
            assert hears_nothing(wire, 0.45)
        ((status, _, page),) = answers(wire)
    assert status == 403
    assert b"a" * 7984 in page


def test_a_silent_connection_is_closed_without_a_word(served):
    with connect(served.port) as wire:
        assert everything(wire) == b""


def test_of_one_address_the_connection_longest_waited_for_makes_room(served):
    source, first = "127.0.0.7", b"GET / HTTP/1.1\r\nHost: x\r\n"
    with many(served.port, PER_ADDRESS, first, source=source) as wires:
        # Whoever is served after them shows that their first bytes have been read.
        served.seconds()
        with many(served.port, 10, first, source=source) as later:
            assert everything(wires[0]).startswith(b"HTTP/1.1 429 ")
            later[-1].sendall(b"\r\n")
            assert answers(later[-1])[0][0] == 200


def test_a_connection_that_rests_makes_room_without_a_word(served):
    source = "127.0.0.6"
    with many(served.port, PER_ADDRESS, GET, source=source) as wires:
        assert {answers(wire)[0][0] for wire in wires} == {200}
        with connect(served.port, source=source):
            # An answer to nothing would be taken for that to the next request.
            assert everything(wires[0]) == b""


@pytest.mark.parametrize(
    "sent",
    [
        b"Content-Length: 10\r\n\r\ntheme=dark",
        b"Transfer-Encoding: chunked\r\n\r\n6\r\ntheme=\r\n4;x=y\r\ndark\r\n0\r\n\r\n",
    ],
)
def test_a_form_is_read_however_its_length_is_told(served, sent):
    with connect(served.port) as wire:
        wire.sendall(FORM + sent)
        ((status, _, page),) = answers(wire)
    assert status == 403
    assert b'value="dark"' in page


def test_a_connection_is_used_again_and_requests_may_follow_each_other_at_once(served):
    with connect(served.port) as wire:
        for _ in range(3):
            wire.sendall(GET)
            assert answers(wire)[0][0] == 200
        wire.sendall(GET + GET.replace(b"GET", b"HEAD") + FORM + b"Content-Length: 3\r\n\r\na=b")
        found = answers(wire, "GET HEAD POST")
        assert [status for status, _, _ in found] == [200, 200, 403]
        wire.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert everything(wire).endswith(b"Disallow: /\n")


@pytest.mark.parametrize(
    "length",
    [b"Content-Length: 9000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nffff\r\n"],
)
@pytest.mark.parametrize("waits", [b"", b"Expect: 100-continue\r\n"])
def test_a_body_that_is_too_large_is_refused_from_its_head(served, length, waits):
    with connect(served.port) as wire:
        wire.sendall(FORM + waits + length)
        text = everything(wire)
    assert text.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in text.lower()
    assert b"<h1" in text


@pytest.mark.parametrize("size", [500_000, 50_000_000])
def test_whoever_sends_it_nevertheless_can_read_why_it_was_refused(served, size):
    with connect(served.port) as wire:
        wire.sendall(FORM + f"Content-Length: {size}\r\n\r\n".encode())
        with suppress(OSError):
            wire.sendall(b"a" * size)
        assert wire.recv(12) == b"HTTP/1.1 413"


def test_whoever_waits_to_be_told_to_go_on_is_told(served):
    with connect(served.port) as wire:
        wire.sendall(FORM + b"Expect: 100-continue\r\nContent-Length: 10\r\n\r\n")
        assert wire.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(b"theme=dark")
        ((status, _, page),) = answers(wire)
    assert status == 403
    assert b'value="dark"' in page


def test_whoever_has_said_everything_may_close_that_side(served):
    with connect(served.port) as wire:
        wire.sendall(GET)
        wire.shutdown(socket.SHUT_WR)
        assert everything(wire).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (FORM + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (FORM + b"Transfer-Encoding: gzip\r\n\r\n", 501),
        (FORM + b"Transfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        (FORM + b"Content-Length: 10\r\n\r\na" + b"CLOSED", 400),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /p/lk_secret HTTP/1.1 x\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_read_is_refused_without_a_word_of_it(served, request_bytes, status):
    with connect(served.port) as wire:
        wire.sendall(request_bytes.removesuffix(b"CLOSED"))
        if request_bytes.endswith(b"CLOSED"):
            wire.shutdown(socket.SHUT_WR)
        text = everything(wire)
    assert text.startswith(b"HTTP/1.1 %d " % status), text[:200]
    assert b"\r\nPermissions-Policy: " in text
    for word in (b"lk_secret", b"nonsense", b"Python", b"gunicorn", b"aaaa"):
        assert word not in text.partition(b"\r\n\r\n")[2]
    assert "lk_secret" not in served.log.read_text()


def test_each_request_has_its_line_in_the_log(served):
    before = served.log.read_text().count('"route": "/robots.txt"')
    with connect(served.port) as wire:
        wire.sendall(GET * 3)
        answers(wire, "GET GET GET")
    counted = lambda: served.log.read_text().count('"route": "/robots.txt"')  # noqa: E731
    eventually(lambda: counted() == before + 3, within=20)


def test_nothing_of_all_this_is_left(served):
    (server,) = [psutil.Process(served.process.pid)]
    children = server.children() or [server]
    eventually(lambda: all(len(one.net_connections()) < 20 for one in children), within=20)


def test_behind_a_proxy_connections_are_counted_by_the_address_it_names(tmp_path):
    served = Served("gunicorn", tmp_path, GATEWAY_TRUSTED_PROXIES="1")
    slow = FORM + b"X-Forwarded-For: 203.0.113.5, 192.0.2.%d\r\nContent-Length: 9\r\n\r\na"
    try:
        with (
            many(served.port, PER_ADDRESS + 1, slow % 1, source="127.0.0.1") as hostile,
            many(served.port, PER_ADDRESS, slow % 2, source="127.0.0.1") as others,
        ):
            assert everything(hostile[0]).startswith(b"HTTP/1.1 429 ")
            others[0].sendall(b"b" * 8)
            assert answers(others[0])[0][0] == 403
    finally:
        served.stop()


@pytest.mark.parametrize("kind", ["gunicorn", "one process"])
def test_many_large_bodies_that_do_not_end_fill_no_memory(tmp_path, kind):
    served = Served(
        kind,
        tmp_path,
        GATEWAY_BODY_LIMIT_BYTES=str(2 * 1024 * 1024),
        GATEWAY_BODY_SECONDS="60",
        GATEWAY_CONNECTIONS_PER_ADDRESS="200",
    )
    large = FORM + b"Content-Length: 2000000\r\n\r\n" + b"a" * 1_900_000
    try:
        with many(served.port, 50, large, source=ELSEWHERE) as wires:
            eventually(lambda: served.ended("too_many") >= 10, within=20)
            assert served.seconds() < AT_ONCE
            kept = [wire for wire in wires if hears_nothing(wire, 0.01)]
            assert 20 < len(kept) < 40
    finally:
        served.stop()


def test_a_request_that_is_on_its_way_is_answered_by_a_server_that_stops(tmp_path):
    served = Served("gunicorn", tmp_path)
    with connect(served.port) as wire, connect(served.port) as rested:
        rested.sendall(GET)
        answers(rested)
        wire.sendall(FORM + b"Content-Length: 10\r\n\r\ntheme")
        assert hears_nothing(wire, 0.3)
        served.process.terminate()
        assert hears_nothing(wire, 0.5)
        rested.sendall(GET)
        assert answers(rested)[0][1].getheader("Connection") == "close"
        wire.sendall(b"=dark")
        ((status, answer, page),) = answers(wire)
        assert (status, answer.getheader("Connection")) == (403, "close")
        assert b'value="dark"' in page
    assert served.process.wait(30) == 0
