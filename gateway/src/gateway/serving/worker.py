"""gunicorn's threaded worker, whose threads only ever see whole requests.

The worker's first thread reads from and writes to every connection, and waits for none. A
thread of the pool takes a request when it is whole and is done when the application has
answered: whoever sends or reads slowly holds a connection, and nothing that others need.

Who takes too long is answered 408 and ended; where there are too many connections, those go
that have been waited for longest (`gateway.serving.guests`).
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from concurrent.futures import Future
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from gunicorn.workers.gthread import ThreadWorker

from gateway.serving.exchange import Application, Exchange, environ_of
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
from gateway.serving.visit import Turn, Visit
from gateway.serving.written import WrittenAnswer

if TYPE_CHECKING:
    from gateway.serving.rules import ServingRules

SWEEP_SECONDS: Final = 0.25
_GONE: Final = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)
_NO_FILES_LEFT: Final = (errno.EMFILE, errno.ENFILE)


class WholeRequestWorker(ThreadWorker):
    """``--worker-class`` of the gateway, which `gateway.serving` names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Made by gunicorn's own classes.
        self.wsgi: Application
        self.nr: int
        self.max_requests: int
        self._rules: ServingRules
        self._guests: Guests[Visit]
        self._next_sweep = 0.0

    def load_wsgi(self) -> None:
        """Load the application, and then what it has loaded anyway."""
        super().load_wsgi()
        from gateway.config import GatewaySettings  # noqa: PLC0415 - after the application
        from gateway.serving.rules import ServingRules  # noqa: PLC0415 - the same
        from portal_chassis.process.garbage import (  # noqa: PLC0415 - the same
            keep_what_is_loaded,
        )
        from portal_chassis.variables import load_settings  # noqa: PLC0415 - the same

        self._rules = ServingRules.of(load_settings(GatewaySettings), self.cfg.keepalive)
        self._guests = Guests(self.worker_connections, self._rules.connections_per_address)
        keep_what_is_loaded()

    def run(self) -> None:
        """Serve until told to stop; then end what is under way, within the graceful timeout."""
        self.poller.register(
            self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks
        )
        while self.alive and self.is_parent_alive():
            self.set_accept_enabled(len(self._guests) <= self.worker_connections)
            self._turn_once()
        self.set_accept_enabled(False)
        end = time.monotonic() + self.cfg.graceful_timeout
        while self._guests and time.monotonic() < end:
            self._turn_once()
        for visit in self._guests.awaited:
            self._end(visit)
        self.tpool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()
        for listener in self.sockets:
            listener.close()

    def _turn_once(self) -> None:
        self.notify()
        self.wait_for_and_dispatch_events(SWEEP_SECONDS if self._guests else 1.0)
        now = time.monotonic()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            self._sweep(now)

    def _sweep(self, now: float) -> None:
        for visit in self._guests.awaited:
            if now < self._due(visit, now):
                continue
            if visit.turn is Turn.SENDS and visit.incoming.has_begun:
                self._refuse(visit, HTTPStatus.REQUEST_TIMEOUT)
                continue
            if visit.turn is Turn.TAKES:
                self._rules.count_slow_reader()
            self._end(visit)

    def _due(self, visit: Visit, now: float) -> float:
        # A worker that stops waits for what has begun, and for nothing else.
        rests = visit.turn is Turn.SENDS and not visit.incoming.has_begun
        if rests and not self.alive:
            visit.incoming.due = min(visit.incoming.due, now + LEAVING_SECONDS)
        return visit.due

    # --- a connection, from its beginning to its end -----------------------------------

    def accept(self, listener: socket.socket) -> None:
        """Let one in; where there are too many, another goes for it."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in _NO_FILES_LEFT:
                for visit in self._guests.awaited[:1]:
                    self._end(visit)
            elif error.errno not in _GONE:
                raise
            return
        sock.setblocking(False)
        incoming = Incoming(self._rules.pace, self._rules.most_body_bytes, time.monotonic())
        visit = Visit(sock, client, listener.getsockname(), incoming)
        self._guests.enter(visit, self._rules.address_at_the_door(visit.peer))
        self._await(visit, Turn.SENDS, selectors.EVENT_READ)
        self._make_room(visit)

    def _await(self, visit: Visit, turn: Turn, event: int) -> None:
        visit.turn = turn
        self._guests.is_awaited(visit)
        step = self._on_readable if event == selectors.EVENT_READ else self._on_writable
        self.poller.register(visit.sock, event, partial(step, visit))

    def _make_room(self, visit: Visit) -> None:
        self._dismiss(self._guests.surplus(visit))

    def _lighten(self, visit: Visit) -> None:
        if visit.held_bytes > READ_BYTES:
            self._dismiss(self._guests.heaviest(lambda one: one.held_bytes, MOST_HELD_BYTES))

    def _dismiss(self, surplus: Visit | None) -> None:
        if surplus is None:
            return
        if surplus.turn is Turn.SENDS and surplus.incoming.has_begun:
            self._refuse(surplus, HTTPStatus.TOO_MANY_REQUESTS)
        self._end(surplus)

    def _on_readable(self, visit: Visit, sock: socket.socket) -> None:
        try:
            data = sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data, visit.turn = b"", Turn.LEAVES
        if visit.turn is Turn.LEAVES:
            visit.dropped += len(data)
            if not data or visit.dropped > MOST_LEAVING_BYTES:
                self._end(visit)
        elif data:
            self._feed(visit, data)
        elif visit.incoming.has_begun:
            self._refuse(visit, HTTPStatus.BAD_REQUEST)
        else:
            self._end(visit)

    def _feed(self, visit: Visit, data: bytes) -> None:
        try:
            request = visit.incoming.feed(data, time.monotonic())
        except Refused as refused:
            self._refuse(visit, refused.status)
            return
        if request is not None:
            self.poller.unregister(visit.sock)
            self._guests.is_served(visit)
            visit.turn = Turn.IS_SERVED
            answering = self.tpool.submit(self._answer, visit, request)
            answering.add_done_callback(
                lambda done: self.method_queue.defer(self._on_answered, visit, done)
            )
            return
        if visit.incoming.wants_go_ahead():
            try:
                visit.send(GO_AHEAD)
            except OSError:
                self._end(visit)
                return
        self._name(visit)
        self._lighten(visit)

    def _name(self, visit: Visit) -> None:
        """Count a request behind a proxy as its sender's while the rest of it is awaited."""
        forwarded_for = visit.incoming.forwarded_for
        if forwarded_for is None or forwarded_for == visit.named:
            return
        visit.named = forwarded_for
        address = self._rules.address_of_request(visit.peer, forwarded_for)
        if address:
            self._guests.enter(visit, address)
            self._make_room(visit)

    def _on_answered(self, visit: Visit, done: Future[tuple[bytes, bool]]) -> None:
        if done.exception():
            self._end(visit)
            return
        rest, visit.keeps = done.result()
        if not rest:
            self._on_taken(visit)
            return
        visit.answer = memoryview(rest)
        visit.due_by = time.monotonic() + self._rules.pace.seconds_for(len(rest))
        self._await(visit, Turn.TAKES, selectors.EVENT_WRITE)
        self._lighten(visit)

    def _on_writable(self, visit: Visit, _sock: socket.socket) -> None:
        try:
            visit.answer = visit.answer[visit.send(visit.answer) :]
        except OSError:
            self._end(visit)
            return
        if not visit.answer:
            self.poller.unregister(visit.sock)
            self._on_taken(visit)

    def _on_taken(self, visit: Visit) -> None:
        self._guests.is_served(visit)
        if visit.named:
            visit.named = ""
            self._guests.enter(visit, self._rules.address_at_the_door(visit.peer))
        self._await(visit, Turn.SENDS, selectors.EVENT_READ)
        if visit.keeps:
            self._feed(visit, b"")
        else:
            self._say_goodbye(visit)

    def _refuse(self, visit: Visit, status: HTTPStatus) -> None:
        try:
            visit.send(self._rules.refusal(status))
        except OSError:
            self._end(visit)
            return
        self._say_goodbye(visit)

    def _say_goodbye(self, visit: Visit) -> None:
        # Closed at once, what is still on its way here would reset the connection, and the
        # answer might be lost with it (RFC 9112, section 9.6).
        visit.turn = Turn.LEAVES
        visit.due_by = time.monotonic() + LEAVING_SECONDS
        try:
            visit.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._end(visit)

    def _end(self, visit: Visit) -> None:
        if visit.sock.fileno() < 0:
            return
        if visit.turn is not Turn.IS_SERVED:
            self.poller.unregister(visit.sock)
        self._guests.leave(visit)
        visit.close()

    # --- in a thread of the pool ---------------------------------------------------------

    def _answer(self, visit: Visit, request: WholeRequest) -> tuple[bytes, bool]:
        """What could not be sent at once, and whether it stays; raises what broke it off."""
        seconds_for = self._rules.pace.seconds_for
        answer = WrittenAnswer(lambda part: visit.pass_on(part, seconds_for(len(part))))
        stays = False
        try:
            stays = self._exchange(visit, request, answer)
        except Exception as error:
            if answer.passed_on:
                if self._rules.is_our_fault(error):
                    self.log.error("An answer broke off: %s", type(error).__name__)
                raise
            self.log.error("A request failed outside of the application: %s", type(error).__name__)
            answer.replace(self._rules.refusal(HTTPStatus.INTERNAL_SERVER_ERROR))
        written = answer.written
        try:
            return written[visit.send(written) :], stays
        except OSError:
            return b"", False

    def _exchange(self, visit: Visit, request: WholeRequest, answer: WrittenAnswer) -> bool:
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
        exchange = Exchange(request, answer.write, may_stay=self.alive and self.cfg.keepalive > 0)
        ends = {"client": visit.client, "server": visit.server}
        return exchange.run(self.wsgi, environ_of(request, **ends, scheme=self._rules.scheme))
