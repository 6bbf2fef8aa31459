"""The pages of a series before it is booked or moved: what is listed there, and done."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.console.schedule.quiet import is_quiet
from gateway.console.schedule.repeat_fields import read_choices
from gateway.console.schedule.series_review import (
    NEW,
    asked_move,
    asked_series,
    review_moved_series,
    review_new_series,
)
from gateway.console.way_back import way_back
from gateway.web import flash
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from portal_contracts.errors import Conflict, Invalid, Unavailable
from portal_contracts.scheduling.rpc.series import (
    BOOK_SERIES,
    MOVE_SERIES,
    BookSeries,
    MoveSeries,
)

_ANSWERED = (Conflict, Invalid, Unavailable)


class BookSeriesPage(Resource):
    """``/console/appointments/series``: lists a new series, and books what it listed."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """List it; what cannot be any more leads back to the form.

        So does an address that says what is written to the client, as none of ours does: the list
        does not show it, the form does.

        Raises:
            NotFound: the address does not say what is to repeat.
        """
        asked = read_query(req)
        form = f"{NEW}?{req.query_string}"
        if asked.text("message"):
            see_other(resp, form)
            return
        try:
            review_new_series(self, req, resp, asked)
        except (Conflict, Invalid):
            see_other(resp, form)

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
                    despite=bool(despite),
                    despite_slots=despite,
                    minutes=command.minutes,
                    message=context.form.text("message"),
                    without_mail=quiet,
                ),
                idempotency_key=context.form.key(),
            )
        except _ANSWERED as error:
            review_new_series(self, req, resp, context.form, error=error)
            return
        booked_quietly = flash.Flash.SERIES_BOOKED_WITHOUT_MAIL
        flash.leave(self.wiring.jar, resp, booked_quietly if quiet else flash.Flash.SERIES_BOOKED)
        see_other(resp, f"/console/appointments/{booked.appointment_ids[0]}")


class MoveSeriesPage(Resource):
    """``/console/appointments/<appointment_id>/series``: lists its move, and moves it so."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, appointment_id: UUID) -> None:
        """List it; what cannot be any more leads back to the form.

        Raises:
            NotFound: the address does not say what is to be moved.
        """
        try:
            review_moved_series(self, req, resp, read_query(req), appointment_id)
        except (Conflict, Invalid):
            see_other(resp, f"/console/appointments/{appointment_id}/move?{req.query_string}")

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
                    despite=bool(despite),
                    despite_slots=despite,
                    without_mail=quiet,
                ),
                idempotency_key=context.form.key(),
            )
        except _ANSWERED as error:
            review_moved_series(self, req, resp, context.form, appointment_id, error)
            return
        moved_quietly = flash.Flash.SERIES_MOVED_WITHOUT_MAIL
        flash.leave(self.wiring.jar, resp, moved_quietly if quiet else flash.Flash.SERIES_MOVED)
        see_other(resp, way_back(context.form) or f"/console/appointments/{appointment_id}")
