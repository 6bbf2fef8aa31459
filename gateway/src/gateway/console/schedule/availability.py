"""When a practitioner works: the weekly hours, what differs, and what clients are offered."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import ChosenPractitioner, chosen_practitioner
from gateway.console.first_steps import guide_of, onward
from gateway.console.schedule import availability_fields
from gateway.console.schedule.availability_check import parse_checked
from gateway.console.schedule.availability_fields import Hours
from gateway.console.schedule.holidays import holiday_list, with_known_region
from gateway.console.schedule.stranded import STRANDS, is_meant, stranded_rows
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.words.wall_time import read_instant
from portal_contracts.errors import Forbidden, NotFound, PortalError
from portal_contracts.scheduling.rpc.availability import (
    EXPLAIN_TIME,
    GET_AVAILABILITY,
    PREVIEW_TIMES,
    SAVE_AVAILABILITY,
    ExplainTime,
    GetAvailability,
    PreviewTimes,
    SaveAvailability,
    StoredAvailability,
    Times,
)
from portal_contracts.scheduling.rpc.services import LIST_SERVICES, BookableService, ListServices
from portal_contracts.scheduling.rpc.stranded import LIST_STRANDED, ListStranded
from portal_contracts.zones import zones_to_choose

_ADD: Final = "add-"
_EXPLAIN_FIELDS: Final = {"service_id": "", "on": "", "at": ""}


class AvailabilityForm(NamedTuple):
    """The form: whose hours, its rows, the version, and what was to come, when they were read."""

    chosen: ChosenPractitioner
    hours: Hours
    version: int
    to_come: int


class AvailabilityPage(Resource):
    """``/console/availability``.

    One form with several buttons: *save*, and those that only look, which
    show the page again with everything that was typed.
    """

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The hours as they stand, and the next free times by them."""
        sent = read_query(req)
        chosen = chosen_practitioner(req, sent)
        stored = context_of(req).backend.ask(GET_AVAILABILITY, _get_command(chosen))
        hours = availability_fields.of_availability(stored.availability)
        if stored.version == 0:
            # Nobody has chosen a zone yet: the practice's is the likeliest.
            hours = hours._replace(timezone=practitioner_of(req).practice.timezone)
        hours_form = AvailabilityForm(
            chosen, availability_fields.with_spare_rows(hours), stored.version, stored.to_come
        )
        _show(self, req, resp, hours_form, sent)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Save, or do what the pressed button says.

        Raises:
            NotFound: there is no such practitioner.
        """
        form = context_of(req).form
        hours_form = AvailabilityForm(
            chosen_practitioner(req, form),
            availability_fields.typed(form),
            form.number("version") or 0,
            form.number("to_come") or 0,
        )
        act, _, day = _act(form).partition(_ADD)
        if day.isdigit() and int(day) in availability_fields.DAYS:
            hours = availability_fields.with_row(hours_form.hours, int(day))
            _show(self, req, resp, hours_form._replace(hours=hours), form)
        elif act in _ACTIONS_WITHOUT_SAVING:
            _ACTIONS_WITHOUT_SAVING[act](self, req, resp, hours_form)
        else:
            _save(self, req, resp, hours_form)


def _act(form: Submitted) -> str:
    """What the pressed button says; the Enter key asks what was typed to be asked, or saves."""
    act, question = form.text("do"), f"{form.text('on')} {form.text('at')}".strip()
    return "why" if act == "enter" and question != form.text("asked") else act


def _get_command(chosen: ChosenPractitioner) -> GetAvailability:
    return GetAvailability(practitioner_id=_whose(chosen))


def _whose(chosen: ChosenPractitioner) -> UUID | None:
    return None if chosen.own else chosen.practitioner_id


def _save(
    resource: Resource, req: falcon.Request, resp: falcon.Response, hours_form: AvailabilityForm
) -> None:
    """Save, unless booked times would lie outside and nobody has said that this is meant."""
    context = context_of(req)
    practitioner_id = _whose(hours_form.chosen)
    try:
        availability = parse_checked(req, hours_form.hours, practitioner_id)
        context.backend.ask(
            SAVE_AVAILABILITY,
            SaveAvailability(
                version=hours_form.version,
                availability=availability,
                practitioner_id=practitioner_id,
                unless_stranded=not is_meant(context.form, availability),
            ),
            idempotency_key=context.form.key(),
        )
    except (NotFound, Forbidden):
        raise
    except PortalError as error:
        stranded = None
        if error.code == "stale_version":
            hours_form = hours_form._replace(version=_newest(req, hours_form, error).version)
        elif error.code == STRANDS:
            said = availability_fields.parse(hours_form.hours)
            command = ListStranded(availability=said, practitioner_id=practitioner_id)
            stranded = stranded_rows(req, LIST_STRANDED, command, said)
        _show(resource, req, resp, hours_form, context.form, error=error, stranded=stranded)
        return
    flash.leave(resource.wiring.jar, resp, flash.Flash.HOURS_SAVED)
    usual = f"/console/availability{hours_form.chosen.query()}"
    see_other(resp, onward(req, "hours", usual))


def _newest(
    req: falcon.Request, hours_form: AvailabilityForm, error: PortalError
) -> StoredAvailability:
    stored = context_of(req).backend.part(GET_AVAILABILITY, _get_command(hours_form.chosen)).get()
    if stored is None:
        raise error
    return stored


def _copy(
    resource: Resource, req: falcon.Request, resp: falcon.Response, hours_form: AvailabilityForm
) -> None:
    """One weekday's hours on the ticked ones."""
    form = context_of(req).form
    source = form.number("copy_from") or 0
    days = [int(day) for day in form.every("copy_to") if day.isdigit()]
    if source in availability_fields.DAYS:
        hours = availability_fields.with_copies(hours_form.hours, source, days)
        hours_form = hours_form._replace(hours=hours)
    _show(resource, req, resp, hours_form, form, copy_from=None, copy_to=[])


