"""The console's first page."""

from __future__ import annotations

from collections.abc import Iterable

import falcon

from gateway.backend import Backend
from gateway.resource import Resource
from gateway.visit import practitioner_of, visit_of
from portal_contracts.identity_links.rpc import (
    LIST_CLIENTS,
    NAME_CLIENTS,
    ListClients,
    NameClients,
)
from portal_contracts.notifications.rpc import (
    LIST_DELIVERIES,
    Delivery,
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


def names_of(backend: Backend, mails: Iterable[Delivery]) -> dict[str, str]:
    """Client id (as text) to name, for these mails; empty when they cannot be had."""
    ids = list(dict.fromkeys(mail.client_id for mail in mails))
    if not ids:
        return {}
    names = backend.part(NAME_CLIENTS, NameClients(client_ids=ids)).get()
    return names.names if names else {}
