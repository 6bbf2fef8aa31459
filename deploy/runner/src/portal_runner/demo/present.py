"""What the demo practice offers and plans now: services, hours, appointments, forms just sent.

All by the calls that the console makes, so that the mails go out as they would.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import structlog
from msgspec import Struct

from gateway.web.tokens import new_secret
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Method
from portal_contracts.errors import Conflict, Unavailable
from portal_contracts.forms.rpc import editing, requests, templates
from portal_contracts.scheduling.rpc import (
    availability,
    booking,
    calendar,
    free_times,
    series,
    services,
)
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from portal_contracts.scheduling.rpc.availability import WhyNot
from portal_runner.demo import own_forms, people
from portal_runner.demo.history import DAY, WEEK, ZONE, at
from portal_runner.demo.paperwork import GAD7, INTAKE, LIBRARY
from portal_runner.demo.people import Person

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 20.0
ATTEMPTS = 4
AHEAD = {people.ANNA.fields.email: 3, people.BEN.fields.email: 2}
WORKING_HOURS = range(8, 22)
WEEKS = 12
"""So many appointments the one series has."""

A = TypeVar("A", bound=Struct)
R = TypeVar("R", bound=Struct)


def ask(rpc: RpcClient, method: Method[A, R], command: A, *, actor: Actor) -> R:
    """Call `method` once, however often its service has to be asked.

    Services that have just started on a busy machine may take their time; the same key lets
    nothing be done twice.

    Raises:
        PortalError: the service refused, or did not answer `ATTEMPTS` times.
    """
    key = new_secret() if method.mutates else None
    for left in reversed(range(ATTEMPTS)):
        try:
            return rpc.call(
                method, command, actor=actor, timeout_seconds=TIMEOUT_SECONDS, idempotency_key=key
            )
        except Unavailable:
            if not left:
                raise
            log.warning("demo_asks_again", method=method.address)
    raise AssertionError


class Console:
    """Calls services as a practitioner at the console does.

    Args:
        rpc: calls the services.
        actor: the practitioner.
    """

    def __init__(self, rpc: RpcClient, actor: Actor) -> None:
        self.rpc = rpc
        self.actor = actor

    def do(self, method: Method[A, R], command: A) -> R:
        """Call `method` as the practitioner, once."""
        return ask(self.rpc, method, command, actor=self.actor)


def offer(console: Console, now: datetime) -> dict[str, UUID]:
    """Add the services and the hours; the services' ids by their keys."""
    found = {
        one.fields.title: one.id
        for one in console.do(services.LIST_SERVICES, services.ListServices()).items
    }
    ids = {}
    for key, fields in people.SERVICES.items():
        if fields.title not in found:
            added = console.do(services.ADD_SERVICE, services.AddService(fields=fields))
            found[fields.title] = added.service_id
        ids[key] = found[fields.title]
    stored = console.do(availability.GET_AVAILABILITY, availability.GetAvailability())
    if stored.version == 0:
        save = availability.SaveAvailability(version=0, availability=_hours(now))
        console.do(availability.SAVE_AVAILABILITY, save)
    return ids


def _hours(now: datetime) -> availability.Availability:
    weekly = [
        [availability.Window(start=start, end=end) for start, end in people.HOURS.get(day, ())]
        for day in range(7)
    ]
    year = now.astimezone(ZONE).year
    return availability.Availability(
        timezone=people.PRACTICE.timezone,
        weekly=weekly,
        overrides=[],
        time_off=[availability.TimeOff(first_on=date(year, 12, 22), last_on=date(year + 1, 1, 2))],
        holidays=people.HOLIDAYS,
    )


def add_forms(console: Console) -> dict[str, UUID]:
    """Take the forms of the library in; the templates' ids by their keys."""
    return {
        key: console.do(templates.ADD_FROM_LIBRARY, templates.AddFromLibrary(key=key)).template_id
        for key in LIBRARY
    }


def make_own_forms(console: Console) -> None:
    """Publish a form of the practice's own, and leave one in work; once."""
    rows = console.do(templates.LIST_TEMPLATES, templates.ListTemplates(with_archived=True)).items
    titles = {row.title for row in rows}
    if own_forms.SLEEP.title not in titles:
        saved = console.do(
            templates.SAVE_TEMPLATE, templates.SaveTemplate(document=own_forms.SLEEP)
        )
        console.do(
            templates.PUBLISH_TEMPLATE, templates.PublishTemplate(template_id=saved.template_id)
        )
    if own_forms.FEEDBACK_TITLE not in titles:
        started = console.do(
            editing.START_TEMPLATE, editing.StartTemplate(title=own_forms.FEEDBACK_TITLE)
        )
        acts: list[editing.Act] = [
            editing.ChangeSection(section="section_1", title="Looking back"),
            *(
                editing.AddQuestion(section="section_1", kind=one.kind, content=one)
                for one in own_forms.FEEDBACK
            ),
        ]
        console.do(
            editing.EDIT_TEMPLATE,
            editing.EditTemplate(template_id=started.template_id, revision=1, acts=acts),
        )


