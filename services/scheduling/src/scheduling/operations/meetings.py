"""Which clients meet, or met, which practitioners: what caseloads are proposed from."""

from __future__ import annotations

from uuid import UUID

from portal_chassis.authority.ownership import own_practice
from portal_chassis.database.cursors import cursor_invalid
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.identity_links.rpc.caseload import MOST_PAIRS, CaseloadPair
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.calendar import ListMeetings, Meetings
from scheduling.storage import meetings


def list_meetings(tx: Transaction, command: ListMeetings, actor: Actor) -> Meetings:
    """A page of clients with whom they meet, or met; no client is on two pages.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``cursor_invalid``.
    """
    require_permission(actor, Permission.PRACTICE_WRITE)
    pairs = meetings.pairs_after(
        tx, own_practice(actor), _after(command.cursor), limit=MOST_PAIRS + 1
    )
    more = len(pairs) > MOST_PAIRS
    # The last client of a full page may have further pairs, and begins the next one.
    shown = [one for one in pairs if not more or one[0] != pairs[-1][0]]
    return Meetings(
        items=[CaseloadPair(client_id=one, practitioner_id=other) for one, other in shown],
        next_cursor=str(shown[-1][0]) if more and shown else None,
    )


def _after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(cursor)
    except ValueError:
        raise cursor_invalid() from None
