"""One connection of the worker's, as its first thread and as the application's thread see it."""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from gateway.serving.incoming import Incoming
from gateway.serving.written import reset_on_close


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

    def close(self) -> None:
        """End it; amid an answer so that nobody takes that for whole."""
        if self.turn in {Turn.IS_SERVED, Turn.TAKES}:
            reset_on_close(self.sock)
        self.sock.close()

    def send(self, data: bytes | memoryview) -> int:
        """How much of it could be sent at once."""
        try:
            return self.sock.send(data)
        except BlockingIOError:
            return 0

    def pass_on(self, part: bytes, seconds: float) -> None:
        """Send all of a part of an answer, from the application's thread, which waits so long.

        Raises:
            TimeoutError: it is taken too slowly.
            OSError: nobody takes it any more.
        """
        rest, due = memoryview(part), time.monotonic() + seconds
        waiting = select.poll()
        waiting.register(self.sock, select.POLLOUT)
        while rest:
            rest = rest[self.send(rest) :]
            left = due - time.monotonic()
            if rest and (left <= 0 or not waiting.poll(left * 1000)):
                raise TimeoutError
