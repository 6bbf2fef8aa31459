"""Booking an appointment for a client, and moving one: who, what, and a time of a day."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import chosen_practitioner
from gateway.console.client_names import name_of_client, names_of_clients
from gateway.console.schedule import time_choice
from gateway.console.schedule.repeat_fields import REPEAT_FIELDS, read_repeat, read_scope
from gateway.console.schedule.series import review_moved_series, review_new_series
from gateway.console.schedule.time_choice import TimeChoice
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.words.wall_time import local_date, read_date
from portal_contracts.calls import MOST_ON_A_PAGE
from portal_contracts.errors import Conflict, Invalid, PortalError, Unavailable
from portal_contracts.identity_links.rpc.clients import (
    LIST_CLIENTS,
    LONGEST_SEARCH,
    ClientRow,
    ListClients,
)
from portal_contracts.scheduling.rpc.calendar import (
    BOOK_FOR_CLIENT,
    GET_APPOINTMENT,
    MOVE_FOR_CLIENT,
    AppointmentDetails,
    BookForClient,
    GetAppointment,
    MoveForClient,
)
from portal_contracts.scheduling.rpc.services import LIST_SERVICES, ListServices


class NewAppointmentPage(Resource):
    """``/console/appointments/new``: who and what by GET, the time by POST."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Choose client, service and day, then see the times of that day."""
        self._show(req, resp, read_query(req))

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Book it; a refusal or a failure keeps what was chosen and typed."""
        context = context_of(req)
        form = context.form
        try:
            client_id, service_id = _client_and_service(form)
            if read_repeat(form) is not None:
                review_new_series(self, req, resp)
                return
            booked = context.backend.ask(
                BOOK_FOR_CLIENT,
                BookForClient(
                    client_id=client_id,
                    service_id=service_id,
                    starts_at=time_choice.read_start(form),
                    despite=form.text("despite") == "1",
                ),
                idempotency_key=form.key(),
            )
        except (Conflict, Invalid, Unavailable) as error:
            self._show(req, resp, form, error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.TIME_BOOKED)
        see_other(resp, f"/console/appointments/{booked.appointment_id}")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        sent: Submitted,
        error: PortalError | None = None,
    ) -> None:
        backend = context_of(req).backend
        chosen = chosen_practitioner(req, sent)
        search = sent.text("search")[:LONGEST_SEARCH]
        services_part = backend.part(
            LIST_SERVICES,
            ListServices(practitioner_id=None if chosen.own else chosen.practitioner_id),
        )
        clients_part = backend.part(LIST_CLIENTS, ListClients(search=search, limit=MOST_ON_A_PAGE))
        services, clients = services_part.get_unless_refused(), clients_part.get()
        client_id, service_id = sent.uuid("client_id"), sent.uuid("service_id")
        day = _day(req, sent)
        choice = None
        if client_id and service_id and "day" in sent:
            choice = time_choice.times_of_day(req, service_id, day)
        _show(
            self,
            req,
            resp,
            "console/appointment_new.html",
            error=error,
            sent=sent,
            choice=choice,
            day=day,
            services=services,
            clients=_client_options(req, clients.items if clients else None, client_id),
            more_clients=bool(clients and clients.next_cursor) or bool(search),
            search=search,
            client_id=client_id,
            service_id=service_id,
            person=chosen,
            repeats=sent.values(REPEAT_FIELDS),
        )


class MovePage(Resource):
    """``/console/appointments/<appointment_id>/move``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """The times of a day, the appointment's own unless another is asked for."""
        appointment = context_of(req).backend.ask(
            GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id)
        )
        self._show(req, resp, appointment, read_query(req))

    def on_post(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Move it; a refusal or a failure keeps what was chosen and typed.

        Raises:
            NotFound: there is no such appointment.
        """
        context = context_of(req)
        try:
            if read_scope(context.form) is not None:
                review_moved_series(self, req, resp, appointment_id)
                return
            context.backend.ask(
                MOVE_FOR_CLIENT,
                MoveForClient(
                    appointment_id=appointment_id,
                    starts_at=time_choice.read_start(context.form),
                    despite=context.form.text("despite") == "1",
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
        flash.leave(self.wiring.jar, resp, flash.Flash.TIME_MOVED)
        see_other(resp, f"/console/appointments/{appointment_id}")

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
        day = read_date(sent.text("day")) or max(today, own_day)
        names = names_of_clients(context_of(req).backend, [appointment.client_id])
        _show(
            self,
            req,
            resp,
            "console/appointment_move.html",
            error=error,
            sent=sent,
            choice=time_choice.times_of_day(
                req, appointment.service_id, day, appointment.timezone, appointment.id
            ),
            day=day,
            appointment=appointment,
            client_name=names.get(str(appointment.client_id), ""),
            scope=sent.text("scope"),
        )


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    template: str,
    *,
    error: PortalError | None,
    sent: Submitted,
    choice: TimeChoice | None,
    **values: Any,
) -> None:
    typed = time_choice.typed(sent)
    errors, general_error, rule = time_choice.explain_error(error, typed)
    if error is not None:
        set_retry_after(resp, error)
    resource.show(
        req,
        resp,
        template,
        status=status_of(error) if error else HTTPStatus.OK,
        error=general_error,
        device=practitioner_of(req),
        errors=errors,
        rule=rule,
        typed=typed,
        choice=choice,
        twice="happens_twice" in errors.values(),
        **values,
    )


def _client_and_service(form: Submitted) -> tuple[UUID, UUID]:
    client_id, service_id = form.uuid("client_id"), form.uuid("service_id")
    if client_id is None or service_id is None:
        missing = {"client_id": client_id, "service_id": service_id}
        errors = {
            name: f"{name.removesuffix('_id')}_missing"
            for name, value in missing.items()
            if value is None
        }
        raise Invalid("invalid_fields", "Who, or what, is missing.", fields=errors)
    return client_id, service_id


def _day(req: falcon.Request, sent: Submitted) -> date:
    today = local_date(context_of(req).now, practitioner_of(req).practice.timezone)
    return read_date(sent.text("day")) or today


def _client_options(
    req: falcon.Request, clients: list[ClientRow] | None, client_id: UUID | None
) -> list[tuple[str, str]] | None:
    """Ids and names to choose from, the chosen one always among them; None: not available."""
    if clients is None and client_id is None:
        return None
    options = [(str(client.id), client.name) for client in clients or []]
    if client_id is not None and str(client_id) not in dict(options):
        options.insert(0, (str(client_id), name_of_client(req, client_id)))
    return options
