"""Bytes become requests: where one ends, what is refused, and how long it may take."""

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.serving.heads import Refused
from gateway.serving.incoming import Incoming, Pace

PACE = Pace(head_seconds=10, grace_seconds=20, bytes_per_second=100, idle_seconds=5)
MOST = 1000
GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd"
CHUNKED = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
IN_CHUNKS = CHUNKED + b"3;name=value\r\nabc\r\n1\r\nd\r\n0\r\nX-Trailer: 1\r\n\r\n"


def incoming():
    return Incoming(PACE, MOST, now=0)


def requests_of(parts):
    connection, found = incoming(), []
    for part in parts:
        request = connection.feed(part, 1)
        while request is not None:
            found.append(request)
            request = connection.feed(b"", 1)
    return found


@given(st.lists(st.integers(1, 40), max_size=60))
def test_it_does_not_matter_how_the_bytes_are_cut(sizes):
    wire, parts = GET + POST + IN_CHUNKS + b"\r\n" + GET, []
    for size in sizes:
        parts.append(wire[:size])
        wire = wire[size:]
    found = requests_of([*parts, wire])
    assert [request.body for request in found] == [b"", b"abcd", b"abcd", b""]
    assert [request.method for request in found] == ["GET", "POST", "POST", "GET"]
    assert {request.target for request in found} == {"/a"}


def test_a_body_in_chunks_is_passed_on_with_its_length_and_without_them():
    (request,) = requests_of([IN_CHUNKS])
    assert request.fields == [("host", "x"), ("content-length", "4")]


@pytest.mark.parametrize(
    "body", [b"Content-Length: 1001\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n3e9\r\n"]
)
def test_a_body_beyond_the_limit_is_not_waited_for(body):
    wire = b"POST /a HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n" + body
    request = incoming().feed(wire, 1)
    assert request.is_last
    assert request.body == b""
    assert ("content-length", "1001") in request.fields
    assert not request.wants_to_stay


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (b"Content-Length: 4\r\nContent-Length: 4", 400),
        (b"Content-Length: 4\r\nContent-Length: 5", 400),
        (b"Content-Length: 4\r\nTransfer-Encoding: chunked", 400),
        (b"Content-Length: +4", 400),
        (b"Content-Length: 4, 4", 400),
        (b"Content-Length: \xb2", 400),
        (b"Content-Length:", 400),
        (b"Content-Length : 4", 400),
        (b"Content-Length\r\n : 4", 400),
        (b"no colon\r\nContent-Length: 4", 400),
        (b" folded: 4", 400),
        (b": nameless", 400),
        (b"Transfer-Encoding: gzip, chunked", 501),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 501),
        (b"Transfer-Encoding: identity", 501),
        (b"Transfer-Encoding: \x0bchunked", 400),
        (b"Host: x\r\nHost: x", 400),
        (b"Content-Type: a/b\r\nContent-Type: c/d", 400),
        (b"X: a\x00b", 400),
        (b"X: a\nY: b", 400),
        (b"X: a\rb", 400),
        (b"Expect: something", 417),
        (b"X: " + b"x" * 9000, 431),
        (b"\r\n".join([b"X: y"] * 101), 431),
        (b"\r\n".join([b"X: " + b"y" * 8000] * 9), 431),
    ],
)
def test_what_can_be_read_in_two_ways_or_is_too_long_is_refused(lines, status):
    with pytest.raises(Refused) as refused:
        incoming().feed(b"POST /a HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n\r\n", 1)
    assert refused.value.status == status


