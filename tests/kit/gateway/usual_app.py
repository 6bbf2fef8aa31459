"""One gateway for the tests that want it with the usual settings, one test after the other.

Adding each route anew and compiling them costs 80 ms of CPU, most of what a test of a page
costs. Nothing is left out: the app is what `create_app` makes, and forgets between tests.
"""

from __future__ import annotations

from typing import Any

import falcon

from gateway.app import create_app
from gateway.config import GatewaySettings
from gateway.web.allowance import Allowance
from portal_chassis.clock import Clock
from tests.kit.gateway.fake_services import FakeServices


class StandIn:
    """Hands on what it is asked to whom the present test has put behind it."""

    behind: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.behind, name)


class UsualApp:
    """The gateway's app, before other services for each test.

    Args:
        settings: the gateway's, the same for all.
    """

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self._rpc: Any = StandIn()
        self._clock: Any = StandIn()
        self._app = create_app(self._rpc, settings, self._clock)

    def before(self, services: FakeServices, clock: Clock) -> falcon.App[Any, Any]:
        """The app that asks these services, as if nobody had asked it for anything yet."""
        self._rpc.behind, self._clock.behind = services, clock
        for allowance in allowances(self._app):
            allowance._used_until.clear()
        return self._app


def allowances(app: falcon.App[Any, Any]) -> list[Allowance]:
    """What an app remembers from one request to the next: how often somebody has asked."""
    parts = [vars(middleware) for middleware in app._unprepared_middleware]
    return [one for part in parts for one in part.values() if isinstance(one, Allowance)]
