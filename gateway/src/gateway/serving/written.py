"""An answer as it is written: kept while it is short, and passed on as it is made if long."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

MOST_KEPT_BYTES: Final = 4 * 1024 * 1024
"""Of one answer; pages and what programs read are shorter, files that are exported may not be."""


class WrittenAnswer:
    """What the application writes, of which no more than `MOST_KEPT_BYTES` and a piece is held.

    Args:
        pass_on: sends a part of it, and waits for whoever reads; what it raises ends the answer.

    Attributes:
        passed_on: some of it has gone out, so that nothing else can be said any more.
    """

    def __init__(self, pass_on: Callable[[bytes], object]) -> None:
        self.passed_on = False
        self._pass_on = pass_on
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
            self.passed_on = True
            part = self.written
            self._written, self._held = [], 0
            self._pass_on(part)

    def replace(self, answer: bytes) -> None:
        """Answer this in place of what is kept."""
        self._written = [answer]


def reset_on_close(sock: Any) -> None:
    """Have the connection's end say that its answer is not whole.

    HTTP/1.0, which proxies speak, knows the end of an answer of unknown length by nothing else.
    """
    # Some systems refuse it of one whose other end has gone.
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
