"""Signing out of the portal."""

from __future__ import annotations

import falcon

from gateway.web.cookies import Cookie
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from gateway.web.tokens import sha256
from portal_contracts.identity_links.rpc.devices import END_DEVICE, EndDevice


class SignOutPage(Resource):
    """``/sign-out``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """End the device on the server, then take its cookie away.

        Raises:
            Unavailable: it could not be ended: saying otherwise would be untrue.
        """
        context = context_of(req)
        if context.client_secret is not None:
            context.backend.ask(END_DEVICE, EndDevice(device_hash=sha256(context.client_secret)))
        self.wiring.jar.clear(resp, Cookie.CLIENT_DEVICE)
        see_other(resp, "/signed-out")


class SignedOutPage(Resource):
    """``/signed-out``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Goodbye, and how to come back; ``?ended=1`` when it ended by itself."""
        self.show(req, resp, "portal/signed_out.html", ended=read_query(req).raw("ended") == "1")
