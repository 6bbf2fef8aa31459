"""A body that comes in chunks (RFC 9112, section 7.1), put together as it comes."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

LONGEST_LINE_BYTES: Final = 1024
MOST_TRAILER_BYTES: Final = 8 * 1024
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")


class _Next(Enum):
    SIZE = auto()
    DATA = auto()
    END_OF_DATA = auto()
    TRAILER = auto()


class Chunks:
    """What has come of one body.

    Args:
        most_bytes: it is given up when it says that it is larger.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._next = _Next.SIZE
        self._left = 0
        self._trailer_bytes = 0
        self.body = bytearray()
        self.is_too_large = False

    def take(self, buffer: bytearray) -> bool:
        """Move what belongs to the body out of `buffer`; whether that is all of it.

        Raises:
            ValueError: these are no chunks.
        """
        while not self.is_too_large:
            if self._next is _Next.DATA:
                if not self._take_data(buffer):
                    return False
                continue
            line = _take_line(buffer)
            if line is None:
                return False
            if self._next is _Next.TRAILER and not line:
                return True
            self._read(line)
        return True

    def _take_data(self, buffer: bytearray) -> bool:
        taken = buffer[: self._left]
        self.body += taken
        self._left -= len(taken)
        del buffer[: len(taken)]
        if self._left:
            return False
        self._next = _Next.END_OF_DATA
        return True

    def _read(self, line: bytes) -> None:
        if self._next is _Next.TRAILER:
            if b"\n" in line or b"\r" in line:
                # To some readers the trailer ends at such a line.
                message = "a line of the trailer is two"
                raise ValueError(message)
            self._trailer_bytes += len(line)
            if self._trailer_bytes > MOST_TRAILER_BYTES:
                message = "the trailer is too long"
                raise ValueError(message)
        elif self._next is _Next.END_OF_DATA:
            if line:
                message = "a chunk is longer than it says"
                raise ValueError(message)
            self._next = _Next.SIZE
        else:
            self._begin_chunk(line)

    def _begin_chunk(self, line: bytes) -> None:
        match = _SIZE.fullmatch(line)
        if match is None:
            message = "a chunk without its size"
            raise ValueError(message)
        self._left = int(match[1], 16)
        self._next = _Next.DATA if self._left else _Next.TRAILER
        self.is_too_large = len(self.body) + self._left > self._most


def _take_line(buffer: bytearray) -> bytes | None:
    end = buffer.find(b"\r\n", 0, LONGEST_LINE_BYTES)
    if end >= 0:
        line = bytes(buffer[:end])
        del buffer[: end + 2]
        return line
    if len(buffer) >= LONGEST_LINE_BYTES:
        message = "a line is too long"
        raise ValueError(message)
    return None
