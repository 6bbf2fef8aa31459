"""The gateway, wired."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import falcon

from gateway.api import bearers
from gateway.api.rate_limits import RateLimits
from gateway.api.refusal import ApiRefusal
from gateway.config import GatewaySettings
from gateway.routes import all_routes
from gateway.web.backend import Rpc
from gateway.web.begin_request import BeginRequest
from gateway.web.compression import Compression
from gateway.web.cookies import CookieJar
from gateway.web.gate import Gate
from gateway.web.limits import PageLimits
from gateway.web.pages import shared_pages
from gateway.web.problems import ProblemHandlers
from gateway.web.resource import Wiring
from gateway.web.routing import API_PREFIX, Owner, Route, add_routes
from gateway.web.screens import Screens
from gateway.web.security import SecurityHeaders
from gateway.web.static_files import shared_static_files
from portal_chassis.clock import Clock
from portal_contracts.catalogue import prepare_messages


def create_app(
    rpc: Rpc, settings: GatewaySettings, clock: Clock | None = None
) -> falcon.App[Any, Any]:
    """The WSGI application.

    Args:
        rpc: calls the services; shared by all threads.
        settings: the gateway's settings.
        clock: tells the present instant.
    """
    prepare_messages()
    wiring = wire(rpc, settings, clock or Clock())
    routes = all_routes(dev=settings.dev_mail_folder is not None)
    app: falcon.App[Any, Any] = falcon.App(
        middleware=[
            BeginRequest(wiring),
            Compression(),
            SecurityHeaders(https=settings.https),
            PageLimits(settings, open_to_all=_open_to_all(routes), is_bearer=bearers.is_bearer),
            Gate(wiring, routes, admit_bearer=bearers.admit),
            RateLimits(),
        ]
    )
    app.req_options.strip_url_path_trailing_slash = False
    problem_handlers = ProblemHandlers(wiring)
    problem_handlers.add_to(app)
    app.add_error_handler(ApiRefusal, problem_handlers.on_api_refusal)
    add_routes(app, wiring, routes)
    return app


def _open_to_all(routes: Iterable[Route]) -> frozenset[str]:
    """The addresses of the API that are asked without a bearer."""
    return frozenset(
        route.pattern
        for route in routes
        if route.owner is Owner.NOBODY and route.pattern.startswith(API_PREFIX)
    )


def wire(rpc: Rpc, settings: GatewaySettings, clock: Clock) -> Wiring:
    """The collaborators of every resource."""
    jar = CookieJar(https=settings.https)
    return Wiring(
        settings=settings,
        rpc=rpc,
        clock=clock,
        jar=jar,
        static=shared_static_files(),
        screens=Screens(shared_pages(), jar),
    )
