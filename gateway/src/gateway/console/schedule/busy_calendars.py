"""Calendars that a practitioner keeps elsewhere, by their ICS addresses, and how reading goes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import ChosenPractitioner, chosen_practitioner
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.words.extraction import _
from portal_contracts.errors import Forbidden, NotFound, PortalError
from portal_contracts.portal_addresses import BUSY_CALENDARS_PATH
from portal_contracts.scheduling.rpc.busy_calendars import (
    ADD_BUSY_CALENDAR,
    FETCH_BUSY_CALENDAR,
    GET_BUSY_CALENDAR,
    LIST_BUSY_CALENDARS,
    REMOVE_BUSY_CALENDAR,
    AddBusyCalendar,
    FetchBusyCalendar,
    GetBusyCalendar,
    ListBusyCalendars,
    RemoveBusyCalendar,
)

_FIELDS: Final = {"name": "", "address": ""}
REMOVE_TITLE = _("Remove the calendar “%(name)s”?")
REMOVE_TEXT = _(
    "It is read no more, and its address and busy times are forgotten. Clients may book at times "
    "that it kept busy. The calendar itself stays as it is."
)
REMOVE_LABEL = _("Remove calendar")


class BusyCalendarsPage(Resource):
    """``/console/availability/calendars``: the calendars, and a form that adds one."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The calendars and how reading them goes."""
        chosen = chosen_practitioner(req, read_query(req))
        _show(self, req, resp, chosen, dict(_FIELDS))

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Add a calendar; it is read within seconds, and the page says what came of it."""
        form = context_of(req).form
        chosen = chosen_practitioner(req, form)
        try:
            context_of(req).backend.ask(
                ADD_BUSY_CALENDAR,
                AddBusyCalendar(
                    address=form.raw("address"),
                    name=form.text("name"),
                    practitioner_id=_named(chosen),
                ),
            )
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            _show(self, req, resp, chosen, _typed(form), error=error)
            return
        see_other(resp, f"{BUSY_CALENDARS_PATH}{chosen.query()}#calendars")


class FetchCalendarPage(Resource):
    """``/console/availability/calendars/<calendar_id>/fetch``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, calendar_id: UUID) -> None:
        """Have it read now."""
        context = context_of(req)
        context.backend.ask(
            FETCH_BUSY_CALENDAR,
            FetchBusyCalendar(busy_calendar_id=calendar_id),
            idempotency_key=context.form.key(),
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.CALENDAR_ASKED)
        see_other(resp, f"{_back(req, context.form)}#calendars")


class RemoveCalendarPage(Resource):
    """``/console/availability/calendars/<calendar_id>/remove``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, calendar_id: UUID) -> None:
        """Ask, and say what follows."""
        chosen = chosen_practitioner(req, read_query(req))
        language = context_of(req).language
        sentence = self.wiring.screens.sentence
        calendar = context_of(req).backend.ask(
            GET_BUSY_CALENDAR, GetBusyCalendar(busy_calendar_id=calendar_id)
        )
        self.show(
            req,
            resp,
            "console/confirm.html",
            device=practitioner_of(req),
            title=sentence(language, REMOVE_TITLE) % {"name": calendar.name},
            text=sentence(language, REMOVE_TEXT),
            button=sentence(language, REMOVE_LABEL),
            action=f"{req.path}{chosen.query()}",
            cancel=f"{BUSY_CALENDARS_PATH}{chosen.query()}",
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response, calendar_id: UUID) -> None:
        """Forget it."""
        context = context_of(req)
        context.backend.ask(
            REMOVE_BUSY_CALENDAR,
            RemoveBusyCalendar(busy_calendar_id=calendar_id),
            idempotency_key=context.form.key(),
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.CALENDAR_REMOVED)
        see_other(resp, _back(req, read_query(req)))


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    chosen: ChosenPractitioner,
    typed: dict[str, str],
    *,
    error: PortalError | None = None,
) -> None:
    if error is not None:
        set_retry_after(resp, error)
    listed = context_of(req).backend.part(
        LIST_BUSY_CALENDARS, ListBusyCalendars(practitioner_id=_named(chosen))
    )
    found = listed.get() if error is not None else listed.get_unless_refused()
    resource.show(
        req,
        resp,
        "console/busy_calendars.html",
        status=status_of(error) if error else HTTPStatus.OK,
        error=error.code if error and not error.fields else None,
        errors=dict(error.fields) if error else {},
        device=practitioner_of(req),
        person=chosen,
        calendars=found.items if found else None,
        fields=typed,
    )


def _named(chosen: ChosenPractitioner) -> UUID | None:
    return None if chosen.own else chosen.practitioner_id


def _back(req: falcon.Request, sent: Submitted) -> str:
    return f"{BUSY_CALENDARS_PATH}{chosen_practitioner(req, sent).query()}"


def _typed(form: Submitted) -> dict[str, str]:
    return {"name": form.text("name"), "address": form.raw("address")}
