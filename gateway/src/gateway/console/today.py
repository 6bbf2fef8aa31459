"""The console's first page."""

from __future__ import annotations

import falcon

from gateway.console.names import names_of
from gateway.resource import Resource
from gateway.visit import practitioner_of, visit_of
from portal_contracts.identity_links.rpc import (
    LIST_CLIENTS,
    ListClients,
)
from portal_contracts.notifications.rpc import (
    LIST_DELIVERIES,
    DeliveryState,
    ListDeliveries,
)

FAILED_MAILS = 5


class TodayPage(Resource):
    """``/console``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What needs her, and how many clients there are; parts that are down are None."""
        backend = visit_of(req).backend
        asked_clients = backend.part(LIST_CLIENTS, ListClients(limit=1))
        asked_failed = backend.part(
            LIST_DELIVERIES, ListDeliveries(state=DeliveryState.FAILED, limit=FAILED_MAILS)
        )
        clients, failed = asked_clients.get(), asked_failed.get()
        self.show(
            req,
            resp,
            "console/today.html",
            device=practitioner_of(req),
            clients_total=clients.total if clients else None,
            failed=failed,
            names=names_of(backend, failed.items if failed else []),
        )
