"""Shows every page in every state with made-up data: to look at, and to test.

Run it to get a folder of pages, or to look at them in a browser::

    PYTHONPATH=. .venv/bin/python gateway/tests/pages/gallery.py --serve
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import parse_qs, urlsplit

import fixtures
import msgspec
from scenes import SCENES, Scene

from gateway.web.brand import stylesheet
from gateway.web.pages import Pages
from gateway.web.request_context import RequestContext
from gateway.web.screens import common_values
from gateway.web.security import CONTENT_SECURITY_POLICY
from gateway.web.static_files import shared_static_files

DEFAULT_ACCENT = fixtures.PRACTICE.accent


class Gallery:
    """Renders scenes with the gateway's own environment and files."""

    def __init__(self) -> None:
        self.pages = Pages()
        self.static = shared_static_files()

    def render(
        self, scene: Scene, language: str = "en", theme: str = "system", accent: str | None = None
    ) -> str:
        practice = None
        if scene.practice:
            practice = msgspec.structs.replace(
                fixtures.PRACTICE, accent=accent or DEFAULT_ACCENT, language=language
            )
        keys = count(1)
        context = RequestContext(
            request_id="4f1c9a2e",
            now=fixtures.NOW,
            address="",
            backend=Mock(actor=fixtures.CONSOLE_DEVICE.actor),
            language=language,
            theme=theme,
            client_secret=None,
            console_secret=None,
            csrf_secret=None,
            shown_path=scene.path,
            practice=practice,
        )
        values = common_values(context, csrf="csrf-token", new_key=lambda: f"key-{next(keys):021}")
        values |= {"flash": scene.flash, **scene.context}
        return self.pages.render(scene.template, language, values)


def handler_for(gallery: Gallery) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            name = parts.path.strip("/")
            if name.startswith("static/"):
                self._static(name.split("/", 2)[2])
            elif name.startswith("brand/"):
                self._send(stylesheet(f"#{name[6:12]}").encode(), "text/css")
            elif name in SCENES:
                page = gallery.render(
                    SCENES[name],
                    query.get("lang", "en"),
                    query.get("theme", "system"),
                    query.get("accent"),
                )
                self._send(page.encode(), "text/html; charset=utf-8")
            elif not name:
                links = "".join(f"<li><a href='/{name}'>{name}</a>" for name in SCENES)
                self._send(f"<title>Gallery</title><ul>{links}</ul>".encode(), "text/html")
            else:
                self.send_error(404)

        def _static(self, name: str) -> None:
            file = gallery.static.find(name)
            if file is None:
                self.send_error(404)
            else:
                self._send(file.content, file.content_type, "public, max-age=3600, immutable")

        def _send(self, body: bytes, content_type: str, kept: str = "no-store") -> None:
            self.send_response(200)
            self.send_header("Cache-Control", kept)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Handler


@contextmanager
def served(gallery: Gallery, port: int = 0) -> Iterator[str]:
    """The address of a server of all scenes: ``<address>/<scene>?lang=de&theme=dark``."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler_for(gallery))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write every page into this folder")
    parser.add_argument("--serve", action="store_true", help="serve them until interrupted")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    gallery = Gallery()
    if options.out:
        for scene in SCENES.values():
            for language in ("en", "de"):
                target = options.out / language / f"{scene.name}.html"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(gallery.render(scene, language), encoding="utf-8")
    if options.serve:
        with served(gallery, options.port) as address:
            sys.stdout.write(f"{address}\n")
            sys.stdout.flush()
            threading.Event().wait()


if __name__ == "__main__":
    main()
