"""The console's first page: what waits for the practitioner, and the line of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, NamedTuple

import falcon

from gateway.console.alerts import ask_alerts, read_alerts
from gateway.console.chosen_practitioner import ChosenPractitioner, chosen_practitioner
from gateway.console.client_names import names_of_clients
from gateway.console.day_line import day_line, split_calendar
from gateway.console.first_steps import StepParts, ask_steps, read_steps
from gateway.console.undone import UndoneParts, ask_undone, read_undone
from gateway.web.backend import Part
from gateway.web.request_context import RequestContext, context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from gateway.words.wall_time import day_bounds, local_date
from portal_contracts.actor import Actor
from portal_contracts.forms.rpc.requests import RequestPage
from portal_contracts.scheduling.rpc.calendar import LIST_CALENDAR, Calendar, ListCalendar

LOOK_AHEAD: Final = timedelta(days=30)


class TodayPage(Resource):
    """``/console``; with ``?marked=`` after a no-show was said there."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What needs attention and today's appointments; parts that are down are None."""
        context, device = context_of(req), practitioner_of(req)
        query = read_query(req)
        chosen = chosen_practitioner(req, query)
        parts = _ask_parts(req, chosen)
        calendar = parts.calendar.get()
        alerts = read_alerts(parts.alerts)
        # Without hours the practitioner's zone is unknown; without appointments it does not matter.
        zone = calendar.timezone if calendar and calendar.items else device.practice.timezone
        today, following = split_calendar(calendar, context.now)
        undone = read_undone(parts.undone, context.now).beside([entry.id for entry in today])
        client_ids = [
            *(entry.client_id for entry in (*today, *following)),
            *undone.client_ids(),
            *(row.client_id for row in alerts.rows or []),
        ]
        self.show(
            req,
            resp,
            "console/today.html",
            device=device,
            person=chosen,
            calendar=calendar,
            zone=zone,
            today=day_line(today, context.now),
            following=following,
            undone=undone,
            marked=query.uuid("marked"),
            alerts=alerts,
            names=names_of_clients(context.backend, client_ids),
            **_standing(context, parts.steps),
        )


class TodayParts(NamedTuple):
    """The parts of the page, asked for side by side."""

    calendar: Part[Calendar]
    undone: UndoneParts
    steps: StepParts
    alerts: Part[RequestPage] | None


def _ask_parts(req: falcon.Request, chosen: ChosenPractitioner) -> TodayParts:
    context, zone = context_of(req), practitioner_of(req).practice.timezone
    backend = context.backend
    practitioner_id = None if chosen.own else chosen.practitioner_id
    today = local_date(context.now, zone)
    # A day early: the practitioner's zone is known only from the answer.
    starts_from, starts_before = day_bounds(today - timedelta(days=1), today + LOOK_AHEAD, zone)
    return TodayParts(
        calendar=backend.part(
            LIST_CALENDAR,
            ListCalendar(
                starts_from=starts_from,
                starts_before=starts_before,
                practitioner_id=practitioner_id,
            ),
        ),
        undone=ask_undone(backend, practitioner_id, today),
        steps=ask_steps(backend, practitioner_id),
        alerts=ask_alerts(backend),
    )


def _standing(context: RequestContext, parts: StepParts) -> dict[str, Any]:
    """How the practice stands: its clients, the first steps, whether mails can go out."""
    clients = parts.clients.get()
    return {
        "clients_total": clients.total if clients else None,
        "steps": _open_steps(context.backend.actor, parts),
        "no_mail_server": _no_mail_server(parts),
    }


def _open_steps(actor: Actor, parts: StepParts) -> list[tuple[str, bool]] | None:
    """The first steps and whether each is done; None when all are, or when it cannot be said."""
    steps = read_steps(actor, parts)
    return None if steps is None or all(done for _, done in steps) else steps


def _no_mail_server(parts: StepParts) -> bool:
    """Whether mails wait because none of them could go anywhere."""
    sender = parts.sender.get()
    return sender is not None and not sender.address
