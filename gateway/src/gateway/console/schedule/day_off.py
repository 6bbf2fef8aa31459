"""A day off, or several: added to the time off without opening all the hours."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

import falcon
from msgspec.structs import replace

from gateway.console.chosen_practitioner import ChosenPractitioner, chosen_practitioner
from gateway.console.schedule.stranded import STRANDS, StrandedRows, is_meant, stranded_rows
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.words.wall_time import local_date, read_date
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal_contracts.scheduling.rpc.availability import (
    GET_AVAILABILITY,
    SAVE_AVAILABILITY,
    Availability,
    GetAvailability,
    SaveAvailability,
    TimeOff,
)
from portal_contracts.scheduling.rpc.stranded import LIST_STRANDED, ListStranded

FIELDS: Final = {"first_on": "", "last_on": ""}


class DayOffPage(Resource):
    """``/console/availability/day-off``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Tomorrow, unless the address names another day with ``on``."""
        context, sent = context_of(req), read_query(req)
        zone = practitioner_of(req).practice.timezone
        on = read_date(sent.text("on")) or local_date(context.now, zone) + timedelta(days=1)
        fields = FIELDS | {"first_on": on.isoformat()}
        _show(self, req, resp, chosen_practitioner(req, sent), fields)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Add it; asks first where appointments lie on these days.

        Raises:
            NotFound: there is no such practitioner.
        """
        form = context_of(req).form
        chosen, fields = chosen_practitioner(req, form), form.values(FIELDS)
        try:
            time_off = _read_time_off(form)
            _check_to_come(req, time_off)
            stored_version, hours = _hours_with(req, chosen, time_off)
        except PortalError as error:
            _refuse(self, req, resp, chosen, fields, error)
            return
        try:
            _save(req, chosen, stored_version, hours, time_off)
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            stranded = None
            if error.code == STRANDS:
                command = ListStranded(availability=hours, practitioner_id=_whose(chosen))
                stranded = stranded_rows(req, LIST_STRANDED, command, time_off)
            _refuse(self, req, resp, chosen, fields, error, stranded)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.DAY_OFF_SAVED)
        see_other(resp, f"/console{chosen.query()}")


def _whose(chosen: ChosenPractitioner) -> UUID | None:
    return None if chosen.own else chosen.practitioner_id


def _read_time_off(form: Submitted) -> TimeOff:
    """What was typed; one day where no last one is.

    Raises:
        Invalid: ``invalid_fields``: a day is none, or the last is before the first.
    """
    typed = form.values(FIELDS)
    errors: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name, text in typed.items():
        days[name] = read_date(text)
        if text and days[name] is None:
            errors[name] = "date_invalid"
    first_on = days["first_on"]
    if not typed["first_on"]:
        errors["first_on"] = "date_missing"
    last_on = days["last_on"] or first_on
    if first_on and last_on and last_on < first_on:
        errors["last_on"] = "order"
    if errors or first_on is None or last_on is None:
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors)
    return TimeOff(first_on=first_on, last_on=last_on)


def _check_to_come(req: falcon.Request, time_off: TimeOff) -> None:
    """Days that are all over close nothing: such a year or month was mistyped.

    Raises:
        Invalid: ``invalid_fields``.
    """
    today = local_date(context_of(req).now, practitioner_of(req).practice.timezone)
    if time_off.last_on < today:
        field = "first_on" if time_off.last_on == time_off.first_on else "last_on"
        raise Invalid("invalid_fields", "This day is over.", fields={field: "day_past"})


def _hours_with(
    req: falcon.Request, chosen: ChosenPractitioner, time_off: TimeOff
) -> tuple[int, Availability]:
    """The version of the hours as they stand, and them with this time off."""
    stored = context_of(req).backend.ask(
        GET_AVAILABILITY, GetAvailability(practitioner_id=_whose(chosen))
    )
    hours = stored.availability
    if stored.version == 0:
        # Nobody has chosen a zone yet: the practice's is the likeliest.
        hours = replace(hours, timezone=practitioner_of(req).practice.timezone)
    kept = [one for one in hours.time_off if one != time_off]
    return stored.version, replace(hours, time_off=[*kept, time_off])


def _save(
    req: falcon.Request,
    chosen: ChosenPractitioner,
    version: int,
    hours: Availability,
    time_off: TimeOff,
) -> None:
    """Save it; once more on top of what somebody else saved at the same moment."""
    context = context_of(req)
    key, anyway = context.form.key(), is_meant(context.form, time_off)

    def save(version: int, hours: Availability, key: str) -> None:
        command = SaveAvailability(
            version=version,
            availability=hours,
            practitioner_id=_whose(chosen),
            unless_stranded=not anyway,
        )
        context.backend.ask(SAVE_AVAILABILITY, command, idempotency_key=key)

    try:
        save(version, hours, key)
    except Conflict as error:
        if error.code != "stale_version":
            raise
        save(*_hours_with(req, chosen, time_off), f"{key}-again")


def _refuse(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    chosen: ChosenPractitioner,
    fields: dict[str, str],
    error: PortalError,
    stranded: StrandedRows | None = None,
) -> None:
    """The page again, with what is wrong at its field."""
    set_retry_after(resp, error)
    errors = {name.rpartition(".")[2]: code for name, code in error.fields.items()}
    at_fields = {name: code for name, code in errors.items() if name in FIELDS}
    _show(
        resource,
        req,
        resp,
        chosen,
        fields,
        status=status_of(error),
        error=None if at_fields or stranded else error.code,
        errors=at_fields,
        stranded=stranded,
    )


def _show(  # noqa: PLR0913 - the form, and all that may be wrong with it
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    chosen: ChosenPractitioner,
    fields: dict[str, str],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    error: str | None = None,
    errors: dict[str, str] | None = None,
    stranded: StrandedRows | None = None,
) -> None:
    resource.show(
        req,
        resp,
        "console/day_off.html",
        status=status,
        error=error,
        device=practitioner_of(req),
        person=chosen,
        fields=fields,
        errors=errors or {},
        stranded=stranded,
    )
