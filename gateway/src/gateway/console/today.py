"""The console's first page: today's appointments, and what waits for the practitioner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import falcon

from gateway.console.alerts import ask_alerts, read_alerts
from gateway.console.chosen_practitioner import ChosenPractitioner, chosen_practitioner
from gateway.console.client_names import names_of_clients
from gateway.console.first_steps import StepParts, ask_steps, read_steps
from gateway.web.backend import Backend, Part
from gateway.web.request_context import RequestContext, context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from gateway.words.wall_time import day_bounds, local_date
from portal_contracts.actor import Actor
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import LIST_REQUESTS, ListRequests, RequestPage, RequestRow
from portal_contracts.identity_links.rpc.clients import (
    LIST_CLIENTS,
    ClientPage,
    ListClients,
)
from portal_contracts.notifications.rpc import (
    LIST_DELIVERIES,
    SOON_REASONS,
    DeliveryPage,
    DeliveryState,
    ListDeliveries,
)
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.busy_calendars import (
    LIST_BUSY_CALENDARS,
    BusyCalendar,
    BusyCalendars,
    ListBusyCalendars,
)
from portal_contracts.scheduling.rpc.calendar import (
    LIST_CALENDAR,
    Calendar,
    CalendarEntry,
    ListCalendar,
)
from portal_contracts.scheduling.rpc.requests import (
    LIST_REQUESTED_APPOINTMENTS,
    ListRequestedAppointments,
    RequestedAppointments,
)

FAILED_MAILS = 5
HELD_UP_MAILS = 5
WAITING_ADDRESSES = 5
SUBMISSIONS = 5
OVERDUE_FORMS = 5
NEXT_APPOINTMENTS = 3
LOOK_AHEAD = timedelta(days=30)
UNREAD_FOR = timedelta(days=1)
"""A calendar that is kept elsewhere is told of once it could not be read for so long."""


class TodayPage(Resource):
    """``/console``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Today's appointments and what needs attention; parts that are down are None."""
        context, device = context_of(req), practitioner_of(req)
        chosen = chosen_practitioner(req, read_query(req))
        parts = _ask_parts(req, chosen)
        calendar, failed = parts.calendar.get(), parts.failed.get()
        requested = parts.requested.get()
        held_up, soon = _held_up(parts.unsent.get())
        submitted = parts.submitted.get() if parts.submitted else None
        overdue = parts.overdue.get() if parts.overdue else None
        alerts = read_alerts(parts.alerts)
        # Without hours the practitioner's zone is unknown; without appointments it does not matter.
        zone = calendar.timezone if calendar and calendar.items else device.practice.timezone
        today, following = _today_and_next(req, calendar)
        client_ids = _named(
            (*today, *following, *(requested.items if requested else [])),
            (failed, held_up),
            (submitted, overdue),
            alerts.rows or [],
        )
        self.show(
            req,
            resp,
            "console/today.html",
            device=device,
            person=chosen,
            calendar=calendar,
            zone=zone,
            today=today,
            following=following,
            requested=requested,
            failed=failed,
            held_up=held_up,
            soon=soon,
            reads_forms=parts.submitted is not None,
            submitted=submitted,
            overdue=overdue,
            alerts=alerts,
            names=names_of_clients(context.backend, client_ids),
            **_standing(context, parts),
        )


class TodayParts(NamedTuple):
    """The parts of the page, asked for side by side."""

    calendar: Part[Calendar]
    requested: Part[RequestedAppointments]
    steps: StepParts
    waiting_addresses: Part[ClientPage]
    failed: Part[DeliveryPage]
    unsent: Part[DeliveryPage]
    submitted: Part[RequestPage] | None
    overdue: Part[RequestPage] | None
    alerts: Part[RequestPage] | None
    busy_calendars: Part[BusyCalendars] | None


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
        requested=backend.part(
            LIST_REQUESTED_APPOINTMENTS, ListRequestedAppointments(practitioner_id=practitioner_id)
        ),
        steps=ask_steps(backend, practitioner_id),
        waiting_addresses=backend.part(
            LIST_CLIENTS, ListClients(address_waits=True, limit=WAITING_ADDRESSES)
        ),
        failed=backend.part(
            LIST_DELIVERIES, ListDeliveries(state=DeliveryState.FAILED, limit=FAILED_MAILS)
        ),
        unsent=backend.part(LIST_DELIVERIES, ListDeliveries(only_open=True)),
        submitted=_ask_forms(
            backend,
            ListRequests(state=RequestState.SUBMITTED, answers_shown=True, limit=SUBMISSIONS),
        ),
        overdue=_ask_forms(backend, ListRequests(overdue=True, today=today, limit=OVERDUE_FORMS)),
        alerts=ask_alerts(backend),
        busy_calendars=_ask_calendars(backend, practitioner_id),
    )


