"""What the demo's practitioner has not done yet, so that Today shows a day as it is.

By the services' own operations, at the instants at which it would have happened; see `history`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from notifications.domain import delivery as mails
from notifications.domain.outcome import permanent
from notifications.domain.reasons import Reason
from notifications.storage import adding, deliveries
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict
from portal_contracts.forms.rpc import requests as forms
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.rpc import booking, free_times
from portal_runner.demo import people, texts
from portal_runner.demo.history import DAY, HOUR, ZONE, Past, book, summarise
from portal_runner.demo.present import Console
from scheduling.operations import holds

log = structlog.get_logger(__name__)

HELD_FOR: Final = timedelta(minutes=5)
ASKED_BEFORE: Final = 60 * HOUR
"""A service on request waits two days for its answer: this one waited longer."""


def write_today(past: Past, services: dict[str, UUID], clients: dict[str, UUID]) -> None:
    """Two sessions of today, as far as the day has them: one written up, one not yet."""
    today = past.now.astimezone(ZONE).date()
    hour = past.now.replace(minute=0, second=0, microsecond=0)
    with past.transaction() as tx:
        for person, back in ((people.EMMA, 4), (people.FARID, 2)):
            start = hour - back * HOUR
            if start.astimezone(ZONE).date() != today:
                continue
            client_id = clients[person.fields.email]
            session_id = book(tx, past, services["video"], client_id, start)
            if person is people.EMMA:
                summarise(tx, past, session_id, start + HOUR, text=texts.OF_TODAY)


def let_one_expire(
    past: Past, console: Console, services: dict[str, UUID], clients: dict[str, UUID]
) -> None:
    """A client asked for a time some days ago, and nobody answered."""
    asked_at = past.now - ASKED_BEFORE
    client_id = clients[people.MIRA.fields.email]
    by_client = Console(
        console.rpc, past.call(free_times.LIST_FREE_TIMES, asked_at, client_id).actor
    )
    start = _free(by_client, services["long"], past.now)
    if start is None:
        log.info("demo_nothing_free")
        return
    hold = booking.HoldTime(service_id=services["long"], starts_at=start)
    with past.transaction() as tx:
        call = past.call(booking.HOLD_TIME, asked_at, client_id)
        try:
            held = holds.hold_time(tx, hold, call, hold_for=HELD_FOR, now=asked_at)
        except Conflict:
            log.info("demo_nothing_free")
            return
        confirm = booking.ConfirmHold(hold_id=held.hold_id, policy_accepted=True)
        call = past.call(booking.CONFIRM_HOLD, asked_at, client_id)
        holds.confirm_hold(tx, confirm, call, past.sealer, now=asked_at)


def _free(by_client: Console, service_id: UUID, now: datetime) -> datetime | None:
    """The last free time of some weeks from now, so that nobody else wants it."""
    first_on = now.astimezone(ZONE).date() + timedelta(days=7)
    free = by_client.do(
        free_times.LIST_FREE_TIMES,
        free_times.ListFreeTimes(
            service_id=service_id,
            first_on=first_on,
            last_on=first_on + timedelta(days=28),
            timezone=people.PRACTICE.timezone,
        ),
    )
    return free.starts[-1] if free.starts else None


def let_a_mail_fail(past: Past, console: Console, clients: dict[str, UUID]) -> None:
    """The mail with a client's form came back: its server knows no such address."""
    client_id = clients[people.DANIEL.fields.email]
    sent = console.do(forms.LIST_REQUESTS, forms.ListRequests(client_id=client_id, limit=1)).items
    practice_id = past.practitioner.practice_id
    if not sent or practice_id is None:
        return
    at = past.now - DAY
    mail = mails.NewDelivery(
        cause_id=new_id(),
        practice_id=practice_id,
        client_id=client_id,
        kind="form_sent",
        subject_id=sent[0].id,
        request_id="demo",
        recipient=Recipient.CLIENT,
    )
    step = mails.after_attempt(
        permanent(Reason.ADDRESS_REFUSED, "550 5.1.1"), attempts=1, give_up_at=None, now=at
    )
    with past.transaction() as tx:
        delivery_id = adding.add(tx, mail, now=at)
        if delivery_id is not None:
            deliveries.set_step(tx, delivery_id, step)
