"""A request on its way in: bytes become a head and a body, within limits of size and time.

Nothing here reads, waits or answers. Whoever serves feeds what a connection brought and the
time, and gets a request once it is whole, or known to be refused. So a thread is taken by
requests that are there, and by nobody who is still sending.

What can be read in two ways is refused: where one request ends and the next begins must
be the same to a proxy, to this and to the parser behind it (RFC 9112, section 6.3 and 11.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from gateway.serving.chunks import Chunks

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
LONGEST_LINE_BYTES: Final = 8190
MOST_LINES: Final = 100
_SETTLED: Final = frozenset({b"transfer-encoding", b"trailer"})
_DIGITS = re.compile(rb"[0-9]{1,15}")
_NAME = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


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


@dataclass(frozen=True)
class WholeRequest:
    """A request that can be answered without reading any more.

    Attributes:
        head: its lines, up to and with the empty one. A body's length stands in them.
        body: what belongs to it.
        is_last: what follows on the connection is nothing that can be read: the body was
            refused for its size, and did not come.
    """

    head: bytes
    body: bytes = b""
    is_last: bool = False


class Refused(Exception):
    """This is no request that can be answered; the connection ends with `status`."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


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
        self._head: _Head | None = None
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
            self._has_begun = bool(self._buffer)
            rests = self._pace.head_seconds if self._has_begun else self._pace.idle_seconds
            self.due = now + rests
        if self._head is None:
            self._head = self._read_head(now)
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

    def _read_head(self, now: float) -> _Head | None:
        while self._buffer.startswith(b"\r\n"):  # RFC 9112, section 2.2
            del self._buffer[:2]
            self._searched = 0
        end = self._buffer.find(b"\r\n\r\n", self._searched)
        if end > MOST_HEAD_BYTES or (end < 0 and len(self._buffer) > MOST_HEAD_BYTES):
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if end < 0:
            self._searched = max(0, len(self._buffer) - 3)
            return None
        head = _Head(bytes(self._buffer[:end]), self._most)
        del self._buffer[: end + 4]
        self._body_began, self._received = now, len(self._buffer)
        self.forwarded_for = head.forwarded_for
        return head

    def _take(self, head: _Head, now: float) -> WholeRequest | None:
        if head.chunks is not None:
            request = self._take_chunks(head, head.chunks)
        elif head.length > self._most:
            request = WholeRequest(head.lines(is_last=True), is_last=True)
        elif len(self._buffer) >= head.length:
            request = WholeRequest(head.lines(), bytes(self._buffer[: head.length]))
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

    def _take_chunks(self, head: _Head, chunks: Chunks) -> WholeRequest | None:
        try:
            is_whole = chunks.take(self._buffer)
        except ValueError as error:
            raise Refused(HTTPStatus.BAD_REQUEST) from error
        if chunks.is_too_large:
            return WholeRequest(head.lines(self._most + 1, is_last=True), is_last=True)
        if not is_whole:
            return None
        return WholeRequest(head.lines(len(chunks.body)), bytes(chunks.body))


class _Head:
    """The lines before a body, as far as they say where it ends.

    Raises:
        Refused: they do not say it, or in two ways.
    """

    def __init__(self, written: bytes, most_body_bytes: int) -> None:
        self._lines = written.split(b"\r\n")
        if len(self._lines[0]) > LONGEST_LINE_BYTES:
            raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG)
        if len(self._lines) > MOST_LINES or max(map(len, self._lines)) > LONGEST_LINE_BYTES:
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        fields = [_field(line) for line in self._lines[1:]]
        lengths = _values(fields, b"content-length")
        codings = _values(fields, b"transfer-encoding")
        is_current = self._lines[0].endswith(b" HTTP/1.1")
        if len(lengths) > 1 or (lengths and codings) or (codings and not is_current):
            raise Refused(HTTPStatus.BAD_REQUEST)
        if codings and (len(codings) > 1 or codings[0].lower() != b"chunked"):
            raise Refused(HTTPStatus.NOT_IMPLEMENTED)
        if lengths and not _DIGITS.fullmatch(lengths[0]):
            raise Refused(HTTPStatus.BAD_REQUEST)
        self.length = int(lengths[0]) if lengths else 0
        self.chunks = Chunks(most_body_bytes) if codings else None
        self.awaits_go_ahead = is_current and any(
            value.lower() == b"100-continue" for value in _values(fields, b"expect")
        )
        forwarded = _values(fields, b"x-forwarded-for")
        self.forwarded_for = b",".join(forwarded).decode("latin-1") if forwarded else None

    def lines(self, length: int | None = None, *, is_last: bool = False) -> bytes:
        """Them as they are read on: with `length` for a body that came in chunks."""
        settled = _SETTLED | {b"connection"} if is_last else _SETTLED
        kept = [line for line in self._lines[1:] if not _is_left_out(line, settled)]
        if is_last:
            kept.append(b"Connection: close")
        if length is not None:
            kept.append(b"Content-Length: %d" % length)
        return b"\r\n".join([self._lines[0], *kept, b"", b""])


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    # A folded line, a name with a space after it: read by some as this, by others as that.
    if not colon or not _NAME.fullmatch(name):
        raise Refused(HTTPStatus.BAD_REQUEST)
    return name.lower(), value.strip(b" \t")


def _values(fields: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    return [value for name, value in fields if name == wanted]


def _is_left_out(line: bytes, settled: frozenset[bytes]) -> bool:
    name, value = _field(line)
    # As a server's variable `X_Y` is `X-Y`, and gunicorn takes the path's beginning from
    # SCRIPT_NAME where a proxy of this machine passes it on: no browser sends such names.
    if b"_" in name:
        return True
    return name in settled or (name == b"expect" and value.lower() == b"100-continue")
