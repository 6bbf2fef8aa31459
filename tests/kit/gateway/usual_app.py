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
        self._rpc, self._clock = StandIn(), StandIn()
        rpc: Any = self._rpc
        clock: Any = self._clock
        self._app = create_app(rpc, settings, clock)

    def before(self, services: FakeServices, clock: Clock) -> falcon.App[Any, Any]:
        """The app that asks these services, as if nobody had asked it for anything yet."""
        self._rpc.behind, self._clock.behind = services, clock
        for allowance in allowances(self._app):
            allowance._used_until.clear()  # noqa: SLF001 - nobody but a test forgets
        return self._app


def allowances(app: falcon.App[Any, Any]) -> list[Allowance]:
    """What an app remembers from one request to the next: how often somebody has asked."""
    middleware = app._unprepared_middleware  # noqa: SLF001 - Falcon tells no other way
    parts = [vars(one) for one in middleware]
    return [one for part in parts for one in part.values() if isinstance(one, Allowance)]
