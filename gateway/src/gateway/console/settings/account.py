"""*Settings, My account*: who the practitioner is here, and the devices that are signed in."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.console.settings.sections import ACCOUNT, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.devices import (
    LIST_OWN_DEVICES,
    REVOKE_DEVICE,
    RevokeDevice,
)


class AccountPage(SectionPage):
    """``/console/settings/account``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The account, and where it is signed in."""
        devices = context_of(req).backend.part(LIST_OWN_DEVICES, Nothing())
        self.show(
            req,
            resp,
            "console/settings/account.html",
            device=practitioner_of(req),
            devices=devices.get(),
        )


class EndOwnDevicePage(Resource):
    """``/console/devices/<device_id>/end``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, device_id: UUID) -> None:
        """End one of the actor's own devices; whose it is, identity-links decides."""
        context = context_of(req)
        context.backend.ask(
            REVOKE_DEVICE, RevokeDevice(device_id=device_id), idempotency_key=context.form.key()
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.DEVICE_ENDED)
        see_other(resp, ACCOUNT.address)
