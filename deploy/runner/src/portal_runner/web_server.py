"""The web server of the one-process portal: eventlet's, on a listening socket of its own.

Each connection has a greenthread, which costs little to let wait. What is scarce is work on
requests, and one is let in to it when it is whole, as with gunicorn (`gateway.serving`): by
the same limits, and the same rule of who has to go when there are too many.
"""

from __future__ import annotations

import io
import socket
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

import eventlet
import eventlet.greenio
import eventlet.semaphore
import eventlet.wsgi
import structlog

from gateway.serving.exchange import Exchange, environ_of
from gateway.serving.guests import Guests
from gateway.serving.heads import Refused, WholeRequest
from gateway.serving.incoming import (
    GO_AHEAD,
    LEAVING_SECONDS,
    MOST_HELD_BYTES,
    MOST_LEAVING_BYTES,
    READ_BYTES,
    Incoming,
)
from gateway.serving.rules import ServingRules
from gateway.serving.written import WrittenAnswer, reset_on_close

log = structlog.get_logger(__name__)

REQUESTS_AT_ONCE: Final = 200
MOST_CONNECTIONS: Final = 500
"""In all: the process holds files, databases and a broker besides."""

DRAIN_SECONDS: Final = 5
IDLE_SECONDS: Final = 60.0


class WebServer:
    """Serves one WSGI application.

    Args:
        host: address to listen on.
        port: its port.
        app: what answers.
        rules: the limits of every connection.
    """

    def __init__(self, host: str, port: int, app: Any, rules: ServingRules) -> None:
        self._app = app
        self._rules = rules
        self._guests: Guests[_Connection] = Guests(MOST_CONNECTIONS, rules.connections_per_address)
        self._work = eventlet.semaphore.Semaphore(REQUESTS_AT_ONCE)
        # Whoever has to go is told by whoever comes, who is in by then.
        self._pool = eventlet.GreenPool(MOST_CONNECTIONS + 50)
        # Without SO_REUSEPORT, which would let two portals share a port in silence.
        self._listener = eventlet.listen((host, port), backlog=128, reuse_port=False)
        self._thread: Any = None

    def start(self) -> None:
        """Begin to answer."""
        self._thread = eventlet.spawn(
            eventlet.wsgi.server,
            self._listener,
            self._app,
            custom_pool=self._pool,
            protocol=self._connection,
            log_output=False,
            debug=False,  # no traceback ever reaches a page
        )

    def stop(self) -> None:
        """Take no more requests, and let those under way finish for a few seconds."""
        self._listener.close()
        if self._thread is not None:
            self._thread.kill()
        with eventlet.Timeout(DRAIN_SECONDS, False):
            self._pool.waitall()

    def _connection(self, conn_state: list[Any], server: Any) -> _Connection:
        return _Connection(conn_state, server, self._rules, self._guests, self._work)


