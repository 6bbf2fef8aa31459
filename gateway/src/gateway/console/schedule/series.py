"""A series before it is booked or moved: every occurrence, and a choice for what does not fit."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import chosen_practitioner
from gateway.console.client_names import name_of_client
from gateway.console.overruled import mark_of
from gateway.console.schedule import time_choice
from gateway.console.schedule.booking_draft import MORE_FIELDS, read_minutes
from gateway.console.schedule.quiet import is_quiet
from gateway.console.schedule.repeat_fields import (
    REPEAT_FIELDS,
    REVIEWED,
    field_of,
    read_choices,
    read_repeat,
    read_scope,
)
from gateway.console.way_back import way_back
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted
from portal_contracts.errors import Conflict, Invalid, NotFound, PortalError, Unavailable
from portal_contracts.scheduling.rpc.calendar import GET_APPOINTMENT, GetAppointment
from portal_contracts.scheduling.rpc.series import (
    BOOK_SERIES,
    MOVE_SERIES,
    REVIEW_SERIES,
    REVIEW_SERIES_MOVE,
    BookSeries,
    MoveSeries,
    ReviewSeries,
    ReviewSeriesMove,
    SeriesReview,
    SlotState,
)

_ANSWERED = (Conflict, Invalid, Unavailable)


class BookSeriesPage(Resource):
    """``/console/appointments/series``: books what its page before listed."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Book all of it; what no longer fits is listed again, with what was chosen."""
        context = context_of(req)
        choices, despite = read_choices(context.form)
        command, quiet = asked_series(context.form), is_quiet(context.form)
        try:
            booked = context.backend.ask(
                BOOK_SERIES,
                BookSeries(
                    client_id=command.client_id,
                    service_id=command.service_id,
                    starts_at=command.starts_at,
                    repeat=command.repeat,
                    choices=choices,
                    despite=despite,
                    minutes=command.minutes,
                    message=context.form.text("message"),
                    without_mail=quiet,
                ),
                idempotency_key=context.form.key(),
            )
        except _ANSWERED as error:
            review_new_series(self, req, resp, error=error)
            return
        booked_quietly = flash.Flash.SERIES_BOOKED_WITHOUT_MAIL
        flash.leave(self.wiring.jar, resp, booked_quietly if quiet else flash.Flash.SERIES_BOOKED)
        see_other(resp, f"/console/appointments/{booked.appointment_ids[0]}")


