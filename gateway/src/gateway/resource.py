"""What every resource is made with, and how it answers with a page."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import falcon

if TYPE_CHECKING:
    from gateway.backend import Rpc
    from gateway.config import GatewaySettings
    from gateway.cookies import CookieJar
    from gateway.screens import Screens
    from gateway.static_files import StaticFiles
    from portal_chassis.clock import Clock


@dataclass(frozen=True)
class Wiring:
    """The collaborators of the gateway, made once by `gateway.app.create_app`."""

    settings: GatewaySettings
    rpc: Rpc
    clock: Clock
    jar: CookieJar
    static: StaticFiles
    screens: Screens


class Resource:
    """One noun with an address.

    Args:
        wiring: the collaborators.
    """

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring

    def show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        template: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        error: str | None = None,
        block: str | None = None,
        **context: Any,
    ) -> None:
        """Answer with a page; see `gateway.screens.Screens.show`."""
        self.wiring.screens.show(
            req, resp, template, status=status, error=error, block=block, **context
        )


def see_other(resp: falcon.Response, path: str) -> None:
    """Send the browser on by GET to `path`, which is one of ours, relative."""
    resp.status = HTTPStatus.SEE_OTHER
    resp.location = path
