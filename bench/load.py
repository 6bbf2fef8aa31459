"""Many browsers in one process: ``python -m bench.load``, told on stdin, answering on stdout.

One thread with non-blocking sockets that are kept open: it costs the machine
little beside what it loads. Each connection asks again as soon as it was answered.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"content-length:"
STATUS_OK = b"HTTP/1.1 200"
PATIENCE_SECONDS = 20.0
CHUNK = 262_144


@dataclass(frozen=True)
class Load:
    """What is asked.

    Attributes:
        port: on this machine.
        path: of the page.
        cookie: the header's value, or empty.
        connections: how many ask at the same time.
        seconds: for how long.
        headers: what else is sent, by name.
    """

    port: int
    path: str
    cookie: str
    connections: int
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LoadResult:
    """How it was answered.

    Attributes:
        durations: seconds of each answer.
        seconds: from the first question to the last answer.
        bytes: of the last answer, head and body.
    """

    durations: list[float]
    seconds: float
    bytes: int


class _Browser:
    """One connection."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self._request = request
        self._received = bytearray()
        self.asked_at = 0.0

    def ask(self) -> None:
        self._received.clear()
        self.asked_at = time.perf_counter()
        self.socket.sendall(self._request)

    def answer(self) -> int | None:
        """The bytes of the answer once it is whole; refuses any but a page."""
        self._received += self.socket.recv(CHUNK)
        head, separator, body = self._received.partition(HEAD_ENDS)
        if not separator:
            if not self._received:
                message = "the server has closed a connection"
                raise ConnectionError(message)
            return None
        at = head.lower().index(LENGTH) + len(LENGTH)
        if len(body) < int(head[at:].split(b"\r\n", 1)[0]):
            return None
        if not head.startswith(STATUS_OK):
            raise ConnectionError(head.split(b"\r\n", 1)[0].decode())
        return len(self._received)


def apply_load(load: Load) -> LoadResult:
    """Ask until the time is over."""
    cookie = f"Cookie: {load.cookie}\r\n" if load.cookie else ""
    more = "".join(f"{name}: {value}\r\n" for name, value in load.headers.items())
    request = (
        f"GET {load.path} HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\n{cookie}{more}"
        "User-Agent: bench\r\nAccept: text/html\r\nAccept-Language: en\r\n\r\n"
    ).encode()
    durations: list[float] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(load.connections):
            browser = _Browser(load.port, request)
            selector.register(browser.socket, selectors.EVENT_READ, browser)
        started = time.perf_counter()
        for key in list(selector.get_map().values()):
            key.data.ask()
        while selector.get_map():
            ready = selector.select(PATIENCE_SECONDS)
            if not ready:
                message = "no answer"
                raise TimeoutError(message)
            for key, _ in ready:
                found = key.data.answer()
                if found is None:
                    continue
                size, now = found, time.perf_counter()
                durations.append(now - key.data.asked_at)
                if now - started < load.seconds:
                    key.data.ask()
                else:
                    selector.unregister(key.fileobj)
                    key.data.socket.close()
    return LoadResult(durations, time.perf_counter() - started, size)


def apply_load_from_other_process(load: Load) -> LoadResult:
    """The same from a process of its own.

    Raises:
        RuntimeError: an answer was no page; the text is what the process said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(load)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=load.seconds + 2 * PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return LoadResult(**json.loads(done.stdout))


if __name__ == "__main__":
    json.dump(asdict(apply_load(Load(**json.load(sys.stdin)))), sys.stdout)
