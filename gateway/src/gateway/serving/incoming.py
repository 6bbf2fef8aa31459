"""A request on its way in: bytes become a head and a body, within limits of size and time.

Nothing here reads, waits or answers. Whoever serves feeds what a connection brought and the
time, and gets a request once it is whole, or known to be refused. So a thread is taken by
requests that are there, and by nobody who is still sending.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from gateway.serving.chunks import Chunks
from gateway.serving.heads import Refused, RequestHead, WholeRequest

_EMPTY_LINES: Final = re.compile(rb"(?:\r\n)+")  # RFC 9112, section 2.2
READ_BYTES: Final = 64 * 1024
GO_AHEAD: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
LEAVING_SECONDS: Final = 2.0
"""How long an ended connection is read from, so that its last answer is not lost on the way."""

MOST_LEAVING_BYTES: Final = 64 * 1024 * 1024
"""What is read and dropped meanwhile, and never held: a photograph that is far too large."""

LONGEST_SECONDS: Final = 120.0
"""A body, and the taking of an answer, end by then, however large they are."""

MOST_HELD_BYTES: Final = 64 * 1024 * 1024
"""What a process keeps of requests and answers that are under way, all together."""

MOST_HEAD_BYTES: Final = 64 * 1024


@dataclass(frozen=True)
class Pace:
    """How long others may take, so that what they hold is held for a known time.

    Attributes:
        head_seconds: for the lines before the body, from the first byte or the connection on.
        grace_seconds: for a body to come in, or an answer to be taken, before its rate counts.
        bytes_per_second: the least that has to move from then on.
        idle_seconds: how long a connection may rest between two requests.
    """

    head_seconds: float
    grace_seconds: float
    bytes_per_second: int
    idle_seconds: float

    def seconds_for(self, size: int) -> float:
        """How long `size` bytes may take."""
        return min(self.grace_seconds + size / self.bytes_per_second, LONGEST_SECONDS)


class Incoming:
    """The requests of one connection, one after the other.

    Args:
        pace: how long they may take.
        most_body_bytes: a larger body is not waited for; its request comes without one.
        now: monotonic seconds, as everywhere here.

    Attributes:
        due: when more must have come; from then on the connection is to be ended.
        forwarded_for: the header of the request that is coming in, once its head is in.
    """

    def __init__(self, pace: Pace, most_body_bytes: int, now: float) -> None:
        self._pace = pace
        self._most = most_body_bytes
        self._buffer = bytearray()
        self.due = now + pace.head_seconds
        self._reset()

    def _reset(self) -> None:
        self._has_begun = False
        self._searched = 0
        self._head: RequestHead | None = None
        self._body_began = 0.0
        self._received = 0
        self.forwarded_for: str | None = None

    @property
    def has_begun(self) -> bool:
        """Whether anything of a request is there."""
        return self._has_begun

    @property
    def held_bytes(self) -> int:
        """How much of requests it keeps."""
        came = self._head.chunks.body if self._head and self._head.chunks else b""
        return len(self._buffer) + len(came)

    def feed(self, data: bytes, now: float) -> WholeRequest | None:
        """The request that is whole with `data`, if it is; ask again with nothing after it.

        Raises:
            Refused: it cannot be read, or is too long to be.
        """
        self._buffer += data
        if not self._has_begun:
            self._begin(data, now)
        if self._head is None:
            self._head = self._read_head(now) if self._has_begun else None
        else:
            self._received += len(data)
        if self._head is None:
            return None
        return self._take(self._head, now)

    def wants_go_ahead(self) -> bool:
        """Whether the sender waits for a ``100 Continue``; True once."""
        head = self._head
        if head is None or not head.awaits_go_ahead:
            return False
        head.awaits_go_ahead = False
        return not self._received and not self._buffer

    def _begin(self, data: bytes, now: float) -> None:
        empty = _EMPTY_LINES.match(self._buffer)
        del self._buffer[: empty.end() if empty else 0]
        self._has_begun = bytes(self._buffer[:2]) not in (b"", b"\r")
        if self._has_begun:
            self.due = now + self._pace.head_seconds
        elif not data:
            # Whoever sends nothing but empty lines rests no longer.
            self.due = now + self._pace.idle_seconds

    def _read_head(self, now: float) -> RequestHead | None:
        end = self._buffer.find(b"\r\n\r\n", self._searched)
        if end > MOST_HEAD_BYTES or (end < 0 and len(self._buffer) > MOST_HEAD_BYTES):
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if end < 0:
            self._searched = max(0, len(self._buffer) - 3)
            return None
        head = RequestHead(bytes(self._buffer[:end]), self._most)
        del self._buffer[: end + 4]
        self._body_began, self._received = now, len(self._buffer)
        self.forwarded_for = head.forwarded_for
        return head

    def _take(self, head: RequestHead, now: float) -> WholeRequest | None:
        if head.chunks is not None:
            request = self._take_chunks(head, head.chunks)
        elif head.length > self._most:
            request = head.request(b"", is_last=True)
        elif len(self._buffer) >= head.length:
            request = head.request(bytes(self._buffer[: head.length]))
            del self._buffer[: head.length]
        else:
            request = None
        if request is None:
            # However many bytes a body is wrapped in, it takes no longer than the largest.
            moved = min(self._received, self._most)
            self.due = self._body_began + self._pace.seconds_for(moved)
            return None
        self._reset()
        return request

    def _take_chunks(self, head: RequestHead, chunks: Chunks) -> WholeRequest | None:
        try:
            is_whole = chunks.take(self._buffer)
        except ValueError as error:
            raise Refused(HTTPStatus.BAD_REQUEST) from error
        if chunks.is_too_large:
            return head.request(b"", self._most + 1, is_last=True)
        if not is_whole:
            return None
        return head.request(bytes(chunks.body), len(chunks.body))
