"""Requests in the console: approved or declined, from the appointment's page or from Today."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import falcon

from gateway.console.schedule.appointments import show_appointment
from gateway.web import flash
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from portal_contracts.calls import Method
from portal_contracts.errors import Conflict, Invalid, Unavailable
from portal_contracts.scheduling.rpc.requests import (
    APPROVE_APPOINTMENT,
    DECLINE_APPOINTMENT,
    AnswerRequest,
)


class _AnswerPage(Resource):
    """Answers a request; a refusal or a failure keeps what was typed to the client."""

    method: ClassVar[Method[AnswerRequest, Any]]
    done: ClassVar[flash.Flash]

    def on_post(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Answer it, then show the appointment; or Today, where it was answered from there."""
        form = context_of(req).form
        command = AnswerRequest(appointment_id=appointment_id, answer=form.text("answer"))
        try:
            context_of(req).backend.ask(self.method, command, idempotency_key=form.key())
        except (Conflict, Invalid, Unavailable) as error:
            show_appointment(self, req, resp, appointment_id, error)
            return
        flash.leave(self.wiring.jar, resp, self.done)
        today = form.raw("from") == "today"
        see_other(resp, "/console" if today else f"/console/appointments/{appointment_id}")


class ApprovePage(_AnswerPage):
    """``/console/appointments/<appointment_id>/approve``."""

    method = APPROVE_APPOINTMENT
    done = flash.Flash.REQUEST_APPROVED


class DeclinePage(_AnswerPage):
    """``/console/appointments/<appointment_id>/decline``."""

    method = DECLINE_APPOINTMENT
    done = flash.Flash.REQUEST_DECLINED