class MoveSeriesPage(Resource):
    """``/console/appointments/<appointment_id>/series``: moves what its page before listed."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """Move all of it; what no longer fits is listed again, with what was chosen."""
        context = context_of(req)
        choices, despite = read_choices(context.form)
        command, quiet = asked_move(context.form, appointment_id), is_quiet(context.form)
        try:
            context.backend.ask(
                MOVE_SERIES,
                MoveSeries(
                    appointment_id=appointment_id,
                    scope=command.scope,
                    starts_at=command.starts_at,
                    choices=choices,
                    despite=despite,
                    without_mail=quiet,
                ),
                idempotency_key=context.form.key(),
            )
        except _ANSWERED as error:
            review_moved_series(self, req, resp, appointment_id, error)
            return
        moved_quietly = flash.Flash.SERIES_MOVED_WITHOUT_MAIL
        flash.leave(self.wiring.jar, resp, moved_quietly if quiet else flash.Flash.SERIES_MOVED)
        see_other(resp, way_back(context.form) or f"/console/appointments/{appointment_id}")


def asked_series(form: Submitted, client_id: UUID | None = None) -> ReviewSeries:
    """The series that a form asks for; `client_id`: whom it means, where it is not named there.

    Raises:
        Invalid: ``invalid_fields`` with what is wrong at each field.
        NotFound: it names no client or no service, as no form of ours does.
    """
    client_id, service_id = client_id or form.uuid("client_id"), form.uuid("service_id")
    starts_at = time_choice.read_start(form)
    repeat = read_repeat(form)
    if client_id is None or service_id is None or repeat is None:
        raise NotFound("not_found", "The form does not say what is to repeat.")
    return ReviewSeries(
        client_id=client_id,
        service_id=service_id,
        starts_at=starts_at,
        repeat=repeat,
        minutes=read_minutes(form),
    )


def asked_move(form: Submitted, appointment_id: UUID) -> ReviewSeriesMove:
    """The move of a series that a form asks for.

    Raises:
        Invalid: ``invalid_fields`` with what is wrong at each field.
        NotFound: it does not say how much of the series, as each form of ours does.
    """
    scope = read_scope(form)
    if scope is None:
        raise NotFound("not_found", "The form does not say what is to be moved.")
    starts_at = time_choice.read_start(form)
    return ReviewSeriesMove(appointment_id=appointment_id, scope=scope, starts_at=starts_at)


def review_new_series(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    *,
    client_id: UUID | None = None,
    error: PortalError | None = None,
) -> None:
    """List every occurrence of the series that the form asks for.

    Raises:
        PortalError: it cannot be like that; the form has the field.
    """
    form = context_of(req).form
    command = asked_series(form, client_id)
    found = context_of(req).backend.ask(REVIEW_SERIES, command)
    chosen = chosen_practitioner(req, form)
    kept = form.values({"client": ""} | time_choice.FIELDS | REPEAT_FIELDS | MORE_FIELDS) | {
        "client_id": str(command.client_id),
        "service_id": str(command.service_id),
        **({} if chosen.own else {"practitioner": str(chosen.practitioner_id)}),
    }
    _show(
        resource,
        req,
        resp,
        found,
        error,
        action="/console/appointments/series",
        back="/console/appointments/new",
        kept=kept,
        mark=mark_of(command),
        client_name=name_of_client(req, command.client_id),
        moves=False,
    )


def review_moved_series(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    appointment_id: UUID,
    error: PortalError | None = None,
) -> None:
    """List where every occurrence would be after the move that the form asks for.

    Raises:
        PortalError: it cannot be like that; the form has the field.
    """
    backend, form = context_of(req).backend, context_of(req).form
    command = asked_move(form, appointment_id)
    began = way_back(form)
    found = backend.ask(REVIEW_SERIES_MOVE, command)
    appointment = backend.ask(GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id))
    _show(
        resource,
        req,
        resp,
        found,
        error,
        action=f"/console/appointments/{appointment_id}/series",
        back=f"/console/appointments/{appointment_id}/move",
        kept=form.values(time_choice.FIELDS | {"without_mail": ""})
        | {"scope": str(command.scope), **({"back": began} if began else {})},
        mark=mark_of(command),
        client_name=name_of_client(req, appointment.client_id),
        moves=True,
    )


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    review: SeriesReview,
    error: PortalError | None,
    *,
    kept: dict[str, str],
    mark: str,
    **values: Any,
) -> None:
    """Show it, with what was chosen there before, as far as it was of this same series."""
    form = context_of(req).form
    said = form if form.text(REVIEWED) == mark else Submitted()
    if error is not None:
        set_retry_after(resp, error)
    resource.show(
        req,
        resp,
        "console/series_review.html",
        status=status_of(error) if error else HTTPStatus.OK,
        error=_code(error, review, said, moves=values["moves"]),
        device=practitioner_of(req),
        review=review,
        fits=sum(one.state is SlotState.FREE for one in review.slots),
        said={one.slot: said.text(field_of(one.slot)) for one in review.slots},
        kept=kept | {REVIEWED: mark},
        **values,
    )


def _code(
    error: PortalError | None, review: SeriesReview, form: Submitted, *, moves: bool
) -> str | None:
    """What is said above the list.

    Of a move nothing is chosen before, as what is left out is cancelled.
    """
    if error is None:
        return None
    if "choices" in error.fields:
        return "nothing_left"
    left_open = any(
        one.state is not SlotState.FREE and not form.text(field_of(one.slot))
        for one in review.slots
    )
    return "undecided" if moves and left_open and error.code == "series_collides" else error.code
