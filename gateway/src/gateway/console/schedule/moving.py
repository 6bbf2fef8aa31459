"""Moving an appointment for a client, to a time of a day."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.schedule import time_choice
from gateway.console.schedule.appointments import is_gone
from gateway.console.schedule.quiet import is_quiet
from gateway.console.schedule.repeat_fields import read_scope, reviewed
from gateway.console.schedule.series_review import lead_to_moved_series
from gateway.console.way_back import way_back
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.words.wall_time import local_date
from portal_contracts.errors import Conflict, Invalid, PortalError, Unavailable
from portal_contracts.scheduling.rpc.calendar import (
    GET_APPOINTMENT,
    MOVE_FOR_CLIENT,
    AppointmentDetails,
    GetAppointment,
    MoveForClient,
)


class MovePage(Resource):
    """``/console/appointments/<appointment_id>/move``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """The times of a day, the appointment's own unless another is asked for."""
        self._look(req, resp, appointment_id, read_query(req))

    def on_post(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Move it, or show another day.

        Another day, a refusal or a failure keeps what was chosen and typed.

        Raises:
            NotFound: there is no such appointment.
        """
        context = context_of(req)
        quiet = is_quiet(context.form)
        overruled = time_choice.overruled(context.form)
        try:
            time_choice.check_day(context.form)
            if time_choice.looks(context.form):
                self._look(req, resp, appointment_id, context.form)
                return
            if read_scope(context.form) is not None:
                lead_to_moved_series(self, req, resp, appointment_id)
                return
            context.backend.ask(
                MOVE_FOR_CLIENT,
                MoveForClient(
                    appointment_id=appointment_id,
                    starts_at=time_choice.read_start(context.form),
                    despite=overruled is not None,
                    despite_only=overruled,
                    without_mail=quiet,
                ),
                idempotency_key=context.form.key(),
            )
        except (Conflict, Invalid, Unavailable) as error:
            appointment = context.backend.part(
                GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id)
            ).get_unless_refused()
            if appointment is None:
                raise
            self._show(req, resp, appointment, context.form, error)
            return
        moved_quietly = flash.Flash.TIME_MOVED_WITHOUT_MAIL
        flash.leave(self.wiring.jar, resp, moved_quietly if quiet else flash.Flash.TIME_MOVED)
        see_other(resp, way_back(context.form) or f"/console/appointments/{appointment_id}")

    def _look(
        self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID, sent: Submitted
    ) -> None:
        """Show the times of a day, with what `sent` says is chosen and typed.

        What takes place no more, as where somebody went back in the browser, leads to its page.
        """
        appointment = context_of(req).backend.ask(
            GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id)
        )
        if is_gone(appointment):
            see_other(resp, f"/console/appointments/{appointment_id}")
            return
        self._show(req, resp, appointment, sent)

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        appointment: AppointmentDetails,
        sent: Submitted,
        error: PortalError | None = None,
    ) -> None:
        today = local_date(context_of(req).now, appointment.timezone)
        own_day = local_date(appointment.starts_at, appointment.timezone)
        day = time_choice.asked_day(sent) or max(today, own_day)
        names = names_of_clients(context_of(req).backend, [appointment.client_id])
        typed = time_choice.typed(sent)
        errors, general_error, rules = time_choice.explain_error(error, typed)
        if error is not None:
            set_retry_after(resp, error)
        self.show(
            req,
            resp,
            "console/appointment_move.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=None if rules else general_error,
            device=practitioner_of(req),
            quiet=is_quiet(sent),
            errors=errors,
            rules=rules,
            warned=time_choice.mark_of_time(sent, rules),
            typed=typed,
            twice="happens_twice" in errors.values(),
            reviewed=reviewed(sent),
            choice=time_choice.times_of_day(
                req, appointment.service_id, day, appointment.timezone, appointment.id
            ),
            day=day,
            day_typed=sent.text("day") if "day" in errors else "",
            appointment=appointment,
            client_name=names.get(str(appointment.client_id), ""),
            scope=sent.text("scope"),
            began=way_back(sent),
        )
