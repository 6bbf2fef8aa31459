"""The base of every resource: the collaborators it is made with, and how it shows a page."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import quote

import falcon

from gateway.config import GatewaySettings
from gateway.web.backend import Rpc
from gateway.web.cookies import CookieJar
from gateway.web.screens import Screens
from gateway.web.static_files import StaticFiles
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

    Attributes:
        takes_files: its forms may hold files.
        names_practitioners: its page of a client says who works in the practice.
        shows_secret: what it answers may hold one, so that it is never compressed.
    """

    takes_files: ClassVar[bool] = False
    names_practitioners: ClassVar[bool] = False
    shows_secret: ClassVar[bool] = False

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.show = wiring.screens.show
        """Answer with a page; see `gateway.web.screens.Screens.show`."""


def see_other(resp: falcon.Response, path: str) -> None:
    """Send the browser on by GET to `path`, which is one of ours, relative."""
    resp.status = HTTPStatus.SEE_OTHER
    resp.location = path


def is_partial(req: falcon.Request) -> bool:
    """Whether a page asks for a part of itself, by a script."""
    return req.get_header("HX-Request") == "true"


def own_address(req: falcon.Request) -> str:
    """The request's own address, as a header may hold it: in ASCII, and never another site's."""
    path = f"/{quote(req.path.lstrip('/'))}"
    return f"{path}?{req.query_string}" if req.query_string else path


def lead_to(req: falcon.Request, resp: falcon.Response, path: str) -> None:
    """`see_other`, of the whole page also where it asked for a part of itself."""
    if is_partial(req):
        resp.set_header("HX-Redirect", path)
    else:
        see_other(resp, path)
