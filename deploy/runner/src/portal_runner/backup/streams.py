"""Bytes on their way into a backup and out of it: compressed, expanded, counted."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Protocol

BLOCK = 1 << 20
LEVEL = 1
"""Of compression: a backup is bound by the processor, and more would win a tenth."""

GZIP = 31
"""What zlib calls gzip's format, with the largest window."""


class BackupError(RuntimeError):
    """A backup cannot be made or used; the text is a sentence that says what to do."""


class Readable(Protocol):
    """Whatever gives bytes; empty at its end."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""


class Joined:
    """Several pieces of bytes as one source."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = list(pieces)

    def read(self, _size: int = -1, /) -> bytes:
        """The next piece, whole."""
        return self._pieces.pop(0) if self._pieces else b""


class Counted:
    """Passes bytes on, and knows how many there were and their hash."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, block: bytes) -> int:
        """Count them, and pass them on."""
        self.digest.update(block)
        self.size += len(block)
        return self._file.write(block)

    def flush(self) -> None:
        """Let nothing wait here."""
        self._file.flush()


class Compressed:
    """`source` in gzip's format."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._work: Any = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        self._ready = bytearray()

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes of it."""
        while self._work is not None and (size < 0 or len(self._ready) < size):
            if block := self._source.read(BLOCK):
                self._ready += self._work.compress(block)
            else:
                self._ready += self._work.flush()
                self._work = None
        size = len(self._ready) if size < 0 else size
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found


class Expanded:
    """What a file in gzip's format holds; `read` gives exactly what is asked for until its end."""

    def __init__(self, source: Readable, path: Path) -> None:
        self._source = source
        self._path = path
        self._work: Any = zlib.decompressobj(GZIP)
        self._ready = bytearray()

    def read(self, size: int = -1, /) -> bytes:
        """Exactly `size` bytes, but for the last.

        Raises:
            BackupError: the file ends too early, or is damaged.
        """
        while size < 0 or len(self._ready) < size:
            if self._work.eof or not self._take():
                break
        size = len(self._ready) if size < 0 else size
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found

    def _take(self) -> bool:
        block = self._source.read(BLOCK)
        if not block:
            raise _damaged(self._path)
        try:
            self._ready += self._work.decompress(block)
        except zlib.error:
            raise _damaged(self._path) from None
        return True


class Checked:
    """What is read out of a sealed file; a failure of opening it is told at its end."""

    def __init__(
        self, inner: IO[bytes], failures: list[BaseException], thread: threading.Thread, path: Path
    ) -> None:
        self._inner = inner
        self._failures = failures
        self._thread = thread
        self._path = path

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes.

        Raises:
            BackupError: the file could not be opened to its end.
        """
        found = self._inner.read(size)
        if found:
            return found
        self._thread.join()
        if self._failures:
            message = f"{self._path.name} cannot be opened with this secret key, or is damaged."
            raise BackupError(message) from self._failures[0]
        return found


def expanded(source: Readable, path: Path) -> IO[bytes]:
    """`Expanded`, for whoever takes a file."""
    found: Any = Expanded(source, path)
    return found  # type: ignore[no-any-return]


def _damaged(path: Path) -> BackupError:
    return BackupError(f"{path.name} is damaged: it cannot be read to its end.")