def _holidays(
    resource: Resource, req: falcon.Request, resp: falcon.Response, hours_form: AvailabilityForm
) -> None:
    """The regions and the holidays of the place that is chosen."""
    hours = with_known_region(req, hours_form.hours)
    _show(resource, req, resp, hours_form._replace(hours=hours), context_of(req).form)


def _preview(
    resource: Resource, req: falcon.Request, resp: falcon.Response, hours_form: AvailabilityForm
) -> None:
    """The next free times by the hours that are typed."""
    form = context_of(req).form
    service_id = form.uuid("service_id")
    try:
        hours = parse_checked(req, hours_form.hours, _whose(hours_form.chosen))
        if service_id is None:
            raise NotFound("service_not_found", "No service was chosen.")
        times = context_of(req).backend.ask(
            PREVIEW_TIMES, PreviewTimes(service_id=service_id, availability=hours)
        )
    except Forbidden:
        raise
    except PortalError as error:
        _show(resource, req, resp, hours_form, form, error=error)
        return
    _show(resource, req, resp, hours_form, form, unsaved=times)


def _explain(
    resource: Resource, req: falcon.Request, resp: falcon.Response, hours_form: AvailabilityForm
) -> None:
    """Why a time is not offered, by the hours that are saved."""
    form = context_of(req).form
    question = form.values(_EXPLAIN_FIELDS)
    service_id = form.uuid("service_id")
    try:
        starts_at = read_instant(
            question["on"],
            question["at"],
            hours_form.hours.timezone,
            day_field="on",
            clock_field="at",
        )
        if service_id is None:
            raise NotFound("service_not_found", "No service was chosen.")
        explained = context_of(req).backend.ask(
            EXPLAIN_TIME, ExplainTime(service_id=service_id, starts_at=starts_at)
        )
    except Forbidden:
        raise
    except PortalError as error:
        _show(resource, req, resp, hours_form, form, error=error)
        return
    _show(resource, req, resp, hours_form, form, explained=explained, asked_at=starts_at)


_ButtonAction = Callable[[Resource, falcon.Request, falcon.Response, AvailabilityForm], None]
_ACTIONS_WITHOUT_SAVING: dict[str, _ButtonAction] = {
    "copy": _copy,
    "holidays": _holidays,
    "preview": _preview,
    "why": _explain,
}


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    hours_form: AvailabilityForm,
    sent: Submitted,
    *,
    error: PortalError | None = None,
    unsaved: Times | None = None,
    **values: Any,
) -> None:
    errors = availability_fields.field_errors(hours_form.hours, error.fields) if error else {}
    if error is not None:
        set_retry_after(resp, error)
    services, service_id, saved = _services_and_times(req, hours_form, sent, wanted=unsaved is None)
    resource.show(
        req,
        resp,
        "console/availability.html",
        **(
            {
                "explained": None,
                "asked_at": None,
                "stranded": None,
                "copy_from": sent.number("copy_from"),
                "copy_to": sent.every("copy_to"),
            }
            | values
            | {
                "status": status_of(error) if error else HTTPStatus.OK,
                "error": error.code if error and not errors and error.code != STRANDS else None,
                "device": practitioner_of(req),
                "person": hours_form.chosen,
                "hours": hours_form.hours,
                "holidays": holiday_list(req, hours_form.hours),
                "version": hours_form.version,
                "to_come": hours_form.to_come,
                "errors": errors,
                "timezones": zones_to_choose(),
                "services": services,
                "service_id": service_id,
                "preview": unsaved or saved,
                "unsaved": unsaved is not None,
                "question": sent.values(_EXPLAIN_FIELDS),
                "guide": guide_of(req, "hours"),
            }
        ),
    )


def _services_and_times(
    req: falcon.Request, hours_form: AvailabilityForm, sent: Submitted, *, wanted: bool
) -> tuple[list[BookableService] | None, UUID | None, Times | None]:
    """The services, the chosen one, and if `wanted` its next free times by the saved hours."""
    backend = context_of(req).backend
    chosen = hours_form.chosen
    listed = backend.part(LIST_SERVICES, ListServices(practitioner_id=_whose(chosen))).get()
    if listed is None or not listed.items:
        return listed.items if listed else None, None, None
    known = [service.id for service in listed.items]
    asked = sent.uuid("service_id")
    service_id = asked if asked in known else known[0]
    times = backend.part(PREVIEW_TIMES, PreviewTimes(service_id=service_id)) if wanted else None
    return listed.items, service_id, times.get() if times else None
