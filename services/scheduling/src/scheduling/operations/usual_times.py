"""The same time as usual, offered to a client who books again."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal_chassis.authority.ownership import Client, require_client
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.scheduling.rpc.usual_times import FindUsualTime, UsualTime
from scheduling.domain.slots import Calendar
from scheduling.domain.usual_time import LOOKED_AT, next_usual_start, searched, usual_time
from scheduling.domain.wall_time import Span
from scheduling.operations.asked_times import Asked, asked_about
from scheduling.operations.booking_limits import limit_reached
from scheduling.storage import appointments

NEAR = timedelta(days=32)
"""What is looked at first; the rest of any month is within it."""


def find_usual_time(
    tx: Transaction, command: FindUsualTime, actor: Actor, *, now: datetime
) -> UsualTime:
    """The next start at the client's usual time, from the calendar that holding it asks.

    None where the client has booked as much as one client may.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``service_not_found``: also one the client may not book.
    """
    client = require_client(actor)
    asked = asked_about(tx, command.service_id, None, actor, now=now)
    near = Span(now, now + NEAR)
    calendar = asked.calendar(tx, near)
    timezone = calendar.availability.zone.key
    if limit_reached(tx, client, now=now) is not None:
        return UsualTime(starts_at=None, timezone=timezone)
    return UsualTime(starts_at=usual_start(tx, asked, client, calendar, near), timezone=timezone)


def usual_start(
    tx: Transaction, asked: Asked, client: Client, calendar: Calendar, near: Span
) -> datetime | None:
    """The next start at the usual time, never the one that is moved.

    Args:
        tx: a transaction.
        asked: what is booked or moved.
        client: whose habit.
        calendar: of what is asked, loaded for `near`; farther on it is loaded where it has none.
        near: from now on.
    """
    if not asked.service.fields.usual_time:
        return None
    had = appointments.last_starts(tx, client, asked.service.id, limit=LOOKED_AT)
    usual = usual_time(had, calendar.availability.zone)
    if usual is None:
        return None
    moved = () if asked.moved is None else (asked.moved.starts_at,)
    found = next_usual_start(calendar, *usual, within=near, leaving_out=moved)
    if found is not None:
        return found
    far = Span(near.end, searched(asked.now).end)
    return next_usual_start(asked.calendar(tx, far), *usual, within=far, leaving_out=moved)
