"""What gunicorn serves: ``gunicorn gateway.wsgi:application``.

Nothing is made at import. `application` is made when it is first asked for,
so that wrong settings stop a worker as it starts; the connection to the
broker is made by the first request, after any fork.
"""

from __future__ import annotations

import portal_chassis.unused_libraries  # isort: skip # noqa: F401 - before anything else

from typing import Any

import falcon

from gateway.app import create_app
from gateway.config import GatewaySettings
from portal_chassis.broker.senders import require_own_user
from portal_chassis.logging import configure_logging
from portal_chassis.rpc.client import RpcClient
from portal_chassis.variables import load_settings
from portal_contracts.calls import GATEWAY


def create_application(**overrides: Any) -> falcon.App[Any, Any]:
    """The application by the settings of the environment; `overrides` by field name win.

    Raises:
        SettingsError: a variable is wrong; the text is a sentence.
    """
    settings = load_settings(GatewaySettings, **overrides)
    configure_logging("gateway", settings.log_level, settings.log_format)
    require_own_user(settings, GATEWAY)
    return create_app(RpcClient(settings.amqp_uri), settings)


_made: dict[str, falcon.App[Any, Any]] = {}


def __getattr__(name: str) -> Any:
    if name != "application":
        raise AttributeError(name)
    if name not in _made:
        _made[name] = create_application()
    return _made[name]
