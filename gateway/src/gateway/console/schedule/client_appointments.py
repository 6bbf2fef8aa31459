"""A client's appointments, as a tab of the client's page."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.console.clients.client import show_client
from gateway.web.request_context import context_of
from gateway.web.resource import Resource
from portal_contracts.scheduling.rpc.calendar import (
    LIST_CLIENT_APPOINTMENTS,
    ListClientAppointments,
)


class ClientAppointmentsPage(Resource):
    """``/console/clients/<client_id>/appointments``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """What is to come, and what was."""
        appointments = context_of(req).backend.part(
            LIST_CLIENT_APPOINTMENTS,
            ListClientAppointments(client_id=client_id, upcoming_only=False),
        )
        show_client(self, req, resp, client_id, tab="appointments", appointments=appointments)
