"""How the one-process portal's web server lets go of a connection."""

import eventlet
import pytest

from gateway.config import GatewaySettings
from gateway.serving.rules import ServingRules
from portal_chassis.embedded.ports import free_port
from portal_runner.web_server import WebServer

MORE = b"x" * 1_000


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