def _ask_forms(backend: Backend, asked: ListRequests) -> Part[RequestPage] | None:
    if not has_permission(backend.actor, Permission.FORMS_READ):
        return None
    return backend.part(LIST_REQUESTS, asked)


def _standing(context: RequestContext, parts: TodayParts) -> dict[str, Any]:
    """How the practice stands: its clients, the first steps, mails and calendars."""
    clients = parts.steps.clients.get()
    return {
        "clients_total": clients.total if clients else None,
        "waiting_addresses": parts.waiting_addresses.get(),
        "steps": _open_steps(context.backend.actor, parts.steps),
        "no_mail_server": _no_mail_server(parts.steps),
        "unread_calendars": _unread_calendars(parts.busy_calendars, context.now),
    }


def _held_up(unsent: DeliveryPage | None) -> tuple[DeliveryPage | None, int]:
    """What is on its way and waits for something, the longest first; how many go out soon."""
    if unsent is None:
        return None, 0
    held_up = [mail for mail in unsent.items if mail.reason not in SOON_REASONS]
    more = len(held_up) > HELD_UP_MAILS or unsent.next_cursor is not None
    page = DeliveryPage(items=held_up[:HELD_UP_MAILS], next_cursor="more" if more else None)
    return page, len(unsent.items) - len(held_up)


def _today_and_next(
    req: falcon.Request, calendar: Calendar | None
) -> tuple[list[CalendarEntry], list[CalendarEntry]]:
    """Today's appointments; and the next ones, for a day without any or with none left."""
    if calendar is None:
        return [], []
    now = context_of(req).now
    on = local_date(now, calendar.timezone)
    today = [
        entry for entry in calendar.items if local_date(entry.starts_at, calendar.timezone) == on
    ]
    later = [
        entry for entry in calendar.items if local_date(entry.starts_at, calendar.timezone) > on
    ]
    over = all(entry.ends_at <= now for entry in today)
    return today, later[:NEXT_APPOINTMENTS] if over else []


def _open_steps(actor: Actor, parts: StepParts) -> list[tuple[str, bool]] | None:
    """The first steps and whether each is done; None when all are, or when it cannot be said."""
    steps = read_steps(actor, parts)
    return None if steps is None or all(done for _, done in steps) else steps


def _no_mail_server(parts: StepParts) -> bool:
    """Whether mails wait because none of them could go anywhere."""
    sender = parts.sender.get()
    return sender is not None and not sender.address


def _unread_calendars(part: Part[BusyCalendars] | None, now: datetime) -> list[BusyCalendar]:
    """Calendars kept elsewhere that could not be read for a day; none where it cannot be said."""
    listed = part.get() if part else None
    return [
        one
        for one in (listed.items if listed else [])
        if one.failing_since is not None and now - one.failing_since >= UNREAD_FOR
    ]


def _ask_calendars(backend: Backend, practitioner_id: UUID | None) -> Part[BusyCalendars] | None:
    if not has_permission(backend.actor, Permission.AVAILABILITY_WRITE):
        return None
    return backend.part(LIST_BUSY_CALENDARS, ListBusyCalendars(practitioner_id=practitioner_id))


def _named(
    entries: Sequence[CalendarEntry],
    mails: Sequence[DeliveryPage | None],
    forms: Sequence[RequestPage | None],
    alerts: Sequence[RequestRow],
) -> list[UUID | None]:
    """The clients whose names the page shows."""
    return [
        *(entry.client_id for entry in entries),
        *(mail.client_id for page in mails if page for mail in page.items),
        *(row.client_id for page in forms if page for row in page.items),
        *(row.client_id for row in alerts),
    ]
