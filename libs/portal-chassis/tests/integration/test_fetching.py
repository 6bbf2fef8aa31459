"""Fetching from real servers: what comes, and each thing that stands in the way."""

import gzip
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from datetime import UTC, datetime

import pytest

from portal_chassis.outside.fetching import Fetcher, NotFetched, Obstacle
from portal_chassis.outside.networks import NOT_PUBLIC, networks_in
from portal_chassis.outside.reach import Reach
from tests.kit.calendar_server import calendar_server, drip, redirect, send

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
HERE = Reach(NOT_PUBLIC, allowed=networks_in("127.0.0.1/32"))
MOST = 100_000


def fetcher(reach=HERE, seconds=5.0):
    return Fetcher(reach, most_bytes=MOST, seconds=seconds, own_name="test")


@pytest.fixture
def served(tmp_path, monkeypatch):
    with calendar_server(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        server.pages["/a.ics"] = CALENDAR
        yield server


def obstacle(fetch, address):
    with pytest.raises(NotFetched) as refused:
        fetch.fetch(address)
    assert address not in str(refused.value)
    return refused.value.obstacle


def test_what_is_there_comes_and_what_has_not_changed_does_not(served):
    first = fetcher().fetch(f"{served.address}/a.ics")
    assert first.body == CALENDAR
    again = fetcher().fetch(f"{served.address}/a.ics", etag=first.etag)
    assert (again.body, again.etag) == (None, first.etag)
    assert served.asked[1][1]["If-None-Match"] == first.etag


def test_a_name_is_said_to_the_server_and_checked_in_its_certificate(served):
    port = served.address.rpartition(":")[2]
    assert fetcher().fetch(f"https://localhost:{port}/a.ics").body == CALENDAR
    assert served.asked[0][1]["Host"] == f"localhost:{port}"


def test_a_packed_body_is_unpacked_and_a_bomb_is_not(served):
    served.pages["/packed"] = send(gzip.compress(CALENDAR), Content_Encoding="gzip")
    served.pages["/bomb"] = send(gzip.compress(b"0" * MOST * 1000), Content_Encoding="gzip")
    assert fetcher().fetch(f"{served.address}/packed").body == CALENDAR
    assert obstacle(fetcher(), f"{served.address}/bomb") is Obstacle.TOO_LARGE


def test_what_comes_behind_the_end_of_a_packed_body_is_not_gathered(served):
    served.pages["/more"] = send(
        gzip.compress(CALENDAR) + b"0" * MOST * 100, Content_Encoding="gzip"
    )
    tracemalloc.start()
    try:
        assert obstacle(fetcher(), f"{served.address}/more") is Obstacle.TOO_LARGE
        # The server of the test holds the body; a second one would be what was gathered.
        assert tracemalloc.get_traced_memory()[1] < MOST * 150
    finally:
        tracemalloc.stop()


def test_a_redirect_is_followed_and_judged_anew(served):
    served.pages |= {
        "/moved": redirect("/a.ics"),
        "/inside": redirect("https://10.0.0.1/a.ics"),
        "/plain": redirect("http://127.0.0.1/a.ics"),
        "/round": redirect("/round"),
    }
    assert fetcher().fetch(f"{served.address}/moved").body == CALENDAR
    assert obstacle(fetcher(), f"{served.address}/inside") is Obstacle.NETWORK_FORBIDDEN
    assert obstacle(fetcher(), f"{served.address}/plain") is Obstacle.NOT_HTTPS
    assert obstacle(fetcher(), f"{served.address}/round") is Obstacle.TOO_MANY_REDIRECTS


def test_what_a_server_refuses_is_told_apart(served):
    served.pages |= {
        "/mine": send(b"", 401),
        "/broken": send(b"", 500),
        "/short": send(b"BEGIN", Content_Length="100"),
        "/odd": send(b"x", Content_Encoding="br"),
        "/large": b"0" * (MOST + 1),
    }
    found = {
        path: obstacle(fetcher(), served.address + path)
        for path in ("/mine", "/nowhere", "/broken", "/short", "/odd", "/large")
    }
    assert found == {
        "/mine": Obstacle.SIGN_IN_NEEDED,
        "/nowhere": Obstacle.NOT_FOUND,
        "/broken": Obstacle.REFUSED,
        "/short": Obstacle.UNREACHABLE,
        "/odd": Obstacle.REFUSED,
        "/large": Obstacle.TOO_LARGE,
    }


def test_a_server_that_drips_is_left_at_the_deadline(served):
    served.pages["/drip"] = drip
    began = time.monotonic()
    assert obstacle(fetcher(seconds=1.0), f"{served.address}/drip") is Obstacle.TIMEOUT
    assert time.monotonic() - began < 10


@pytest.fixture
def dripping_handshake():
    """A server that answers a TLS greeting with one byte now and then."""
    server = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve():
        connection, _peer = server.accept()
        with connection:
            # The head of a long handshake record, and then hardly anything of it.
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not ended.wait(0.05):
                try:
                    connection.sendall(b"\x02")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.getsockname()[1]}/"
    ended.set()
    server.close()


