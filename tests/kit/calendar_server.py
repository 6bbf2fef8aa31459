"""An https server of calendars on this machine, whose every answer a test says."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.kit.certificates import certificate

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class CalendarServer:
    """Serves what stands in `pages`, and keeps the headers that it was asked with.

    Attributes:
        address: its own, without a path.
        authority: the file of the certificate by which it is trusted.
        pages: by path, a body or what answers.
        asked: path and headers, in order.
    """

    address: str
    authority: Path
    pages: dict[str, bytes | Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.asked.append((handler.path, dict(handler.headers)))
        page = self.pages.get(handler.path)
        if page is None:
            handler.send_error(404)
        elif callable(page):
            page(handler)
        else:
            send(page, ETag=f'"{hash(page)}"')(handler)


def send(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Answers with a body; with 304 where it is known already by its ETag."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = headers.get("ETag") and handler.headers.get("If-None-Match") == headers["ETag"]
        handler.send_response(304 if known else status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if not known and "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if not known:
            handler.wfile.write(body)

    return answer


def redirect(to: str) -> Answer:
    """Answers that it is elsewhere."""
    return send(b"", 302, Location=to)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Sends a byte now and then, for ever."""
    handler.send_response(200)
    handler.end_headers()
    never = threading.Event()
    with suppress(OSError):
        while not never.wait(0.05):
            handler.wfile.write(b"B")
            handler.wfile.flush()


@contextmanager
def calendar_server(folder: Path, valid_from: datetime | None = None) -> Iterator[CalendarServer]:
    """A server for as long as the block runs; the certificate names ``localhost`` too."""
    files = certificate(folder, valid_from or datetime(2020, 1, 1, tzinfo=UTC), "localhost")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            """Whoever hangs up is what tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    served = CalendarServer(f"https://127.0.0.1:{server.server_port}", files[0])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
