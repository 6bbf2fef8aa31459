"""A client's new e-mail address: confirm it, or put the former one back."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import falcon

from gateway.web import flash
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from portal_contracts.calls import Method
from portal_contracts.identity_links.rpc.clients import (
    CONFIRM_ADDRESS,
    RESTORE_ADDRESS,
    SettleAddress,
)


class SettleAddressPage(Resource):
    """A decision about the address that the client's page shows, by one button."""

    method: ClassVar[Method[SettleAddress, Any]]
    done: ClassVar[flash.Flash]

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Decide, about the version that was seen."""
        context = context_of(req)
        seen = SettleAddress(client_id=client_id, version=context.form.number("version") or 0)
        context.backend.ask(self.method, seen, idempotency_key=context.form.key())
        flash.leave(self.wiring.jar, resp, self.done)
        see_other(resp, f"/console/clients/{client_id}")


class ConfirmAddressPage(SettleAddressPage):
    """``/console/clients/<client_id>/address/confirm``."""

    method = CONFIRM_ADDRESS
    done = flash.Flash.ADDRESS_CONFIRMED


class RestoreAddressPage(SettleAddressPage):
    """``/console/clients/<client_id>/address/restore``."""

    method = RESTORE_ADDRESS
    done = flash.Flash.ADDRESS_RESTORED