def plan(
    console: Console, services_by_key: dict[str, UUID], clients: dict[str, UUID], now: datetime
) -> None:
    """Book what is to come: each client's next appointments, and one later today."""
    for person in (one for one in people.PEOPLE if one.service):
        if person.fields.email == people.CHIARA.fields.email:
            _repeat(console, services_by_key[person.service], clients, person, now)
            continue
        for start in _next_starts(person, now):
            _book(console, services_by_key[person.service], clients[person.fields.email], start)
    soon = now.astimezone(ZONE).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if soon.hour in WORKING_HOURS:
        start = soon.astimezone(UTC)
        _book(console, services_by_key["video"], clients[people.BEN.fields.email], start)


def ask_for_one(
    console: Console, services_by_key: dict[str, UUID], clients: dict[str, UUID], now: datetime
) -> None:
    """Let a client ask for the first free time of the service on request, which waits then."""
    client = Actor(
        kind=ActorKind.CLIENT,
        id=clients[people.CHIARA.fields.email],
        practice_id=console.actor.practice_id,
    )
    by_client = Console(console.rpc, client)
    first_on = now.astimezone(ZONE).date() + timedelta(days=3)
    free = by_client.do(
        free_times.LIST_FREE_TIMES,
        free_times.ListFreeTimes(
            service_id=services_by_key["long"],
            first_on=first_on,
            last_on=first_on + timedelta(days=28),
            timezone=people.PRACTICE.timezone,
        ),
    )
    if not free.starts:
        log.info("demo_nothing_free")
        return
    hold = booking.HoldTime(service_id=services_by_key["long"], starts_at=free.starts[0])
    held = by_client.do(booking.HOLD_TIME, hold)
    confirm = booking.ConfirmHold(
        hold_id=held.hold_id, policy_accepted=True, note="I would like to prepare the talk at work."
    )
    by_client.do(booking.CONFIRM_HOLD, confirm)


def send_forms(
    console: Console, templates_by_key: dict[str, UUID], clients: dict[str, UUID], now: datetime
) -> None:
    """Send two forms today, which are mailed."""
    due_on = (now + 7 * DAY).date()
    for email, key in (
        (people.ANNA.fields.email, GAD7),
        (people.GRETA.fields.email, INTAKE),
    ):
        command = requests.SendForm(
            client_id=clients[email], template_id=templates_by_key[key], due_on=due_on
        )
        console.do(requests.SEND_FORM, command)


def _next_starts(person: Person, now: datetime) -> list[datetime]:
    today = now.astimezone(ZONE).date()
    day = today + timedelta(days=(person.weekday - today.weekday()) % 7 or 7)
    count = AHEAD.get(person.fields.email, 1)
    return [at(day + number * person.every_weeks * WEEK, person.hour) for number in range(count)]


def _repeat(
    console: Console,
    service_id: UUID,
    clients: dict[str, UUID],
    person: Person,
    now: datetime,
) -> None:
    """Book a series: what does not fit is left out, as for a practitioner who says so."""
    asked: dict[str, Any] = {
        "client_id": clients[person.fields.email],
        "service_id": service_id,
        "starts_at": _next_starts(person, now)[0],
        "repeat": series.Repeat(unit=RepeatUnit.WEEKLY, every=person.every_weeks, times=WEEKS),
    }
    found = console.do(series.REVIEW_SERIES, series.ReviewSeries(**asked)).slots
    fitting = (series.SlotState.FREE, series.SlotState.OUTSIDE_RULES)
    out = [
        series.SlotChoice(slot=one.slot, starts_at=None)
        for one in found
        if one.state not in fitting or WhyNot.TIME_OFF in one.breaks
    ]
    console.do(series.BOOK_SERIES, series.BookSeries(**asked, choices=out, despite=True))


def _book(console: Console, service_id: UUID, client_id: UUID, start: datetime) -> None:
    command = calendar.BookForClient(
        client_id=client_id, service_id=service_id, starts_at=start, despite=True
    )
    try:
        console.do(calendar.BOOK_FOR_CLIENT, command)
    except Conflict:
        # The hour is taken already: this practice is busy.
        log.info("demo_hour_taken")
