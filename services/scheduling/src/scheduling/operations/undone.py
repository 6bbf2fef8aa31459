"""What a practitioner has not done yet, of the last days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from portal_chassis.authority.seen import Seen
from portal_chassis.database.transactions import Transaction
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.undone import ListUndone, Undone
from scheduling.messages import session_row
from scheduling.operations.calendar import calendar_entry
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.storage import undone

UNWRITTEN_FOR: Final = timedelta(days=14)
"""After so long nobody is asked for a summary any more."""

EXPIRED_FOR: Final = timedelta(days=4)
"""So long a request that nobody answered is told: over a weekend and the day after."""

MOST_UNWRITTEN: Final = 6
MOST_EXPIRED: Final = 5


def list_undone(tx: Transaction, command: ListUndone, seen: Seen, *, now: datetime) -> Undone:
    """What is left of the last days; nothing of hidden clients.

    Raises:
        Forbidden: ``not_allowed``: also for a colleague's, as for the calendar.
    """
    practitioner = require_chosen_practitioner(
        seen.actor, command.practitioner_id, Permission.APPOINTMENTS_READ
    )
    expired = undone.expired_of(
        tx, practitioner, seen, since=now - EXPIRED_FOR, now=now, limit=MOST_EXPIRED
    )
    unwritten = []
    if has_permission(seen.actor, Permission.SUMMARIES_WRITE):
        unwritten = undone.unwritten_of(
            tx,
            practitioner,
            seen,
            since=now - UNWRITTEN_FOR,
            now=now,
            limit=MOST_UNWRITTEN + 1,
        )
    return Undone(
        unwritten=[session_row(one) for one in unwritten[:MOST_UNWRITTEN]],
        more_unwritten=len(unwritten) > MOST_UNWRITTEN,
        expired=[calendar_entry(one, seen) for one in expired],
    )