class _Connection(eventlet.wsgi.HttpProtocol):
    """eventlet's protocol, which is given whole requests and whose answers are sent later."""

    def __init__(
        self,
        conn_state: list[Any],
        server: Any,
        rules: ServingRules,
        guests: Guests[_Connection],
        work: eventlet.semaphore.Semaphore,
    ) -> None:
        self._rules, self._guests, self._work = rules, guests, work
        self._incoming = Incoming(rules.pace, rules.most_body_bytes, time.monotonic())
        self._app = server.app
        self._ends = {"client": conn_state[0], "server": server.address}
        self._peer = str(conn_state[0][0])
        self._at_the_door = rules.address_at_the_door(self._peer)
        self._is_dismissed = False
        self._answer_bytes = 0
        super().__init__(conn_state, server)

    def setup(self) -> None:
        """The connection is read and written here, and nothing of it by the protocol."""
        self.connection = self.request
        self.rfile = self.wfile = io.BytesIO()

    def handle(self) -> None:
        """Answer one request after the other, until one of both ends it."""
        self._guests.enter(self, self._at_the_door)
        try:
            self._guests.is_awaited(self)
            self._make_room()
            super().handle()
        finally:
            self._guests.leave(self)

    def handle_one_request(self) -> None:
        """Wait for a whole request, answer it among few, and let the answer be taken."""
        self.close_connection = True
        with suppress(OSError):
            try:
                request = self._receive()
            except Refused as refused:
                self._refuse(refused.status)
                return
            if request is None:
                return
            self._guests.is_served(self)
            self._send(self._answer(request))
            if self.close_connection:
                self._say_goodbye()
            # Whoever has sent many requests in one breath takes turns with others.
            eventlet.sleep()

    def _answer(self, request: WholeRequest) -> bytes:
        """What is still to be sent of the answer, whose beginning is out if it is long."""
        answer = WrittenAnswer(self._pass_on)
        exchange = Exchange(request, answer.write, may_stay=True)
        environ = environ_of(request, **self._ends, scheme=self._rules.scheme)
        with self._work:
            try:
                self.close_connection = not exchange.run(self._app, environ)
            except Exception as error:  # noqa: BLE001 - whatever it is, there has to be an answer
                if answer.passed_on:
                    if self._rules.is_our_fault(error):
                        log.error("answer_broke_off", error=type(error).__name__)
                    self._cut()
                    return b""
                log.error("request_failed_outside", error=type(error).__name__)
                return self._rules.refusal(HTTPStatus.INTERNAL_SERVER_ERROR)
        return answer.written

    def _receive(self) -> WholeRequest | None:
        request = self._incoming.feed(b"", time.monotonic())
        while request is None:
            if self._incoming.has_begun:
                self.conn_state[2] = eventlet.wsgi.STATE_REQUEST
            if self._incoming.wants_go_ahead():
                self.connection.sendall(GO_AHEAD)
            if self._incoming.forwarded_for is not None:
                self._name(self._incoming.forwarded_for)
            self._lighten()
            data = self._read_until(self._incoming.due)
            if not data:
                if self._incoming.has_begun and not self._is_dismissed:
                    late = data is None
                    raise Refused(HTTPStatus.REQUEST_TIMEOUT if late else HTTPStatus.BAD_REQUEST)
                return None
            request = self._incoming.feed(data, time.monotonic())
        self._guests.enter(self, self._at_the_door)
        return request

    def _read_until(self, due: float) -> bytes | None:
        """What came; nothing at the end; None when nothing came in time."""
        with eventlet.Timeout(max(0.0, due - time.monotonic()), False):
            received: bytes = self.connection.recv(READ_BYTES)
            return received
        return None

    def _name(self, forwarded_for: str) -> None:
        """Count a request behind a proxy as its sender's while the rest of it is awaited."""
        address = self._rules.address_of_request(self._peer, forwarded_for)
        if address:
            self._guests.enter(self, address)
            self._make_room()

    @property
    def held_bytes(self) -> int:
        """How much of requests and answers is kept for it."""
        return self._incoming.held_bytes + self._answer_bytes

    def _make_room(self) -> None:
        self._let_go(self._guests.surplus(self))

    def _lighten(self) -> None:
        if self.held_bytes > READ_BYTES:
            self._let_go(self._guests.heaviest(lambda one: one.held_bytes, MOST_HELD_BYTES))

    def _let_go(self, surplus: _Connection | None) -> None:
        if surplus is not None:
            self._guests.leave(surplus)
            surplus.dismiss()

    def dismiss(self) -> None:
        """End the connection, whose place is needed."""
        self._is_dismissed = True
        with suppress(OSError):
            if self._incoming.has_begun:
                refusal = self._rules.refusal(HTTPStatus.TOO_MANY_REQUESTS)
                self.connection.fd.send(refusal)  # which never waits
        eventlet.greenio.shutdown_safe(self.connection)

    def _cut(self) -> None:
        """End it amid an answer, which nobody is to take for whole."""
        reset_on_close(self.connection)
        self.connection.close()

    def _pass_on(self, part: bytes) -> None:
        """Send a part of an answer, or all of it, and wait for whoever reads.

        Raises:
            TimeoutError: it is taken too slowly.
            OSError: nobody takes it any more.
        """
        self._guests.is_awaited(self)
        self._answer_bytes = len(part)
        self._lighten()
        try:
            with eventlet.Timeout(self._rules.pace.seconds_for(len(part)), TimeoutError()):
                self.connection.sendall(memoryview(part))
        finally:
            self._answer_bytes = 0
            self._guests.is_served(self)

    def _send(self, answer: bytes) -> None:
        try:
            self._pass_on(answer)
        except TimeoutError:
            self._rules.count_slow_reader()
            self._cut()
        except OSError:
            self._cut()
        self._guests.is_awaited(self)

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(self._rules.refusal(status))
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        # Closed at once, what is still on its way here would reset the connection, and the
        # answer might be lost with it (RFC 9112, section 9.6).
        self.connection.shutdown(socket.SHUT_WR)
        until, dropped = time.monotonic() + LEAVING_SECONDS, 0
        while dropped < MOST_LEAVING_BYTES and (data := self._read_until(until)):
            dropped += len(data)
