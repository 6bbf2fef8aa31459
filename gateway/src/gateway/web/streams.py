"""Answers that are made while they are taken: a thread is busy with one until it has gone out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Final

from portal_contracts.errors import Unavailable

MOST_AT_ONCE: Final = 2
"""In one process, whose other threads answer everybody else meanwhile."""
_free = threading.BoundedSemaphore(MOST_AT_ONCE)


class Stream:
    """An answer in pieces; the server closes it, whatever became of it."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """Let the next one begin."""
        if self._open:
            self._open = False
            _free.release()


def begin_stream(make: Callable[[], Iterator[bytes]]) -> Stream:
    """An answer of the chunks that `make` gives, each made when the one before has gone out.

    `make` is called once there is a place for it; what it raises is raised.

    Raises:
        Unavailable: ``service_unavailable``: there are `MOST_AT_ONCE` already.
    """
    if not _free.acquire(blocking=False):
        raise Unavailable("service_unavailable", "Other files are being written.")
    try:
        return Stream(make())
    except BaseException:
        _free.release()
        raise