def test_chunks_in_an_older_version_and_a_line_without_end_are_refused():
    for wire, status in (
        (CHUNKED.replace(b"1.1", b"1.0"), HTTPStatus.BAD_REQUEST),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", HTTPStatus.REQUEST_URI_TOO_LONG),
        (b"a" * 70_000, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    ):
        with pytest.raises(Refused) as refused:
            incoming().feed(wire, 1)
        assert refused.value.status == status


@pytest.mark.parametrize(
    "chunks",
    [
        *(b"\r\n", b"x\r\n", b"-1\r\n", b"0x1\r\na\r\n", b"1 1\r\na\r\n", b"1\r\nab\r\n"),
        *(b"1;" + b"x" * 2000, b"0\r\n" + b"X: y\r\n" * 3000),
        *(b"0\r\nX: y\n\nGET /b HTTP/1.1\r\nHost: x\r\n", b"0\r\nX: y\rZ: y\r\n", b"0\r\n\n\r\n"),
    ],
)
def test_what_are_no_chunks_is_refused(chunks):
    with pytest.raises(Refused) as refused:
        incoming().feed(CHUNKED + chunks, 1)
    assert refused.value.status is HTTPStatus.BAD_REQUEST


def test_whoever_waits_to_be_told_to_go_on_is_told_once_and_nobody_else():
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n"
    connection = incoming()
    assert connection.feed(head, 1) is None
    assert [connection.wants_go_ahead(), connection.wants_go_ahead()] == [True, False]
    assert connection.feed(b"abcd", 1).fields == [("host", "x"), ("content-length", "4")]
    impatient = incoming()
    impatient.feed(head + b"a", 1)
    assert not impatient.wants_go_ahead()
    former = incoming()
    former.feed(head.replace(b"1.1", b"1.0"), 1)
    assert not former.wants_go_ahead()


def test_a_head_has_its_time_from_its_first_byte_on():
    connection = incoming()
    assert connection.due == 10
    connection.feed(b"GET ", 4)
    connection.feed(b"/a ", 13)
    assert connection.due == 14


def test_a_body_has_its_time_and_what_has_come_of_it_buys_more():
    connection = incoming()
    connection.feed(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n", 5)
    assert connection.due == 25
    connection.feed(b"a" * 300, 10)
    assert connection.due == 28


def test_however_much_chunks_are_wrapped_in_they_take_no_longer_than_the_largest_body():
    connection = incoming()
    connection.feed(CHUNKED, 0)
    for _ in range(100):
        connection.feed(b"1;" + b"x" * 500 + b"\r\na\r\n", 1)
    assert connection.due == 20 + MOST / 100


def test_no_body_takes_longer_than_two_minutes():
    connection = Incoming(PACE, 10**7, now=0)
    connection.feed(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n", 0)
    connection.feed(b"a" * 1_000_000, 1)
    assert connection.due == 120
    assert connection.held_bytes == 1_000_000


def test_between_two_requests_a_connection_rests_for_as_long_as_it_may():
    connection = incoming()
    assert connection.feed(GET, 1) is not None
    assert connection.feed(b"", 60) is None
    assert connection.due == 65
    assert not connection.has_begun


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Path_Info", "X_Forwarded_For", "Sec_Fetch-Mode"])
def test_a_name_that_servers_take_for_another_is_left_out(name):
    """In a server's variables an underscore reads as a hyphen, or as the server's own word."""
    lines = f"GET /a HTTP/1.1\r\nHost: x\r\n{name}: /x\r\nAccept: a_b\r\n\r\n".encode()
    connection = incoming()
    assert connection.feed(lines, 1).fields == [("host", "x"), ("accept", "a_b")]
    assert connection.forwarded_for is None


@pytest.mark.parametrize("name", [b"A B", b"A\tB", b"A\x00", b"A\xe9", b"A(", b'"A"', b"A/B"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(Refused) as refused:
        incoming().feed(b"GET /a HTTP/1.1\r\nHost: x\r\n" + name + b": x\r\n\r\n", 1)
    assert refused.value.status is HTTPStatus.BAD_REQUEST


def test_the_address_a_proxy_names_is_known_while_the_body_is_awaited():
    connection = incoming()
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n"
    head += b"x-forwarded-for: 198.51.100.2\r\n"
    connection.feed(head + b"Content-Length: 4\r\n\r\n", 1)
    assert connection.forwarded_for == "192.0.2.1,198.51.100.2"
    connection.feed(b"abcd", 1)
    assert connection.forwarded_for is None


@pytest.mark.parametrize(
    "line",
    [
        *(b"GET /a", b"GET  /a HTTP/1.1", b"GET /a  HTTP/1.1", b"GET /a HTTP/1.1 ", b"GET"),
        *(b"get /a HTTP/1.1", b"GE T /a HTTP/1.1", b"G /a HTTP/1.1", b"GET a HTTP/1.1"),
        *(b"GET * HTTP/1.1", b"GET /\xe4 HTTP/1.1", b"GET /a\tb HTTP/1.1", b"GET /\x00 HTTP/1.1"),
        *(b"GET /a HTTP/2.0", b"GET /a HTTP/0.9", b"GET /a http/1.1", b"CONNECT x:1 HTTP/1.1"),
        *(b"GET a://b/c HTTP/1.1", b"GET x?y=:///a HTTP/1.1", b"GET http:///a HTTP/1.1"),
        *(b"GET /a\n HTTP/1.1", b" GET /a HTTP/1.1", b"GET /a HTTP/1.1\rX: y"),
    ],
)
def test_a_first_line_that_is_none_is_refused(line):
    with pytest.raises(Refused) as refused:
        incoming().feed(line + b"\r\nHost: x\r\n\r\n", 1)
    assert refused.value.status is HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("head", "stays"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n", True),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, Close\r\n", False),
        (b"GET / HTTP/1.0\r\n", False),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n", True),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n", False),
    ],
)
def test_the_sender_says_whether_the_connection_stands(head, stays):
    assert incoming().feed(head + b"\r\n", 1).wants_to_stay is stays


def test_empty_lines_between_two_requests_begin_none_and_buy_no_time():
    connection = incoming()
    connection.feed(GET, 1)
    connection.feed(b"", 60)
    for piece in (b"\r\n", b"\r", b"\n", b"\r\n\r\n"):
        assert connection.feed(piece, 63) is None
        assert (connection.due, connection.has_begun) == (65, False)
    assert connection.held_bytes == 0
    assert connection.feed(GET, 64) is not None


@pytest.mark.parametrize("fields", [b"", b"X-Host: x\r\n", b"Content-Type: text/html\r\n"])
def test_a_request_names_its_host_since_there_is_a_version_that_can(fields):
    with pytest.raises(Refused) as refused:
        incoming().feed(b"GET /a HTTP/1.1\r\n" + fields + b"\r\n", 1)
    assert refused.value.status == HTTPStatus.BAD_REQUEST
    assert incoming().feed(b"GET /a HTTP/1.0\r\n" + fields + b"\r\n", 1).target == "/a"
