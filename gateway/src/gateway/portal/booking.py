"""Booking an appointment: choose a service, a day and a time, then confirm the hold."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

import falcon

from gateway.portal.nearest_times import CHOSE_ANOTHER, MissedTime, show_nearest_times
from gateway.portal.picker import (
    TAKEN_CODES,
    chosen_start,
    key_for,
    month_of_times,
    shown_zone,
)
from gateway.web.practitioner_names import practitioner_names
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import status_of
from gateway.web.submitted import Submitted, read_query
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Invalid, NotFound, PortalError
from portal_contracts.scheduling.rpc.booking import (
    CONFIRM_HOLD,
    GET_HOLD,
    HOLD_TIME,
    ConfirmHold,
    GetHold,
    Hold,
    HoldState,
    HoldTime,
)
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED
from portal_contracts.scheduling.rpc.usual_times import FIND_USUAL_TIME, FindUsualTime
from portal_contracts.zones import known_zone, zones_to_choose

_MORE_THAN_HELD = (HoldState.CONFIRMED, HoldState.REQUESTED)


class OfferPage(Resource):
    """``/book``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What can be booked; a single thing needs no choosing."""
        backend = context_of(req).backend
        names = practitioner_names(backend)
        found = backend.ask(LIST_OFFERED, Nothing())
        if found.limit is not None:
            show_limit(self, req, resp, found.limit)
            return
        offered = found.items
        if len(offered) == 1:
            see_other(resp, f"/book/{offered[0].id}")
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

    def on_get(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """A month of free times; everything chosen so far stands in the address."""
        backend = context_of(req).backend
        names = practitioner_names(backend)
        offered = backend.part(LIST_OFFERED, Nothing())
        usual = backend.part(FIND_USUAL_TIME, FindUsualTime(service_id=service_id))
        choice = month_of_times(req, service_id, f"/book/{service_id}")
        others = offered.get()
        if others is not None and others.limit is not None:
            show_limit(self, req, resp, others.limit)
            return
        self.show(
            req,
            resp,
            "portal/booking.html",
            device=client_of(req),
            choice=choice,
            names=names.get(),
            has_others=others is not None and len(others.items) > 1,
            usual=usual.get(),
            action=f"/book/{service_id}/hold",
            zones=zones_to_choose(),
        )


class HoldTimePage(Resource):
    """``/book/<service_id>/hold``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """Keep the time; a note that was written before goes on to the next page."""
        context = context_of(req)
        form = context.form
        note = _note(form)
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
        if not (taken or _note(form)):
            raise error
        code = error.code if taken else CHOSE_ANOTHER
        missed = MissedTime(code, service_id, start, shown_zone(req, form), _note(form))
        show_nearest_times(self, req, resp, missed, error=None if taken else error)


class HoldPage(Resource):
    """``/book/hold/<hold_id>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, hold_id: UUID) -> None:
        """The details of what is held."""
        hold = context_of(req).backend.ask(GET_HOLD, GetHold(hold_id=hold_id))
        show_hold(self, req, resp, hold, read_query(req))

    def on_post(self, req: falcon.Request, resp: falcon.Response, hold_id: UUID) -> None:
        """Book it."""
        context = context_of(req)
        form = context.form
        note = _note(form)
        if "another" in form:
            self._choose_another(req, resp, hold_id)
            return
        accepted = form.raw("policy_accepted") == "1"
        command = ConfirmHold(hold_id=hold_id, note=note, policy_accepted=accepted)
        try:
            booked = context.backend.ask(CONFIRM_HOLD, command, idempotency_key=form.key())
        except (Conflict, Invalid) as error:
            if error.code in TAKEN_CODES:
                self._show_time_missed(req, resp, hold_id, error)
            else:
                self._show_refused(req, resp, hold_id, error)
            return
        see_other(resp, f"/appointments/{booked.appointment_id}?new=1")

    def _choose_another(self, req: falcon.Request, resp: falcon.Response, hold_id: UUID) -> None:
        """Back to the month; where a note was typed, to times that it can go along with."""
        form = context_of(req).form
        hold = context_of(req).backend.ask(GET_HOLD, GetHold(hold_id=hold_id))
        zone, note = known_zone(form.text("tz")), _note(form)
        if not note:
            query = f"?{urlencode({'tz': zone}, safe='/')}" if zone else ""
            see_other(resp, f"/book/{hold.service.id}{query}")
            return
        other = MissedTime(
            CHOSE_ANOTHER, hold.service.id, hold.starts_at, shown_zone(req, form), note
        )
        show_nearest_times(self, req, resp, other)

    def _show_refused(
        self, req: falcon.Request, resp: falcon.Response, hold_id: UUID, error: PortalError
    ) -> None:
        context = context_of(req)
        hold = context.backend.ask(GET_HOLD, GetHold(hold_id=hold_id))
        # Only one thing can be wrong with a box to tick.
        errors = {
            field: "policy_not_accepted" if field == "policy_accepted" else code
            for field, code in error.fields.items()
        }
        show_hold(self, req, resp, hold, context.form, errors, error)

    def _show_time_missed(
        self, req: falcon.Request, resp: falcon.Response, hold_id: UUID, error: PortalError
    ) -> None:
        context = context_of(req)
        form = context.form
        try:
            hold = context.backend.ask(GET_HOLD, GetHold(hold_id=hold_id))
        except NotFound:
            # Forgotten by now; the form says what it was about.
            service_id, start = _service_of(form), chosen_start(form)
        else:
            if hold.state in _MORE_THAN_HELD:
                see_other(resp, f"/appointments/{hold.id}")
                return
            service_id, start = hold.service.id, hold.starts_at
        missed = MissedTime(error.code, service_id, start, shown_zone(req, form), _note(form))
        show_nearest_times(self, req, resp, missed)


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


def show_hold(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    hold: Hold,
    sent: Submitted,
    errors: dict[str, str] | None = None,
    error: PortalError | None = None,
) -> None:
    """Show the page that fits the hold's state: its details, the appointment, or other times.

    Args:
        resource: shows it.
        req: the request.
        resp: the answer.
        hold: as it is now.
        sent: the zone that was chosen, and the note as it is typed so far.
        errors: what is wrong with that, by field.
        error: why it was not booked.
    """
    zone, note = shown_zone(req, sent), _note(sent)
    if hold.state in _MORE_THAN_HELD:
        see_other(resp, f"/appointments/{hold.id}")
        return
    if hold.state is HoldState.EXPIRED:
        missed = MissedTime("hold_expired", hold.service.id, hold.starts_at, zone, note)
        show_nearest_times(resource, req, resp, missed)
        return
    resource.show(
        req,
        resp,
        "portal/hold.html",
        status=status_of(error) if error else HTTPStatus.OK,
        error=error.code if error and not errors else None,
        device=client_of(req),
        hold=hold,
        names=practitioner_names(context_of(req).backend).get(),
        zone=zone,
        chosen_zone=known_zone(sent.text("tz")),
        note=note,
        accepted=sent.raw("policy_accepted") == "1",
        errors=errors or {},
    )


def _note(sent: Submitted) -> str:
    return sent.text("note")


def _service_of(form: Submitted) -> UUID:
    try:
        return UUID(form.text("service_id"))
    except ValueError:
        raise NotFound("not_found", "The form does not say what was to be booked.") from None


def _hold_address(hold_id: UUID, form: Submitted) -> str:
    zone = known_zone(form.text("tz"))
    return f"/book/hold/{hold_id}" + (f"?{urlencode({'tz': zone}, safe='/')}" if zone else "")
