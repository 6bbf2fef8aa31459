"""The lines before a body: what is asked for, and where the request ends.

What can be read in two ways is refused: where one request ends and the next begins must be
the same to a proxy and to this (RFC 9112, sections 3.2, 6.3 and 11.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from gateway.serving.chunks import Chunks

LONGEST_LINE_BYTES: Final = 8190
MOST_LINES: Final = 100
_DIGITS = re.compile(rb"[0-9]{1,15}")
# RFC 9112, section 3.2: all but ASCII is percent-encoded. No method of ours has a small letter.
_ASKED = re.compile(rb"([A-Z-]{3,20}) ([\x21-\x7e]+) HTTP/1\.([01])")
# A path, or what a proxy is asked for (RFC 9112, sections 3.2.1 and 3.2.2).
_TARGET = re.compile(r"/.*|https?://[^/?#]+(?:[/?#].*)?", re.IGNORECASE)
# RFC 9110, sections 5.1 and 5.5. A folded line, or a name with a space after it, is read by
# some as this and by others as that.
_FIELD = re.compile(rb"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_SETTLED: Final = frozenset({b"transfer-encoding", b"trailer"})
_ONE_ALONE: Final = frozenset({b"host", b"content-type", b"content-length"})
_GO_AHEAD_WANTED: Final = b"100-continue"


class Refused(Exception):
    """This is no request that can be answered; the connection ends with `status`."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True)
class WholeRequest:
    """A request that can be answered without reading any more.

    Attributes:
        method: in capitals.
        target: as it was asked for, in ASCII.
        version: of HTTP/1, 0 or 1.
        fields: their names in small letters, in order; a body's length is among them.
        body: what belongs to it.
        is_last: what follows on the connection is nothing that can be read: the body was
            refused for its size, and did not come.
    """

    method: str
    target: str
    version: int
    fields: list[tuple[str, str]]
    body: bytes = b""
    is_last: bool = False

    @property
    def wants_to_stay(self) -> bool:
        """Whether the sender lets the connection stand (RFC 9112, section 9.3)."""
        said = [value.lower() for name, value in self.fields if name == "connection"]
        words = {word.strip() for value in said for word in value.split(",")}
        if self.is_last or "close" in words or self.method == "CONNECT":
            return False
        return self.version == 1 or "keep-alive" in words


class RequestHead:
    """The lines before a body.

    Raises:
        Refused: they do not say what is asked for or where it ends, or in two ways.
    """

    def __init__(self, written: bytes, most_body_bytes: int) -> None:
        lines = written.split(b"\r\n")
        if len(lines[0]) > LONGEST_LINE_BYTES:
            raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG)
        if len(lines) > MOST_LINES or max(map(len, lines)) > LONGEST_LINE_BYTES:
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        asked = _ASKED.fullmatch(lines[0])
        if asked is None:
            raise Refused(HTTPStatus.BAD_REQUEST)
        self._method, self._target = asked[1].decode(), asked[2].decode()
        self._version = int(asked[3])
        if not (_TARGET.fullmatch(self._target) or self._is_of_all()):
            raise Refused(HTTPStatus.BAD_REQUEST)
        self._fields = [_field(line) for line in lines[1:]]
        names = [name for name, _ in self._fields if name in _ONE_ALONE]
        # RFC 9112, section 3.2: HTTP/1.1 names its host.
        if len(names) > len(set(names)) or (self._version and b"host" not in names):
            raise Refused(HTTPStatus.BAD_REQUEST)
        self._read_length(most_body_bytes)
        self.awaits_go_ahead = self._awaits_go_ahead()
        forwarded = [value for name, value in self._fields if name == b"x-forwarded-for"]
        self.forwarded_for = b",".join(forwarded).decode("latin-1") if forwarded else None

    def _is_of_all(self) -> bool:
        return (self._method, self._target) == ("OPTIONS", "*")

    def _read_length(self, most_body_bytes: int) -> None:
        length = next((value for name, value in self._fields if name == b"content-length"), None)
        codings = [value for name, value in self._fields if name == b"transfer-encoding"]
        if codings and (length is not None or not self._version):
            raise Refused(HTTPStatus.BAD_REQUEST)
        if codings and (len(codings) > 1 or codings[0].lower() != b"chunked"):
            raise Refused(HTTPStatus.NOT_IMPLEMENTED)
        if length is not None and not _DIGITS.fullmatch(length):
            raise Refused(HTTPStatus.BAD_REQUEST)
        self.length = int(length) if length else 0
        self.chunks = Chunks(most_body_bytes) if codings else None

    def _awaits_go_ahead(self) -> bool:
        expected = [value.lower() for name, value in self._fields if name == b"expect"]
        if any(value != _GO_AHEAD_WANTED for value in expected):
            raise Refused(HTTPStatus.EXPECTATION_FAILED)
        return bool(self._version and expected)

    def request(
        self, body: bytes, length: int | None = None, *, is_last: bool = False
    ) -> WholeRequest:
        """The request with its body: with `length` for one that came in chunks."""
        return WholeRequest(
            self._method, self._target, self._version, list(self._kept(length)), body, is_last
        )

    def _kept(self, length: int | None) -> Iterator[tuple[str, str]]:
        for name, value in self._fields:
            # In a server's variables `X_Y` is `X-Y`, or the server's own word: no browser
            # sends such names.
            if name not in _SETTLED and name != b"expect" and b"_" not in name:
                yield name.decode("ascii"), value.decode("latin-1")
        if length is not None:
            yield "content-length", str(length)


def _field(line: bytes) -> tuple[bytes, bytes]:
    found = _FIELD.fullmatch(line)
    if found is None:
        raise Refused(HTTPStatus.BAD_REQUEST)
    return found[1].lower(), found[2].rstrip(b" \t")
