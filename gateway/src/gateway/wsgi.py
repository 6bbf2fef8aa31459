"""What gunicorn serves: ``gunicorn gateway.wsgi:application``.

Nothing is made at import. `application` is made when it is first asked for,
so that wrong settings stop a worker as it starts; the connection to the
broker is made by the first request, after any fork.
"""

from __future__ import annotations

import portal_chassis.lean  # isort: skip # noqa: F401 - before anything else

import threading
from typing import Any

import falcon

from gateway.app import create_app
from gateway.backend import A, Pending, R
from gateway.config import GatewaySettings
from portal_chassis.logging import configure_logging
from portal_chassis.rpc_client import RpcClient
from portal_chassis.settings import load_settings
from portal_contracts.calls import Method


class LazyRpcClient:
    """An RPC client that is made when it is first used.

    Args:
        amqp_uri: the broker.
    """

    def __init__(self, amqp_uri: str) -> None:
        self._amqp_uri = amqp_uri
        self._lock = threading.Lock()
        self._client: RpcClient | None = None

    def _made(self) -> RpcClient:
        with self._lock:
            if self._client is None:
                self._client = RpcClient(self._amqp_uri, name="gateway")
            return self._client

    def call(self, method: Method[A, R], arguments: A, **options: Any) -> R:
        """See `RpcClient.call`."""
        return self._made().call(method, arguments, **options)

    def submit(self, method: Method[A, R], arguments: A, **options: Any) -> Pending[R]:
        """See `RpcClient.submit`."""
        return self._made().submit(method, arguments, **options)


def create_application(**overrides: Any) -> falcon.App[Any, Any]:
    """The application by the settings of the environment; `overrides` by field name win.

    Raises:
        SettingsError: a variable is wrong; the text is a sentence.
    """
    settings = load_settings(GatewaySettings, **overrides)
    configure_logging("gateway", settings.log_level, settings.log_format)
    return create_app(LazyRpcClient(settings.amqp_uri), settings)


_made: dict[str, falcon.App[Any, Any]] = {}


def __getattr__(name: str) -> Any:
    if name != "application":
        raise AttributeError(name)
    if name not in _made:
        _made[name] = create_application()
    return _made[name]