def test_a_handshake_that_drips_is_left_at_the_deadline(dripping_handshake):
    began = time.monotonic()
    assert obstacle(fetcher(seconds=1.0), dripping_handshake) is Obstacle.TIMEOUT
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("green", ["import portal_chassis.process.patching", ""])
def test_the_deadline_holds_among_greenthreads_too(dripping_handshake, green):
    program = f"""
{green}
import time
import tracemalloc
from portal_chassis.outside.fetching import Fetcher, NotFetched
from portal_chassis.outside.networks import NOT_PUBLIC, networks_in
from portal_chassis.outside.reach import Reach
began = time.monotonic()
try:
    reach = Reach(NOT_PUBLIC, allowed=networks_in("127.0.0.1/32"))
    Fetcher(reach, 1000, 1.0, "test").fetch({dripping_handshake!r})
except NotFetched as error:
    print(error.obstacle, time.monotonic() - began < 10)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["timeout", "True"]


def test_a_certificate_that_nobody_vouches_for_is_refused(served, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert obstacle(fetcher(), f"{served.address}/a.ics") is Obstacle.CERTIFICATE_INVALID


def test_an_expired_certificate_is_refused(tmp_path, monkeypatch):
    with calendar_server(tmp_path, datetime(2000, 1, 1, tzinfo=UTC)) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        assert obstacle(fetcher(), f"{server.address}/") is Obstacle.CERTIFICATE_INVALID


def test_proxies_of_the_environment_are_not_asked(served, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetcher().fetch(f"{served.address}/a.ics").body == CALENDAR


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://example.org/a.ics", Obstacle.NOT_HTTPS),
        ("file:///etc/passwd", Obstacle.NOT_HTTPS),
        ("https://", Obstacle.ADDRESS_INVALID),
        ("https://user:secret@example.org/", Obstacle.ADDRESS_INVALID),
        ("https://example.org:99999/", Obstacle.ADDRESS_INVALID),
        ("https://[::1/", Obstacle.ADDRESS_INVALID),
        ("https://example.org/a b", Obstacle.ADDRESS_INVALID),
        ("https://example.org/a\r\nX: y", Obstacle.ADDRESS_INVALID),
        ("https://no-such-name.invalid/", Obstacle.HOST_UNKNOWN),
        (f"https://{'a' * 70}.example/", Obstacle.HOST_UNKNOWN),
        ("https://127.0.0.1/", Obstacle.NETWORK_FORBIDDEN),
        ("https://localhost/", Obstacle.NETWORK_FORBIDDEN),
        ("https://2130706433/", Obstacle.NETWORK_FORBIDDEN),
        ("https://0x7f.1/", Obstacle.NETWORK_FORBIDDEN),
        ("https://0/", Obstacle.NETWORK_FORBIDDEN),
        ("https://169.254.169.254/", Obstacle.NETWORK_FORBIDDEN),
        ("https://[::1]/", Obstacle.NETWORK_FORBIDDEN),
        ("https://[::ffff:127.0.0.1]/", Obstacle.NETWORK_FORBIDDEN),
        ("https://[64:ff9b::7f00:1]/", Obstacle.NETWORK_FORBIDDEN),
        ("https://[2002:7f00:1::]/", Obstacle.NETWORK_FORBIDDEN),
        ("https://[fd00:ec2::254]/", Obstacle.NETWORK_FORBIDDEN),
        ("https://[fe80::1]/", Obstacle.NETWORK_FORBIDDEN),
    ],
)
def test_addresses_that_lead_nowhere_or_inside(address, expected):
    assert obstacle(fetcher(Reach(NOT_PUBLIC)), address) is expected


def test_the_judged_address_is_the_one_connected_to(served, monkeypatch):
    """A name that means a public address when it is judged, and this machine a moment later."""
    port = int(served.address.rpartition(":")[2])
    asked = []

    def resolve(host, *_arguments, **_options):
        asked.append(host)
        public = ("203.0.112.9" if len(asked) == 1 else "127.0.0.1", port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", public)]

    connected = []

    def connect(address, timeout):
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert obstacle(fetcher(Reach(NOT_PUBLIC)), f"https://localhost:{port}/a.ics") is (
        Obstacle.UNREACHABLE
    )
    assert (asked, connected) == (["localhost"], ["203.0.112.9"])


@pytest.mark.parametrize(
    "public", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_public_internet_is_allowed(public):
    assert Reach(NOT_PUBLIC).allows(public)
