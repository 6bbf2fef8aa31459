"""The practitioner's calendar: a week's appointments, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import falcon

from gateway.console.chosen_practitioner import chosen_practitioner
from gateway.console.client_names import names_of_clients
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from gateway.words.wall_time import DAY, day_bounds, local_date, read_date
from portal_contracts.scheduling.rpc.calendar import (
    LIST_CALENDAR,
    Calendar,
    CalendarEntry,
    ListCalendar,
)

WEEK = timedelta(days=7)


class AgendaDay(NamedTuple):
    """One day and what starts on it."""

    on: date
    entries: list[CalendarEntry]


class CalendarPage(Resource):
    """``/console/calendar``: the week of ``from``, Monday first."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Show the week; without its entries while scheduling is away."""
        context, device, sent = context_of(req), practitioner_of(req), read_query(req)
        today = local_date(context.now, device.practice.timezone)
        monday = monday_of(read_date(sent.text("from")) or today)
        cancelled = sent.text("cancelled") == "1"
        chosen = chosen_practitioner(req, sent)
        # A day more on each side: the practitioner's zone is known only from the answer.
        starts_from, starts_before = day_bounds(
            monday - DAY, monday + WEEK, device.practice.timezone
        )
        calendar = context.backend.part(
            LIST_CALENDAR,
            ListCalendar(
                starts_from=starts_from,
                starts_before=starts_before,
                practitioner_id=None if chosen.own else chosen.practitioner_id,
                with_cancelled=cancelled,
            ),
        ).get_unless_refused()
        # Without hours the practitioner's zone is unknown; without appointments it does not matter.
        zone = calendar.timezone if calendar and calendar.items else device.practice.timezone
        days = agenda(calendar, monday)
        self.show(
            req,
            resp,
            "console/calendar.html",
            device=device,
            days=days if calendar else None,
            names=names_of_clients(
                context.backend, (entry.client_id for day in days for entry in day.entries)
            ),
            zone=zone,
            today=local_date(context.now, zone),
            monday=monday,
            cancelled=cancelled,
            person=chosen,
        )


def monday_of(day: date) -> date:
    """The Monday of its week; years that a calendar cannot show are passed over."""
    inside = min(max(day, date(1971, 1, 1)), date(2999, 12, 1))
    return inside - inside.weekday() * DAY


def agenda(calendar: Calendar | None, monday: date) -> list[AgendaDay]:
    """The seven days from `monday`, each with its entries in the calendar's zone."""
    entries: dict[date, list[CalendarEntry]] = {monday + day * DAY: [] for day in range(7)}
    for entry in calendar.items if calendar else []:
        on = local_date(entry.starts_at, calendar.timezone if calendar else entry.timezone)
        if on in entries:
            entries[on].append(entry)
    return [AgendaDay(on, found) for on, found in entries.items()]
