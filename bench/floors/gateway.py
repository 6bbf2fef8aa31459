"""Falcon applications that do nothing but the calls of the portal's first page.

One call, then two at once (the device; the schedule, the forms), answered with
as many bytes as the portal's. `plain` calls plain consumers; `nameko` calls stock
nameko services through nameko's standalone client, which can only ask one after
the other and connects for each request, because threads cannot share it.
"""

from __future__ import annotations

import os
import threading
from typing import Any

import falcon

from bench.floors import nameko_client
from bench.floors.plain_client import ANSWER_SECONDS, ManyThreadsClient

SERVICES = ("bench_identity_links", "bench_scheduling", "bench_forms")
REQUEST_BYTES = 400
AMQP_URI = "BENCH_AMQP_URI"
"""The environment variable that names the broker."""


class PlainHome:
    """``/home`` over plain consumers. The client is made after the fork, by the first request."""

    def __init__(self, amqp_uri: str) -> None:
        self._amqp_uri = amqp_uri
        self._lock = threading.Lock()
        self._client: ManyThreadsClient | None = None

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """One call, then two at once."""
        with self._lock:
            if self._client is None:
                self._client = ManyThreadsClient(self._amqp_uri)
        client, body = self._client, b"x" * REQUEST_BYTES
        first, *others = SERVICES
        parts = [client.submit(first, body).result(ANSWER_SECONDS)]
        under_way = [client.submit(one, body) for one in others]
        parts += [one.result(ANSWER_SECONDS) for one in under_way]
        resp.data = b"".join(parts)


class NamekoHome:
    """``/home`` over nameko's standalone client."""

    def __init__(self, amqp_uri: str) -> None:
        self._amqp_uri = amqp_uri

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Three calls, one after the other."""
        body = "x" * REQUEST_BYTES
        with nameko_client.connected(self._amqp_uri) as proxy:
            resp.text = "".join(proxy[f"{name}_nameko"].ask(body) for name in SERVICES)


def _app(home: Any) -> falcon.App[Any, Any]:
    app: falcon.App[Any, Any] = falcon.App()
    app.add_route("/home", home)
    return app


def plain() -> falcon.App[Any, Any]:
    """The application over plain consumers."""
    return _app(PlainHome(os.environ[AMQP_URI]))


def nameko() -> falcon.App[Any, Any]:
    """The application over nameko's client."""
    return _app(NamekoHome(os.environ[AMQP_URI]))
