"""A client's appointments: the list, one of them, joining it, giving it up."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

import falcon

from gateway.portal.calendar_links import calendar_file, calendar_links
from gateway.web import flash
from gateway.web.portal_home import on_now
from gateway.web.practitioner_names import practitioner_names
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import status_of
from gateway.web.submitted import read_query
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.errors import Conflict, Invalid, NotFound, PortalError
from portal_contracts.forms.rpc.filling import FORMS_TO_DO
from portal_contracts.scheduling.rpc.appointments import UpcomingAppointment
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    GET_OWN_APPOINTMENT,
    LIST_OWN_APPOINTMENTS,
    OPEN_MEETING,
    CancelOwnAppointment,
    CancelTold,
    GetOwnAppointment,
    OpenMeeting,
)
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE

_CALLED_HERE = {"request_closed": "request_answered"}
"""What a refusal is called before the client, where its words are the practice's otherwise."""

_TOLD: Final = {told.value: told for told in CancelTold}


def own_appointment(req: falcon.Request, appointment_id: UUID) -> UpcomingAppointment:
    """One of the client's own appointments.

    Raises:
        PortalError: there is none, or it cannot be had now.
    """
    arguments = GetOwnAppointment(appointment_id=appointment_id)
    return context_of(req).backend.ask(GET_OWN_APPOINTMENT, arguments)


def show_appointment(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    appointment: UpcomingAppointment,
    *,
    error: PortalError | None = None,
    booked: bool = False,
) -> None:
    """Everything about one appointment.

    Args:
        resource: shows it.
        req: the request.
        resp: the answer.
        appointment: which.
        error: what has just been refused.
        booked: it has just been booked.
    """
    backend = context_of(req).backend
    names = practitioner_names(backend, client_of(req))
    forms = backend.part(FORMS_TO_DO, PortalOf()) if booked else None
    resource.show(
        req,
        resp,
        "portal/appointment.html",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        error=error.code if error else None,
        device=client_of(req),
        appointment=appointment,
        current=on_now([appointment], context_of(req).now),
        names=names.get(),
        booked=booked,
        forms=forms.get() if forms else None,
        calendar=calendar_links(resource.wiring, context_of(req), appointment),
    )


class AppointmentsPage(Resource):
    """``/appointments``."""

    names_practitioners = True

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Those to come, and those cancelled lately."""
        backend = context_of(req).backend
        own = backend.part(LIST_OWN_APPOINTMENTS, Nothing())
        schedule = backend.part(PORTAL_SCHEDULE, PortalOf())
        names = practitioner_names(backend, client_of(req))
        appointments = own.get()
        self.show(
            req,
            resp,
            "portal/appointments.html",
            device=client_of(req),
            own=appointments,
            current=on_now(appointments.upcoming if appointments else [], context_of(req).now),
            names=names.get(),
            can_book=bool((found := schedule.get()) and found.can_book),
        )


class AppointmentPage(Resource):
    """``/appointments/<appointment_id>``; with ``?new=1`` it has just been booked."""

    names_practitioners = True

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """When, where, and what can be done about it."""
        appointment = own_appointment(req, appointment_id)
        booked = read_query(req).text("new") == "1"
        show_appointment(self, req, resp, appointment, booked=booked)


class CalendarFilePage(Resource):
    """``/appointments/<appointment_id>/calendar.ics``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """The appointment as a file that every calendar reads."""
        appointment = own_appointment(req, appointment_id)
        resp.content_type = "text/calendar; charset=utf-8"
        resp.downloadable_as = "appointment.ics"
        resp.data = calendar_file(self.wiring, context_of(req), appointment)


class JoinPage(Resource):
    """``/appointments/<appointment_id>/join``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Go to the meeting.

        It changes nothing, so it is a link: a form of ours may not lead to
        another site.
        """
        try:
            arguments = OpenMeeting(appointment_id=appointment_id)
            meeting = context_of(req).backend.ask(OPEN_MEETING, arguments)
        except Conflict as error:
            show_appointment(self, req, resp, own_appointment(req, appointment_id), error=error)
            return
        if not meeting.address.startswith("https://"):
            raise NotFound("no_meeting_address", "The meeting has no address that can be opened.")
        see_other(resp, meeting.address)


class CancelPage(Resource):
    """``/appointments/<appointment_id>/cancel``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Ask, repeating what would be cancelled."""
        self._show(req, resp, own_appointment(req, appointment_id))

    def on_post(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Cancel it, or withdraw it where it is a request."""
        context = context_of(req)
        told = _TOLD.get(context.form.text("told"))
        reason = context.form.text("reason")
        try:
            context.backend.ask(
                CANCEL_OWN_APPOINTMENT,
                CancelOwnAppointment(appointment_id=appointment_id, reason=reason, told=told),
                idempotency_key=context.form.key(),
            )
        except (Conflict, Invalid) as error:
            # Its page says why, and whom to ask.
            said = _CALLED_HERE.get(error.code)
            shown = error if said is None else Conflict(said, str(error))
            self._show(req, resp, own_appointment(req, appointment_id), shown)
            return
        withdrawn = told is CancelTold.WITHDRAWS
        done = flash.Flash.REQUEST_WITHDRAWN if withdrawn else flash.Flash.APPOINTMENT_CANCELLED
        flash.leave(self.wiring.jar, resp, done)
        see_other(resp, f"/appointments/{appointment_id}")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        appointment: UpcomingAppointment,
        error: PortalError | None = None,
    ) -> None:
        context = context_of(req)
        field_errors = error.fields if isinstance(error, Invalid) else {}
        self.show(
            req,
            resp,
            "portal/cancel.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=error.code if error and not field_errors else None,
            device=client_of(req),
            appointment=appointment,
            names=practitioner_names(context.backend).get(),
            reason=context.form.text("reason"),
            errors=field_errors,
        )
