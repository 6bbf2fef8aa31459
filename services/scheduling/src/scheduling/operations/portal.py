"""What the client's portal shows of the calendar."""

from __future__ import annotations

from datetime import datetime

from portal_chassis.database import Transaction
from portal_contracts.actor import Actor
from scheduling.domain.portal import HOME_LENGTH, ScheduleOverview
from scheduling.operations.ownership import require_client
from scheduling.storage import appointments, bookable_services, sessions


def portal_schedule(tx: Transaction, actor: Actor, *, now: datetime) -> ScheduleOverview:
    """Upcoming appointments, past sessions and whether there is something to book.

    Only what belongs to the client who asks, in her practice. Every
    appointment that was confirmed is in exactly one of the lists at any
    instant: upcoming until its end, past from then on.

    Args:
        tx: a transaction.
        actor: who asks.
        now: aware UTC instant that divides upcoming from past.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
    """
    client = require_client(actor)
    upcoming, upcoming_total = appointments.upcoming_of(tx, client, now=now, limit=HOME_LENGTH)
    past, past_total = sessions.past_of(tx, client, now=now, limit=HOME_LENGTH)
    return ScheduleOverview(
        upcoming=upcoming,
        upcoming_total=upcoming_total,
        past=past,
        past_total=past_total,
        can_book=bookable_services.any_open_to(tx, client),
    )
