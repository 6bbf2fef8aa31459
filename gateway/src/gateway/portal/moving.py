"""Moving an appointment: a month of free times; the old time stands until the new one is booked."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.portal.appointments import own_appointment, show_appointment
from gateway.portal.nearest_times import MissedTime, show_nearest_times
from gateway.portal.picker import (
    TAKEN_CODES,
    chosen_start,
    key_for,
    month_of_times,
    shown_zone,
)
from gateway.web import flash
from gateway.web.practitioner_names import practitioner_names
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource, see_other
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.scheduling.rpc.booking import MOVE_OWN_APPOINTMENT, MoveOwnAppointment
from portal_contracts.zones import zones_to_choose


class MovePage(Resource):
    """``/appointments/<appointment_id>/move?month=&day=&tz=``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """The free times it could be moved to; where the rules forbid it, whom to ask."""
        appointment = own_appointment(req, appointment_id)
        path = f"/appointments/{appointment_id}/move"
        names = practitioner_names(context_of(req).backend)
        choice = None
        if appointment.move.closed is None:
            choice = month_of_times(req, appointment.service_id, path, moving=appointment_id)
        self.show(
            req,
            resp,
            "portal/move.html",
            status=HTTPStatus.OK,
            device=client_of(req),
            appointment=appointment,
            choice=choice,
            names=names.get(),
            action=path,
            zones=zones_to_choose(),
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Move it to the time whose button was pressed."""
        context = context_of(req)
        form = context.form
        start = chosen_start(form)
        try:
            context.backend.ask(
                MOVE_OWN_APPOINTMENT,
                MoveOwnAppointment(appointment_id=appointment_id, starts_at=start),
                idempotency_key=key_for(form, start),
            )
        except (Conflict, Invalid) as error:
            appointment = own_appointment(req, appointment_id)
            if error.code not in TAKEN_CODES:
                show_appointment(self, req, resp, appointment, error=error)
                return
            zone = shown_zone(req, form)
            missed = MissedTime(
                error.code, appointment.service_id, start, zone, moving=appointment_id
            )
            show_nearest_times(self, req, resp, missed, appointment=appointment)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.APPOINTMENT_MOVED)
        see_other(resp, f"/appointments/{appointment_id}")
