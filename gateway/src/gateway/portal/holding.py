"""A time that is kept for a client: its details, confirming it, and what if it is over."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.portal.month import address_of_start
from gateway.portal.nearest_times import (
    CHOSE_ANOTHER,
    HOLD_EXPIRED,
    MissedTime,
    show_nearest_times,
)
from gateway.portal.picker import (
    TAKEN_CODES,
    chosen_start,
    shown_zone,
)
from gateway.web.practitioner_names import practitioner_names
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import status_of
from gateway.web.submitted import Submitted, read_query
from portal_contracts.errors import Conflict, Invalid, NotFound, PortalError
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.booking import (
    CONFIRM_HOLD,
    GET_HOLD,
    ConfirmHold,
    GetHold,
    Hold,
    HoldState,
)
from portal_contracts.zones import known_zone

_MORE_THAN_HELD = (HoldState.CONFIRMED, HoldState.REQUESTED)
_TERMS_ERRORS = {"required": "policy_not_accepted"}


class HoldPage(Resource):
    """``/book/hold/<hold_id>``."""

    names_practitioners = True

    def on_get(self, req: falcon.Request, resp: falcon.Response, hold_id: UUID) -> None:
        """The details of what is held."""
        hold = context_of(req).backend.ask(GET_HOLD, GetHold(hold_id=hold_id))
        show_hold(self, req, resp, hold, read_query(req))

    def on_post(self, req: falcon.Request, resp: falcon.Response, hold_id: UUID) -> None:
        """Book it."""
        context = context_of(req)
        form = context.form
        note = written_note(form)
        if "another" in form:
            self._choose_another(req, resp, hold_id)
            return
        command = ConfirmHold(
            hold_id=hold_id,
            note=note,
            policy_accepted=form.raw("policy_accepted") == "1",
            policy_mark=form.raw("policy_mark"),
        )
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
        zone, note = known_zone(form.text("tz")), written_note(form)
        if not note:
            path, shown = f"/book/{hold.service.id}", zone_of(hold, shown_zone(req, form))
            see_other(resp, address_of_start(path, hold.starts_at, shown, zone))
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
        errors = {
            field: _TERMS_ERRORS.get(code, code) if field == "policy_accepted" else code
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
        missed = MissedTime(
            error.code, service_id, start, shown_zone(req, form), written_note(form)
        )
        show_nearest_times(self, req, resp, missed)


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
    zone, note = shown_zone(req, sent), written_note(sent)
    if hold.state in _MORE_THAN_HELD:
        see_other(resp, f"/appointments/{hold.id}")
        return
    if hold.state is HoldState.EXPIRED:
        missed = MissedTime(HOLD_EXPIRED, hold.service.id, hold.starts_at, zone, note)
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
        names=practitioner_names(context_of(req).backend, client_of(req)).get(),
        zone=zone,
        chosen_zone=known_zone(sent.text("tz")),
        note=note,
        # Ticked before is ticked for these very terms alone.
        accepted=sent.raw("policy_accepted") == "1" and sent.raw("policy_mark") == hold.policy_mark,
        errors=errors or {},
    )


def zone_of(hold: Hold, zone: str) -> str:
    """The zone it is shown in: where one meets at a place, that of the place."""
    return hold.service.timezone if hold.service.place.kind is PlaceKind.ADDRESS else zone


def written_note(sent: Submitted) -> str:
    """The note for the practitioner, as far as it is written."""
    return sent.text("note")


def _service_of(form: Submitted) -> UUID:
    try:
        return UUID(form.text("service_id"))
    except ValueError:
        raise NotFound("not_found", "The form does not say what was to be booked.") from None
