"""Moving an appointment: a month of free times, both times once more, and a way back.

The old time stands until the new one is booked.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

import falcon

from gateway.portal.appointments import own_appointment, show_appointment
from gateway.portal.month import address_of_start
from gateway.portal.nearest_times import MissedTime, show_nearest_times
from gateway.portal.picker import (
    TAKEN_CODES,
    chosen_start,
    key_for,
    shown_zone,
    times_to_choose,
)
from gateway.web import flash
from gateway.web.practitioner_names import practitioner_names
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import Submitted, read_query
from gateway.words.filters import machine_time
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.scheduling.rpc.appointments import PlaceKind, UpcomingAppointment
from portal_contracts.scheduling.rpc.booking import MOVE_OWN_APPOINTMENT, MoveOwnAppointment
from portal_contracts.scheduling.rpc.undoing import UNDO_OWN_MOVE, UndoOwnMove
from portal_contracts.zones import known_zone, zones_to_choose


class MovePage(Resource):
    """``/appointments/<appointment_id>/move?month=&day=&tz=``; with ``starts_at=``, its review."""

    names_practitioners = True

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """The free times it could be moved to, or both times once more.

        Where the rules forbid it, whom to ask.
        """
        appointment = own_appointment(req, appointment_id)
        query = read_query(req)
        if query.text("starts_at") and appointment.move.closed is None:
            self._review(req, resp, appointment, query)
            return
        path = f"/appointments/{appointment_id}/move"
        names = practitioner_names(context_of(req).backend, client_of(req))
        choice = None
        if appointment.move.closed is None:
            choice = times_to_choose(req, appointment.service_id, path, moving=appointment_id)
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
        """Lead to both times once more; move it once that is confirmed."""
        context = context_of(req)
        form = context.form
        start = chosen_start(form)
        if form.raw("confirmed") != "1":
            # An address of its own, so that *Back* leads through it and a reload sends nothing.
            see_other(resp, _review_address(appointment_id, start, known_zone(form.text("tz"))))
            return
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

    def _review(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        appointment: UpcomingAppointment,
        query: Submitted,
    ) -> None:
        start = chosen_start(query)
        if start == appointment.starts_at:
            # It was moved there meanwhile: whoever comes back has nothing to decide.
            see_other(resp, f"/appointments/{appointment.id}")
            return
        met = appointment.place.kind is PlaceKind.ADDRESS
        zone = appointment.timezone if met else shown_zone(req, query)
        chosen_zone = None if met else known_zone(query.text("tz"))
        self.show(
            req,
            resp,
            "portal/move_review.html",
            device=client_of(req),
            appointment=appointment,
            starts_at=start,
            ends_at=start + (appointment.ends_at - appointment.starts_at),
            zone=zone,
            chosen_zone=chosen_zone,
            all_times=address_of_start(
                f"/appointments/{appointment.id}/move", start, zone, chosen_zone
            ),
        )


def _review_address(appointment_id: UUID, start: datetime, chosen_zone: str | None) -> str:
    said = {"starts_at": machine_time(start)} | ({"tz": chosen_zone} if chosen_zone else {})
    return f"/appointments/{appointment_id}/move?{urlencode(said)}"


class UndoMovePage(Resource):
    """``/appointments/<appointment_id>/undo-move``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Move it back; where that is no longer possible, its page says why."""
        context = context_of(req)
        try:
            context.backend.ask(
                UNDO_OWN_MOVE,
                UndoOwnMove(appointment_id=appointment_id),
                idempotency_key=context.form.key(),
            )
        except Conflict as error:
            code = "former_time_taken" if error.code == "slot_taken" else error.code
            refused = Conflict(code, str(error))
            show_appointment(self, req, resp, own_appointment(req, appointment_id), error=refused)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.APPOINTMENT_MOVED_BACK)
        see_other(resp, f"/appointments/{appointment_id}")
