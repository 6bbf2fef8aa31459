"""What a supervisor asks: is it alive, can it serve, how does it fare."""

from __future__ import annotations

import hmac
import os
from typing import Any

import falcon
import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from gateway.web.request_context import context_of
from gateway.web.resource import Resource
from gateway.web.tokens import sha256
from portal_chassis import metrics
from portal_contracts.actor import NOBODY
from portal_contracts.errors import PortalError, Unavailable
from portal_contracts.identity_links.rpc.entering import INSPECT_LINK, InspectLink

READY_SECONDS = 2.0


class LivePage(Resource):
    """``/health/live``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The process answers."""
        _send_json(resp, {"status": "live"})


class ReadyPage(Resource):
    """``/health/ready``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Whether people can enter: the broker carries, and identity-links answers.

        The other services are left out on purpose: without them pages are
        shown with a part missing, which beats no page at all.
        """
        missing = self._missing_part(req)
        known = {"version": metrics.portal_version(), "tzdata": metrics.tzdata_version()}
        if missing is None:
            _send_json(resp, {"status": "ready", **known})
        else:
            resp.status = falcon.HTTP_503
            resp.set_header("Retry-After", "5")
            _send_json(resp, {"status": "not_ready", "missing": missing, **known})

    def _missing_part(self, req: falcon.Request) -> str | None:
        no_link = InspectLink(token_hash=sha256("readiness"))
        try:
            context_of(req).backend.ask(INSPECT_LINK, no_link, actor=NOBODY, seconds=READY_SECONDS)
        except Unavailable as error:
            return "broker" if error.code == "broker_unavailable" else "identity_links"
        except PortalError:
            return None
        return None


class MetricsPage(Resource):
    """``/metrics``, for whoever holds the token of the settings."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """All metrics in Prometheus' text format; not found without the token."""
        token = self.wiring.settings.metrics_token
        given = (req.get_header("Authorization") or "").removeprefix("Bearer ").encode()
        if token is None or not hmac.compare_digest(given, token.text.encode()):
            raise falcon.HTTPNotFound
        resp.content_type = "text/plain; version=0.0.4; charset=utf-8"
        resp.data = _exposition()


def _exposition() -> bytes:
    """The metrics of all worker processes where they share a folder, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return metrics.exposition()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(metrics.Scraped())
    return metrics.exposition(registry)


def _send_json(resp: falcon.Response, document: dict[str, Any]) -> None:
    resp.content_type = falcon.MEDIA_JSON
    resp.data = msgspec.json.encode(document)
