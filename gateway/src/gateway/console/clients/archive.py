"""Archiving a client: each appointment to come is decided first."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.client_names import name_of_client
from gateway.web import flash
from gateway.web.archiving import (
    Becomes,
    appointments_to_come,
    archive_client,
    one_of_each_series,
)
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from portal_contracts.calls import MOST_ON_A_PAGE
from portal_contracts.errors import Conflict, PortalError
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import LIST_REQUESTS, ListRequests
from portal_contracts.scheduling.rpc.calendar import CalendarEntry

_OPEN = (RequestState.NOT_OPENED, RequestState.STARTED)


class ArchivePage(Resource):
    """``/console/clients/<client_id>/archive``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Ask, with all that is open.

        Raises:
            PortalError: the client is not there, or scheduling does not answer.
        """
        name = name_of_client(req, client_id)
        to_come = appointments_to_come(context_of(req).backend, client_id)
        self._show(req, resp, client_id, to_come, name=name)

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Archive the client, once each appointment to come is decided.

        Raises:
            PortalError: the client is not there, or a service does not answer.
        """
        context = context_of(req)
        to_come = appointments_to_come(context.backend, client_id)
        asked = one_of_each_series(to_come)
        said = {one.id: context.form.raw(field_of(one)) for one, _count in asked}
        undecided = {
            field_of(one): "undecided" for one, _count in asked if said[one.id] not in set(Becomes)
        }
        if undecided:
            self._show(req, resp, client_id, to_come, errors=undecided)
            return
        to_cancel = [one for one, becomes in said.items() if becomes == Becomes.CANCELLED]
        try:
            archive_client(
                context.backend,
                client_id,
                to_cancel,
                key=context.form.key(),
                whole_series={one.id for one, _count in asked if one.series_id},
            )
        except Conflict as error:
            # Some may be cancelled by now: the page lists what is left.
            left = appointments_to_come(context.backend, client_id)
            self._show(req, resp, client_id, left, refused=error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.CLIENT_ARCHIVED)
        see_other(resp, f"/console/clients/{client_id}")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        client_id: UUID,
        to_come: list[CalendarEntry],
        *,
        name: str | None = None,
        errors: Mapping[str, str] | None = None,
        refused: PortalError | None = None,
    ) -> None:
        context = context_of(req)
        sent = [
            context.backend.part(
                LIST_REQUESTS,
                ListRequests(client_id=client_id, state=state, limit=MOST_ON_A_PAGE),
            )
            for state in _OPEN
        ]
        name = name or name_of_client(req, client_id)
        forms = [part.get() for part in sent]
        status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        if refused is not None:
            set_retry_after(resp, refused)
            status = status_of(refused)
        self.show(
            req,
            resp,
            "console/client_archive.html",
            status=status,
            error=refused.code if refused else None,
            device=practitioner_of(req),
            client_id=client_id,
            client_name=name,
            to_come=(asked := one_of_each_series(to_come)),
            said={field_of(one): context.form.raw(field_of(one)) for one, _count in asked},
            errors=errors or {},
            open_forms=None if None in forms else sum(len(page.items) for page in forms if page),
        )


def field_of(appointment: CalendarEntry) -> str:
    """The field in which it is said what becomes of an appointment."""
    return f"becomes-{appointment.id}"
