"""One connection of the worker's, as its first thread and as the application's thread see it."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

from gateway.serving.incoming import Incoming

MOST_KEPT_BYTES: Final = 4 * 1024 * 1024
"""Of one answer; pages and what programs read are shorter, files that are exported may not be."""


class Turn(Enum):
    """What a connection waits for: its guest to send, us, its guest to take an answer, its end."""

    SENDS = auto()
    IS_SERVED = auto()
    TAKES = auto()
    LEAVES = auto()


@dataclass(eq=False)
class Visit:
    """One connection. Who changes it: the first thread, or the pool's while it is served.

    Attributes:
        sock: itself, which never blocks.
        client: its other end; server: our end; both as the system names them.
        incoming: its requests.
        turn: what it waits for.
        due_by: when it is ended, where it waits for no request.
        answer: what is still to be taken.
        keeps: whether another request may follow the answer.
        dropped: how much was read after its end.
        named: whom a proxy named for the request that is coming in.
    """

    sock: socket.socket
    client: Any
    server: Any
    incoming: Incoming
    turn: Turn = Turn.SENDS
    due_by: float = 0.0
    answer: memoryview = field(default_factory=lambda: memoryview(b""))
    keeps: bool = False
    dropped: int = 0
    named: str = ""

    @property
    def peer(self) -> str:
        """The address at its other end, or nothing."""
        return self.client[0] if isinstance(self.client, tuple) else ""

    @property
    def due(self) -> float:
        """When it is ended, if nothing happens: monotonic seconds."""
        return self.incoming.due if self.turn is Turn.SENDS else self.due_by

    @property
    def held_bytes(self) -> int:
        """How much of requests and answers is kept for it."""
        return self.incoming.held_bytes + len(self.answer)

    def send(self, data: bytes | memoryview) -> int:
        """How much of it could be sent at once."""
        try:
            return self.sock.send(data)
        except BlockingIOError:
            return 0


class WrittenAnswer:
    """The connection as the application's thread sees it: what is written is kept.

    An answer that is longer than `MOST_KEPT_BYTES` is passed on as it is made, so that no more
    of it is held; then the thread waits for whoever reads, as long as the pace allows.

    Args:
        visit: the connection.
        seconds_for: how long so many bytes may take.

    Attributes:
        passed_on: some of it has gone out, so that nothing else can be said any more.
    """

    def __init__(self, visit: Visit, seconds_for: Callable[[int], float]) -> None:
        self.passed_on = False
        self._visit = visit
        self._seconds_for = seconds_for
        self._written: list[bytes] = []
        self._held = 0

    @property
    def written(self) -> bytes:
        """What of it is kept."""
        return b"".join(self._written)

    def write(self, data: bytes) -> None:
        """Keep it, or pass on what there is.

        Raises:
            TimeoutError: it is taken too slowly.
            OSError: nobody takes it any more.
        """
        self._written.append(data)
        self._held += len(data)
        if self._held > MOST_KEPT_BYTES:
            self._pass_on(memoryview(self.written))
            self._written, self._held = [], 0

    def replace(self, answer: bytes) -> None:
        """Answer this in place of what is kept."""
        self._written = [answer]

    def _pass_on(self, rest: memoryview) -> None:
        self.passed_on = True
        due = time.monotonic() + self._seconds_for(len(rest))
        waiting = select.poll()
        waiting.register(self._visit.sock, select.POLLOUT)
        while rest:
            rest = rest[self._visit.send(rest) :]
            left = due - time.monotonic()
            if rest and (left <= 0 or not waiting.poll(left * 1000)):
                raise TimeoutError
