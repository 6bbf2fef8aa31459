"""The portal's home, and its contact page."""

from __future__ import annotations

import falcon

from gateway.web.portal_home import home_parts
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.identity_links.rpc.access import (
    LIST_ACCESS,
    LIST_OWN_VISITS,
    ListAccess,
    ListOwnVisits,
)
from portal_contracts.identity_links.rpc.devices import LIST_OWN_DEVICES

ACCESS_ROWS = 20
VISITS = 7


class HomePage(Resource):
    """``/home``: all that the portal holds for the client, by urgency."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Ask for all parts at once; one that does not answer is shown as missing."""
        parts = home_parts(context_of(req), PortalOf())
        self.show(req, resp, "portal/home.html", device=client_of(req), **parts)


class ContactPage(Resource):
    """``/contact``: the practice, the client's devices, and who opened the client's data."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Ask for all lists at once."""
        backend, query = context_of(req).backend, read_query(req)
        cursor, earlier = query.text("cursor") or None, query.text("visits") or None
        devices = backend.part(LIST_OWN_DEVICES, Nothing())
        access = backend.part(
            LIST_ACCESS, ListAccess(others=True, cursor=cursor, limit=ACCESS_ROWS)
        )
        visits = backend.part(LIST_OWN_VISITS, ListOwnVisits(cursor=earlier, limit=VISITS))
        self.show(
            req,
            resp,
            "portal/contact.html",
            device=client_of(req),
            devices=devices.get(),
            access=access.get_unless_refused(),
            cursor=cursor,
            visits=visits.get_unless_refused(),
        )
