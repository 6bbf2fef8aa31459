"""Sockets that behave as no browser does: slow, many, or in one breath."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_SECONDS = 20


def connect(port: int, *, source: str = "127.0.0.1", reads: int | None = None) -> socket.socket:
    """A connection from `source`, an address of this machine, that takes `reads` bytes ahead."""
    wire = socket.socket()
    if reads is not None:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, reads)
    wire.bind((source, 0))
    wire.settimeout(PATIENCE_SECONDS)
    wire.connect(("127.0.0.1", port))
    return wire


@contextmanager
def many(port: int, count: int, first: bytes, *, source: str) -> Iterator[list[socket.socket]]:
    """`count` connections that have sent `first`, and nothing else."""
    with ExitStack() as stack:
        wires = [stack.enter_context(connect(port, source=source)) for _ in range(count)]
        for wire in wires:
            wire.sendall(first)
        yield wires


def answers(wire: socket.socket, methods: str = "GET") -> list[tuple[int, HTTPResponse, bytes]]:
    """As many answers as there are words in `methods`, in their order."""
    found = []
    for method in methods.split():
        answer = HTTPResponse(_Unbuffered(wire), method=method)  # type: ignore[arg-type]
        answer.begin()
        found.append((answer.status, answer, answer.read()))
    return found


def everything(wire: socket.socket) -> bytes:
    """What comes until the other side closes."""
    received = b""
    while part := wire.recv(65_536):
        received += part
    return received


def drip(wire: socket.socket, byte: bytes, *, every: float, within: float) -> float:
    """Send one byte again and again until the other side answers; the seconds that took."""
    started = time.monotonic()
    wire.settimeout(every)
    while time.monotonic() < started + within:
        try:
            wire.sendall(byte)
            wire.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            continue
        except OSError:
            pass
        break
    wire.settimeout(PATIENCE_SECONDS)
    return time.monotonic() - started


def hears_nothing(wire: socket.socket, seconds: float) -> bool:
    """Whether the other side neither says anything nor closes for so long."""
    wire.settimeout(seconds)
    try:
        wire.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return True
    finally:
        wire.settimeout(PATIENCE_SECONDS)
    return False


class _Unbuffered:
    """A socket that reads no byte ahead, so that the next answer begins where it begins."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire

    def makefile(self, _mode: str) -> object:
        return self._wire.makefile("rb", buffering=0)
