"""The gateway, wired."""

from __future__ import annotations

from typing import Any

import falcon

from gateway.backend import Rpc
from gateway.config import GatewaySettings
from gateway.cookies import CookieJar
from gateway.gate import Gate
from gateway.opening import Opening
from gateway.pages import HERE, shared_pages
from gateway.problems import Problems
from gateway.resource import Wiring
from gateway.routes import all_routes
from gateway.routing import add_routes
from gateway.screens import Screens
from gateway.security import SecurityHeaders
from gateway.static_files import StaticFiles
from portal_chassis.clock import Clock


def create_app(
    rpc: Rpc, settings: GatewaySettings, clock: Clock | None = None
) -> falcon.App[Any, Any]:
    """The WSGI application.

    Args:
        rpc: calls the services; shared by all threads.
        settings: the gateway's settings.
        clock: tells the present instant.
    """
    wiring = wire(rpc, settings, clock or Clock())
    routes = all_routes(dev=settings.dev_mail_folder is not None)
    app: falcon.App[Any, Any] = falcon.App(
        middleware=[
            Opening(wiring),
            SecurityHeaders(https=settings.https),
            Gate(wiring, routes),
        ]
    )
    app.req_options.strip_url_path_trailing_slash = False
    Problems(wiring).add_to(app)
    add_routes(app, wiring, routes)
    return app


def wire(rpc: Rpc, settings: GatewaySettings, clock: Clock) -> Wiring:
    """The collaborators of every resource."""
    jar = CookieJar(https=settings.https)
    static = StaticFiles(HERE / "static")
    return Wiring(
        settings=settings,
        rpc=rpc,
        clock=clock,
        jar=jar,
        static=static,
        screens=Screens(shared_pages(), static, jar),
    )
