"""Files of a backup: compressed on the way, and sealed where somebody is named who may open them.

Sealing is age (https://age-encryption.org/v1) by `pyrage`: to the public keys of
those who may open it. The machine that makes the backups needs no secret for it.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyrage
from msgspec import Struct

from portal_runner.backup.streams import (
    BLOCK,
    BackupError,
    Checked,
    Compressed,
    Counted,
    Readable,
    expanded,
)

COMPRESSED, SEALED = ".gz", ".age"


class Stored(Struct, frozen=True):
    """A file as it lies in a backup.

    Attributes:
        name: within its folder.
        size: bytes.
        sha256: of these bytes, as hex.
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, repr=False)
class OneTimeKey:
    """A pair of keys that lives as long as a sealed backup is tried out, in memory alone.

    So a machine that holds nobody's secret key can open what it has just sealed, and no longer.

    Attributes:
        public: whom it is sealed to besides its recipients.
        identities: open it.
    """

    public: str
    identities: Identities

    @classmethod
    def make(cls) -> OneTimeKey:
        """A new one."""
        made = pyrage.x25519.Identity.generate()
        return cls(str(made.to_public()), Identities((str(made),)))


@dataclass(frozen=True)
class Recipients:
    """Who may open a backup. Nobody named: whoever has it."""

    keys: tuple[str, ...] = ()

    @classmethod
    def named(cls, text: str) -> Recipients:
        """Those of `text`, their public keys separated by spaces or commas.

        Raises:
            BackupError: one is none.
        """
        keys = tuple(text.replace(",", " ").split())
        for key in keys:
            try:
                pyrage.x25519.Recipient.from_str(key)
            except pyrage.RecipientError:
                message = f"{key} is no public key of age: one begins with age1."
                raise BackupError(message) from None
        return cls(keys)

    def and_also(self, once: OneTimeKey | None) -> Recipients:
        """The same and a key for one time; still nobody where nobody is named."""
        return Recipients((*self.keys, once.public)) if self.keys and once else self

    @property
    def suffix(self) -> str:
        """What the name of a file ends in."""
        return COMPRESSED + (SEALED if self.keys else "")

    def write(self, source: Readable, folder: Path, name: str) -> Stored:
        """Write all of `source` as the file `name`, whole or not at all, and on disk.

        Raises:
            OSError: it cannot be written.
        """
        path = folder / f"{name}{self.suffix}"
        unfinished = path.with_name(f"{path.name}.unfinished")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                sink = Counted(file)
                self._pour(Compressed(source), sink)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        except BaseException:
            # On a disk that is full it would be in the way of the next try.
            unfinished.unlink(missing_ok=True)
            raise
        sync_folder(folder)
        return Stored(path.name, sink.size, sink.digest.hexdigest())

    def _pour(self, compressed: Compressed, sink: Counted) -> None:
        if self.keys:
            keys = [pyrage.x25519.Recipient.from_str(key) for key in self.keys]
            pyrage.encrypt_io(compressed, sink, keys)
            return
        while block := compressed.read(BLOCK):
            sink.write(block)


@dataclass(frozen=True, repr=False)
class Identities:
    """The secret keys at hand that open a backup."""

    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: Path | None) -> Identities:
        """Those in the file at `path`, one a line, as ``age-keygen`` writes it.

        Raises:
            BackupError: it cannot be read, or holds none.
        """
        if path is None:
            return cls()
        try:
            lines = path.read_text("utf-8").split()
            keys = tuple(line for line in lines if line.startswith("AGE-SECRET-KEY-"))
            for key in keys:
                pyrage.x25519.Identity.from_str(key)
        except (OSError, UnicodeDecodeError, pyrage.IdentityError):
            keys = ()
        if not keys:
            message = f"{path} holds no secret key of age (AGE-SECRET-KEY-…)."
            raise BackupError(message)
        return cls(keys)

    @contextmanager
    def open(self, path: Path) -> Iterator[IO[bytes]]:
        """What was written into the file at `path`.

        Raises:
            BackupError: it is sealed and no key opens it, or it is damaged.
            OSError: it cannot be read.
        """
        with path.open("rb") as file:
            if not path.name.endswith(SEALED):
                yield expanded(file, path)
                return
            with self._opened(file, path) as inner:
                yield expanded(inner, path)

    @contextmanager
    def _opened(self, file: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
        if not self.keys:
            message = f"{path.name} is sealed. Name the file with your secret key by --identity."
            raise BackupError(message)
        keys = [pyrage.x25519.Identity.from_str(key) for key in self.keys]
        reading, writing = os.pipe()
        failures: list[BaseException] = []

        def pour() -> None:
            with os.fdopen(writing, "wb") as sink:
                try:
                    pyrage.decrypt_io(file, sink, keys)
                except BrokenPipeError:
                    pass  # Whoever reads has enough.
                except BaseException as error:  # noqa: BLE001 - told where it is read
                    failures.append(error)

        thread = threading.Thread(target=pour, daemon=True)
        thread.start()
        try:
            with os.fdopen(reading, "rb") as inner:
                yield Checked(inner, failures, thread, path)  # type: ignore[misc]
        finally:
            thread.join()


def sync_folder(folder: Path) -> None:
    """Let the names in `folder` outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(path: Path, told: Callable[[int], None] = lambda _bytes: None) -> Stored:
    """The file as it lies there; `told` hears of each block."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
            told(len(block))
    return Stored(path.name, size, digest.hexdigest())
