"""nameko's own standalone client, used as its documentation shows."""

# ruff: noqa: E402 - eventlet announces its retirement at every import

from __future__ import annotations

import warnings
from typing import Any

warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")

from nameko.standalone.rpc import ClusterRpcProxy  # noqa: TID251 - it is what is measured

SECONDS = 10


def connected(amqp_uri: str) -> Any:
    """A context with a connection and a reply queue of its own; ``proxy[service].ask(body)``."""
    return ClusterRpcProxy({"AMQP_URI": amqp_uri}, timeout=SECONDS)


def call_once(amqp_uri: str, service: str, body: str) -> str:
    """Connect, call, disconnect."""
    with connected(amqp_uri) as proxy:
        answer: str = proxy[service].ask(body)
        return answer
