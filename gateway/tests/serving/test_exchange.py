"""What an application is told of a request, and how its answer stands on the wire."""

import re

import pytest

from gateway.serving.exchange import Exchange, environ_of
from gateway.serving.heads import WholeRequest

HEAD = [("Content-Type", "text/plain")]


def request(method="GET", target="/", version=1, body=b"", **fields):
    named = [(name.replace("_", "-"), value) for name, value in fields.items()]
    return WholeRequest(method, target, version, named, body)


def environ(asked):
    return environ_of(asked, client=("192.0.2.1", 5), server=("127.0.0.1", 8000), scheme="https")


def answer(asked, *parts, status="200 OK", headers=HEAD, may_stay=True):
    """What stands on the wire, without the date, and whether the connection stays."""
    written = []

    def application(_environ, start):
        start(status, headers)
        return parts

    exchange = Exchange(asked, written.append, may_stay=may_stay)
    stays = exchange.run(application, environ(asked))
    return re.sub(rb"Date: [^\r]*GMT\r\n", b"", b"".join(written)).decode("latin-1"), stays


def sized(size):
    return [*HEAD, ("Content-Length", str(size))]


def test_an_application_is_told_what_was_asked_for_and_by_whom():
    told = environ(
        request(
            "POST",
            "/a%20b/%C3%A4?x=%41#part",
            body=b"abc",
            host="portal.example",
            content_type="text/plain",
            content_length="3",
            x_forwarded_for="192.0.2.9",
        )
    )
    assert told["REQUEST_METHOD"] == "POST"
    assert told["PATH_INFO"] == "/a b/\xc3\xa4"
    assert told["QUERY_STRING"] == "x=%41"
    assert (told["REMOTE_ADDR"], told["SERVER_PORT"]) == ("192.0.2.1", "8000")
    assert (told["CONTENT_TYPE"], told["CONTENT_LENGTH"]) == ("text/plain", "3")
    assert (told["HTTP_HOST"], told["HTTP_X_FORWARDED_FOR"]) == ("portal.example", "192.0.2.9")
    assert told["wsgi.url_scheme"] == "https"
    assert told["wsgi.input"].read() == b"abc"


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("//a//b?", "//a//b", ""),
        ("http://portal.example/a?b=/c", "/a", "b=/c"),
        ("http://portal.example", "/", ""),
        ("http://portal.example?next=/console", "/", "next=/console"),
        ("HTTPS://portal.example#/console", "/", ""),
        ("/a?http://x/y", "/a", "http://x/y"),
        ("*", "*", ""),
    ],
)
def test_the_path_is_what_follows_the_host_and_the_query_what_follows_it(target, path, query):
    told = environ(request(target=target))
    assert (told["PATH_INFO"], told["QUERY_STRING"]) == (path, query)


def test_a_header_that_came_twice_is_one_list():
    asked = WholeRequest("GET", "/", 1, [("accept", "a"), ("cookie", "x=1"), ("accept", "b")])
    assert environ(asked)["HTTP_ACCEPT"] == "a,b"


def test_no_header_passes_for_a_variable_of_the_server():
    told = environ(request(script_name="/x", path_info="/y", remote_addr="203.0.113.1"))
    assert (told["SCRIPT_NAME"], told["PATH_INFO"], told["REMOTE_ADDR"]) == ("", "/", "192.0.2.1")


def test_an_answer_of_known_length_lets_the_connection_stand():
    wire, stays = answer(request(), b"ab", b"c", headers=sized(3))
    assert wire == (
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
        "Connection: keep-alive\r\n\r\nabc"
    )
    assert stays


def test_an_answer_of_unknown_length_goes_in_chunks():
    wire, stays = answer(request(), b"ab", b"", b"x" * 16)
    assert "Transfer-Encoding: chunked\r\n" in wire
    assert wire.endswith("\r\n\r\n2\r\nab\r\n10\r\n" + "x" * 16 + "\r\n0\r\n\r\n")
    assert stays


def test_to_an_older_version_its_end_is_that_of_the_connection():
    wire, stays = answer(request(version=0, connection="keep-alive"), b"ab")
    assert "Transfer-Encoding" not in wire
    assert wire.endswith("Connection: close\r\n\r\nab")
    assert not stays


@pytest.mark.parametrize(
    ("method", "status"),
    [("HEAD", "200 OK"), ("GET", "304 Not Modified"), ("POST", "204 No Content")],
)
def test_what_has_no_body_gets_none(method, status):
    wire, stays = answer(request(method), b"abc", status=status, headers=sized(3))
    assert wire.endswith("\r\n\r\n")
    assert stays


def test_more_than_was_promised_is_left_out_and_less_ends_the_connection():
    assert answer(request(), b"abcd", headers=sized(3))[0].endswith("\r\n\r\nabc")
    assert not answer(request(), b"ab", headers=sized(3))[1]


@pytest.mark.parametrize("may_stay", [True, False])
def test_the_connection_stands_where_both_sides_want_it(may_stay):
    for asked in (request(), request(connection="close")):
        wire, stays = answer(asked, headers=sized(0), may_stay=may_stay)
        assert stays is (may_stay and asked.wants_to_stay)
        assert f"Connection: {'keep-alive' if stays else 'close'}\r\n" in wire


@pytest.mark.parametrize(
    "header",
    [("Location", "/a\r\nSet-Cookie: x=1"), ("X", "a\nb"), ("X", "\u2028"), ("A b", "c"), ("", "")],
)
def test_a_header_that_would_be_two_is_never_written(header):
    with pytest.raises(ValueError, match="none"):
        answer(request(), headers=[header])


def test_what_an_application_opened_is_closed_even_where_it_fails():
    closed = []

    class Parts:
        def __iter__(self):
            yield b"a"
            raise RuntimeError

        def close(self):
            closed.append(True)

    def application(_environ, start):
        start("200 OK", HEAD)
        return Parts()

    exchange = Exchange(request(), lambda _part: None, may_stay=True)
    with pytest.raises(RuntimeError):
        exchange.run(application, environ(request()))
    assert closed


def test_an_answer_that_is_begun_anew_before_it_is_out_is_the_second_alone():
    def application(_environ, start):
        start("200 OK", HEAD)
        start("500 Internal Server Error", sized(3), (ValueError, ValueError(), None))
        return [b"bad"]

    written = []
    asked = request()
    assert Exchange(asked, written.append, may_stay=True).run(application, environ(asked))
    head, _, body = b"".join(written).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ")
    assert b"Transfer-Encoding" not in head
    assert body == b"bad"


def test_an_answer_that_is_partly_out_is_not_begun_anew():
    def application(_environ, start):
        start("200 OK", HEAD)(b"a")
        start("500 Internal Server Error", sized(0), (KeyError, KeyError("why"), None))
        return []

    written = []
    with pytest.raises(KeyError, match="why"):
        Exchange(request(), written.append, may_stay=True).run(application, environ(request()))
    assert b"500" not in b"".join(written)
