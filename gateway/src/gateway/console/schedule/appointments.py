"""One appointment in the console: read it, join it, cancel it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.schedule.closed import closed_code
from gateway.console.schedule.quiet import is_quiet
from gateway.console.schedule.repeat_fields import read_scope
from gateway.console.way_back import way_back
from gateway.web import flash
from gateway.web.practitioner_names import practitioner_names
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import read_query
from portal_contracts.errors import Conflict, Invalid, PortalError, Unavailable
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.calendar import (
    CANCEL_FOR_CLIENT,
    GET_APPOINTMENT,
    AppointmentDetails,
    CancelForClient,
    GetAppointment,
)
from portal_contracts.scheduling.rpc.series import CANCEL_SERIES, CancelSeries, SeriesScope

_GONE: Final = {
    AppointmentStatus.CANCELLED,
    AppointmentStatus.DECLINED,
    AppointmentStatus.EXPIRED,
}
_FREED: Final = {
    (False, False): flash.Flash.TIME_FREED,
    (False, True): flash.Flash.TIME_FREED_WITHOUT_MAIL,
    (True, False): flash.Flash.SERIES_FREED,
    (True, True): flash.Flash.SERIES_FREED_WITHOUT_MAIL,
}
"""What is said once it is cancelled: whether it was of a series, and whether nobody is mailed."""


class AppointmentPage(Resource):
    """``/console/appointments/<appointment_id>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """All of it."""
        show_appointment(self, req, resp, appointment_id)


def show_appointment(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    appointment_id: UUID,
    error: PortalError | None = None,
) -> None:
    """All of one appointment.

    Args:
        resource: shows it.
        req: the request; what it says at ``answer`` is kept.
        resp: the answer.
        appointment_id: which.
        error: why a request was not answered.
    """
    backend = context_of(req).backend
    names = practitioner_names(backend)
    appointment = backend.ask(GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id))
    errors = {} if error is None else {k: v for k, v in error.fields.items() if k == "answer"}
    closed = None
    if error is not None:
        set_retry_after(resp, error)
        closed = error.fields.get("appointment") if error.code == "request_closed" else None
    resource.show(
        req,
        resp,
        "console/appointment.html",
        status=status_of(error) if error else HTTPStatus.OK,
        error=error.code if error and not errors and not closed else None,
        device=practitioner_of(req),
        appointment=appointment,
        client_name=_client_name(req, appointment),
        names=names.get(),
        meeting=meeting_address(appointment),
        answer=context_of(req).form.text("answer") if error else "",
        errors=errors,
        closed=closed,
    )


class JoinPage(Resource):
    """``/console/appointments/<appointment_id>/join``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Go to the meeting.

        Raises:
            Conflict: ``no_meeting_address``.
        """
        appointment = context_of(req).backend.ask(
            GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id)
        )
        address = meeting_address(appointment)
        if address is None:
            raise Conflict("no_meeting_address", "It has no meeting address.")
        resp.status = HTTPStatus.SEE_OTHER
        resp.location = address


class CancelPage(Resource):
    """``/console/appointments/<appointment_id>/cancel``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Ask, and say who is mailed; what takes place no more leads to its page."""
        appointment = context_of(req).backend.ask(
            GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id)
        )
        if is_gone(appointment):
            see_other(resp, f"/console/appointments/{appointment_id}")
            return
        self._show(req, resp, appointment, began=way_back(read_query(req)))

    def on_post(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Cancel it; a refusal or a failure keeps the reason.

        What was called off before stays so, and nobody is said to be mailed again.

        Raises:
            NotFound: there is no such appointment.
        """
        context = context_of(req)
        scope = read_scope(context.form)
        if scope is None and _is_gone_by_now(req, appointment_id):
            flash.leave(self.wiring.jar, resp, flash.Flash.APPOINTMENT_CANCELLED)
            see_other(resp, way_back(context.form) or f"/console/appointments/{appointment_id}")
            return
        try:
            _cancel(req, appointment_id, scope)
        except (Conflict, Invalid, Unavailable) as error:
            appointment = context.backend.part(
                GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id)
            ).get_unless_refused()
            if appointment is None:
                raise
            self._show(req, resp, appointment, error, began=way_back(context.form))
            return
        flash.leave(self.wiring.jar, resp, _FREED[scope is not None, is_quiet(context.form)])
        see_other(resp, way_back(context.form) or f"/console/appointments/{appointment_id}")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        appointment: AppointmentDetails,
        error: PortalError | None = None,
        *,
        began: str,
    ) -> None:
        errors: dict[str, str] = {}
        code = None
        if error is not None:
            set_retry_after(resp, error)
            errors = {
                name: field_code for name, field_code in error.fields.items() if name == "reason"
            }
            code = closed_code(error)
        self.show(
            req,
            resp,
            "console/appointment_cancel.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=None if errors else code,
            device=practitioner_of(req),
            appointment=appointment,
            client_name=_client_name(req, appointment),
            reason=context_of(req).form.text("reason"),
            scope=context_of(req).form.text("scope"),
            quiet=is_quiet(context_of(req).form),
            began=began,
            errors=errors,
        )


def _cancel(req: falcon.Request, appointment_id: UUID, scope: SeriesScope | None) -> None:
    form, backend = context_of(req).form, context_of(req).backend
    reason, key = form.text("reason"), form.key()
    told: dict[str, Any] = {"reason": reason, "without_mail": is_quiet(form)}
    if scope is None:
        alone = CancelForClient(appointment_id=appointment_id, **told)
        backend.ask(CANCEL_FOR_CLIENT, alone, idempotency_key=key)
        return
    several = CancelSeries(appointment_id=appointment_id, scope=scope, **told)
    backend.ask(CANCEL_SERIES, several, idempotency_key=key)


def _is_gone_by_now(req: falcon.Request, appointment_id: UUID) -> bool:
    wanted = GetAppointment(appointment_id=appointment_id)
    appointment = context_of(req).backend.part(GET_APPOINTMENT, wanted).get_unless_refused()
    return appointment is not None and is_gone(appointment)


def is_gone(appointment: AppointmentDetails) -> bool:
    """Whether it takes place no more, so that there is nothing to move or cancel."""
    return appointment.status in _GONE


def meeting_address(appointment: AppointmentDetails) -> str | None:
    """Where its video meeting is, if that is an address a browser may be sent to."""
    place = urlsplit(appointment.place.text)
    usable = appointment.place.kind == "video" and place.scheme == "https" and place.netloc
    return appointment.place.text if usable else None


def _client_name(req: falcon.Request, appointment: AppointmentDetails) -> str:
    names = names_of_clients(context_of(req).backend, [appointment.client_id])
    return names.get(str(appointment.client_id), "")
