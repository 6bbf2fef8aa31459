"""The portal's home."""

from __future__ import annotations

import falcon

from gateway.web.portal_home import home_parts
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource
from portal_contracts.calls import PortalOf


class HomePage(Resource):
    """``/home``: all that the portal holds for the client, by urgency."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Ask for all parts at once; one that does not answer is shown as missing."""
        parts = home_parts(context_of(req), PortalOf())
        self.show(req, resp, "portal/home.html", device=client_of(req), **parts)
