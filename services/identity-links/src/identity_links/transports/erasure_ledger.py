"""The ledger of erased clients: a file beside the backups, which is only ever added to.

A backup that is older than an erasure still holds the client's key. Whoever
restores one replays the ledger before the portal answers.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from identity_links.domain.erasures import Erasure, LedgerDamaged, line_of, read_lines

FILE_NAME = "erased-clients.jsonl"


class LedgerError(RuntimeError):
    """A ledger cannot be read or written; the text is a sentence."""


def read_ledger(folder: Path) -> list[Erasure]:
    """What the ledger in `folder` holds, oldest first; nothing where there is none yet.

    Raises:
        LedgerError: it cannot be read, or was changed.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_bytes() if path.exists() else b""
        return read_lines(_whole_lines(text).decode())[0]
    except (OSError, ValueError) as error:
        raise LedgerError(_sentence(path, error)) from error


def add_to_ledger(folder: Path, erasures: Iterable[Erasure]) -> int:
    """Add what the ledger in `folder` does not hold yet; on disk when it returns.

    Args:
        folder: has to be there: a target that is not mounted is no place to write to.
        erasures: in the order in which they are added.

    Returns:
        How many lines were added.

    Raises:
        LedgerError: it cannot be written, or what it holds was changed.
    """
    path = folder / FILE_NAME
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            added = _append(file, erasures)
        _sync_folder(folder)
    except (OSError, ValueError) as error:
        raise LedgerError(_sentence(path, error)) from error
    return added


def _append(file: BinaryIO, erasures: Iterable[Erasure]) -> int:
    text = file.read()
    whole = _whole_lines(text)
    known, previous = read_lines(whole.decode())
    ids = {one.client_id for one in known}
    lines = []
    for erasure in erasures:
        if erasure.client_id not in ids:
            ids.add(erasure.client_id)
            line, previous = line_of(erasure, previous)
            lines.append(f"{line}\n")
    # A line that a crash cut short was never confirmed: it is written over.
    file.seek(len(whole))
    file.truncate()
    file.write("".join(lines).encode())
    file.flush()
    os.fsync(file.fileno())
    return len(lines)


def _whole_lines(text: bytes) -> bytes:
    return text[: text.rfind(b"\n") + 1]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sentence(path: Path, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"The ledger of erased clients {path} cannot be used: {error.strerror}."
    told = str(error) if isinstance(error, LedgerDamaged) else "it is no text"
    return f"The ledger of erased clients {path} was changed: {told}. Restore it from a copy."
