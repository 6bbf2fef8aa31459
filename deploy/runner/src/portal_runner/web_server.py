"""The web server of the one-process portal: eventlet's, on a listening socket of its own."""

from __future__ import annotations

from typing import Any

import eventlet
import eventlet.wsgi

REQUESTS_AT_ONCE = 200
SOCKET_TIMEOUT_SECONDS = 60
DRAIN_SECONDS = 5


class WebServer:
    """Serves one WSGI application.

    Args:
        host: address to listen on.
        port: its port.
        app: what answers.
    """

    def __init__(self, host: str, port: int, app: Any) -> None:
        self._app = app
        self._pool = eventlet.GreenPool(REQUESTS_AT_ONCE)
        # Without SO_REUSEPORT, which would let two portals share a port in silence.
        self._listener = eventlet.listen((host, port), backlog=128, reuse_port=False)
        self._thread: Any = None

    def start(self) -> None:
        """Begin to answer."""
        self._thread = eventlet.spawn(
            eventlet.wsgi.server,
            self._listener,
            self._app,
            custom_pool=self._pool,
            socket_timeout=SOCKET_TIMEOUT_SECONDS,
            log_output=False,
            debug=False,  # no traceback ever reaches a page
        )

    def stop(self) -> None:
        """Take no more requests, and let those under way finish for a few seconds."""
        self._listener.close()
        if self._thread is not None:
            self._thread.kill()
        with eventlet.Timeout(DRAIN_SECONDS, False):
            self._pool.waitall()
