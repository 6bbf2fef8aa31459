"""Ending a device, by the client who is signed in on it."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.web import flash
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from portal_contracts.identity_links.rpc.devices import REVOKE_DEVICE, RevokeDevice


class EndOwnDevicePage(Resource):
    """``/devices/<device_id>/end``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, device_id: UUID) -> None:
        """End it; whose device it is, identity-links decides."""
        context = context_of(req)
        context.backend.ask(
            REVOKE_DEVICE, RevokeDevice(device_id=device_id), idempotency_key=context.form.key()
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.DEVICE_ENDED)
        see_other(resp, "/contact")
