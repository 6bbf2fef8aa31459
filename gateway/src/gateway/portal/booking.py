"""Booking an appointment: choose a service, a day and a time, which is then kept."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

import falcon

from gateway.portal.holding import show_hold, written_note
from gateway.portal.nearest_times import CHOSE_ANOTHER, MissedTime, show_nearest_times
from gateway.portal.picker import (
    TAKEN_CODES,
    chosen_start,
    key_for,
    shown_zone,
    times_to_choose,
)
from gateway.web.practitioner_names import practitioner_names
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import status_of
from gateway.web.submitted import Submitted, read_query
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Invalid, NotFound, PortalError
from portal_contracts.scheduling.rpc.booking import (
    GET_HOLD,
    HOLD_TIME,
    GetHold,
    HoldTime,
)
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED
from portal_contracts.zones import known_zone, zones_to_choose


class OfferPage(Resource):
    """``/book?all=``."""

    names_practitioners = True

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What can be booked; a single thing needs no choosing, nor does what she had last."""
        backend = context_of(req).backend
        names = practitioner_names(backend, client_of(req))
        found = backend.ask(LIST_OFFERED, Nothing())
        if found.limit is not None:
            show_limit(self, req, resp, found.limit)
            return
        offered = found.items
        begin_with = offered[0].id if len(offered) == 1 else found.last_had
        if begin_with is not None and not read_query(req).text("all"):
            see_other(resp, f"/book/{begin_with}")
            return
        self.show(
            req,
            resp,
            "portal/book.html",
            device=client_of(req),
            offered=offered,
            names=names.get(),
        )


class BookPage(Resource):
    """``/book/<service_id>?month=&day=&tz=``."""

    names_practitioners = True

    def on_get(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """A month of free times; everything chosen so far stands in the address."""
        names = practitioner_names(context_of(req).backend, client_of(req))
        choice = times_to_choose(req, service_id, f"/book/{service_id}")
        if choice.limit is not None:
            show_limit(self, req, resp, choice.limit)
            return
        self.show(
            req,
            resp,
            "portal/booking.html",
            device=client_of(req),
            choice=choice,
            names=names.get(),
            action=f"/book/{service_id}/hold",
            zones=zones_to_choose(),
        )


class HoldTimePage(Resource):
    """``/book/<service_id>/hold``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """Keep the time, or show others; a note that was written before goes along."""
        context = context_of(req)
        form = context.form
        note = written_note(form)
        if "look" in form:
            self._look(req, resp, service_id)
            return
        try:
            start = chosen_start(form)
        except NotFound:
            if not note:
                raise
            error = Conflict("not_offered", "No button of ours says this time.")
            self._offer_others(req, resp, service_id, context.now, error)
            return
        try:
            held = context.backend.ask(
                HOLD_TIME,
                HoldTime(service_id=service_id, starts_at=start),
                idempotency_key=key_for(form, start),
            )
        except (Conflict, Invalid) as error:
            if error.code == "limit_reached":
                show_limit(self, req, resp, error.fields.get("limit", ""), error)
            else:
                self._offer_others(req, resp, service_id, start, error)
            return
        if not note:
            see_other(resp, _hold_address(held.hold_id, form))
            return
        hold = context.backend.ask(GET_HOLD, GetHold(hold_id=held.hold_id))
        show_hold(self, req, resp, hold, form)

    def _look(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """Show the times near another day; nothing is kept, and the note goes along."""
        context = context_of(req)
        form = context.form
        try:
            start = chosen_start(form, "missed")
        except NotFound:
            start = context.now
        zone, note = shown_zone(req, form), written_note(form)
        missed = MissedTime(CHOSE_ANOTHER, service_id, start, zone, note, day=form.text("day"))
        show_nearest_times(self, req, resp, missed)

    def _offer_others(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        service_id: UUID,
        start: datetime,
        error: PortalError,
    ) -> None:
        """Other times, to which the note goes along; without a note only for a time missed."""
        form = context_of(req).form
        taken = error.code in TAKEN_CODES
        if not (taken or written_note(form)):
            raise error
        code = error.code if taken else CHOSE_ANOTHER
        missed = MissedTime(code, service_id, start, shown_zone(req, form), written_note(form))
        show_nearest_times(self, req, resp, missed, error=None if taken else error)


def show_limit(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    limit: str,
    error: PortalError | None = None,
) -> None:
    """Say that the client has booked as much as one client may here, and whom to ask for more."""
    resource.show(
        req,
        resp,
        "portal/booking_limit.html",
        status=status_of(error) if error else HTTPStatus.OK,
        device=client_of(req),
        limit=limit,
    )


def _hold_address(hold_id: UUID, form: Submitted) -> str:
    zone = known_zone(form.text("tz"))
    return f"/book/hold/{hold_id}" + (f"?{urlencode({'tz': zone}, safe='/')}" if zone else "")
