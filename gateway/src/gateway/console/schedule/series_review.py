"""A series before it is booked or moved: every occurrence, and a choice for what does not fit."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import chosen_practitioner
from gateway.console.client_names import name_of_client
from gateway.console.overruled import mark_of
from gateway.console.schedule import time_choice
from gateway.console.schedule.booking_draft import MORE_FIELDS, read_minutes
from gateway.console.schedule.repeat_fields import (
    REPEAT_FIELDS,
    REVIEWED,
    field_of,
    read_repeat,
    read_scope,
    reviewed,
)
from gateway.console.way_back import way_back
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted
from portal_contracts.errors import NotFound, PortalError
from portal_contracts.scheduling.rpc.calendar import GET_APPOINTMENT, GetAppointment
from portal_contracts.scheduling.rpc.series import (
    REVIEW_SERIES,
    REVIEW_SERIES_MOVE,
    ReviewSeries,
    ReviewSeriesMove,
    SeriesReview,
    SlotState,
)

NEW: Final = "/console/appointments/new"
_BOOK: Final = "/console/appointments/series"
_LONGEST_ADDRESS: Final = 2000
"""Characters; servers take at least 4094 in a request's first line."""


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


def lead_to_new_series(
    resource: Resource, req: falcon.Request, resp: falcon.Response, client_id: UUID | None
) -> None:
    """Lead to the list of the series that the form asks for, for this client.

    It has an address of its own, so that *Back* leads through it and a reload sends nothing; but
    what the practice writes to a client stands in no address, and its list answers the form.

    Raises:
        PortalError: it cannot be like that; the form has the field.
    """
    context = context_of(req)
    command = asked_series(context.form, client_id)
    address = _address_of_list(_BOOK, context.form, _kept_of_new(req, context.form, command))
    if address is None:
        review_new_series(resource, req, resp, context.form, client_id=client_id)
        return
    context.backend.ask(REVIEW_SERIES, command)
    see_other(resp, address)


def lead_to_moved_series(
    resource: Resource, req: falcon.Request, resp: falcon.Response, appointment_id: UUID
) -> None:
    """Lead to the list of the move that the form asks for, as `lead_to_new_series` does.

    Raises:
        PortalError: it cannot be like that; the form has the field.
    """
    context = context_of(req)
    command = asked_move(context.form, appointment_id)
    path = f"/console/appointments/{appointment_id}/series"
    address = _address_of_list(path, context.form, _kept_of_move(context.form, command))
    if address is None:
        review_moved_series(resource, req, resp, context.form, appointment_id)
        return
    context.backend.ask(REVIEW_SERIES_MOVE, command)
    see_other(resp, address)


def _address_of_list(path: str, form: Submitted, kept: dict[str, str]) -> str | None:
    """Where what is `kept` is listed, with what was chosen there; None: no address can say it.

    Whom `kept` means says its id: the name that was typed stays out of the address.
    """
    said = kept | reviewed(form) | {"client": ""}
    address = f"{path}?{urlencode({name: value for name, value in said.items() if value})}"
    return None if said.get("message") or len(address) > _LONGEST_ADDRESS else address


def _kept_of_new(req: falcon.Request, form: Submitted, command: ReviewSeries) -> dict[str, str]:
    """What the form says. Whose calendar always: an address without it is whose was shown last."""
    return form.values({"client": ""} | time_choice.FIELDS | REPEAT_FIELDS | MORE_FIELDS) | {
        "client_id": str(command.client_id),
        "service_id": str(command.service_id),
        "practitioner": str(chosen_practitioner(req, form).practitioner_id),
    }


def _kept_of_move(form: Submitted, command: ReviewSeriesMove) -> dict[str, str]:
    began = way_back(form)
    kept = form.values(time_choice.FIELDS | {"without_mail": ""})
    return kept | {"scope": str(command.scope), **({"back": began} if began else {})}


def review_new_series(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    sent: Submitted,
    *,
    client_id: UUID | None = None,
    error: PortalError | None = None,
) -> None:
    """List every occurrence of the series that the form, or an address, asks for.

    Raises:
        PortalError: it cannot be like that; the form has the field.
    """
    command = asked_series(sent, client_id)
    found = context_of(req).backend.ask(REVIEW_SERIES, command)
    _show(
        resource,
        req,
        resp,
        sent,
        found,
        error,
        action=_BOOK,
        back=NEW,
        kept=_kept_of_new(req, sent, command),
        mark=mark_of(command),
        client_name=name_of_client(req, command.client_id),
        moves=False,
    )


def review_moved_series(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    sent: Submitted,
    appointment_id: UUID,
    error: PortalError | None = None,
) -> None:
    """List where every occurrence would be after the move that the form, or an address, asks for.

    Raises:
        PortalError: it cannot be like that; the form has the field.
    """
    backend = context_of(req).backend
    command = asked_move(sent, appointment_id)
    found = backend.ask(REVIEW_SERIES_MOVE, command)
    appointment = backend.ask(GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id))
    _show(
        resource,
        req,
        resp,
        sent,
        found,
        error,
        action=f"/console/appointments/{appointment_id}/series",
        back=f"/console/appointments/{appointment_id}/move",
        kept=_kept_of_move(sent, command),
        mark=mark_of(command),
        client_name=name_of_client(req, appointment.client_id),
        moves=True,
    )


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    sent: Submitted,
    review: SeriesReview,
    error: PortalError | None,
    *,
    kept: dict[str, str],
    mark: str,
    **values: Any,
) -> None:
    """Show it, with what was chosen there before, as far as it was of this same series."""
    said = sent if sent.text(REVIEWED) == mark else Submitted()
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
