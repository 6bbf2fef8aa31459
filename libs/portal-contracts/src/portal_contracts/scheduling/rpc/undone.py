"""What a practitioner has not done yet: sessions to write up, requests that nobody answered."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc.appointments import SERVICE
from portal_contracts.scheduling.rpc.calendar import CalendarEntry
from portal_contracts.scheduling.rpc.sessions import SessionRow


class ListUndone(Struct, frozen=True, kw_only=True):
    """What a practitioner (None: whoever asks) has not done yet."""

    practitioner_id: UUID | None = None


class Undone(Struct, frozen=True, kw_only=True):
    """What is left of the last days; each list is cut short, and its `more_…` says so.

    `unwritten`: sessions that took place and have neither summary nor note, the latest first; none
    for who may not write summaries. `expired`: requests that nobody answered in time, of clients
    who have no other appointment to come since, the latest first.
    """

    unwritten: list[SessionRow]
    more_unwritten: bool
    expired: list[CalendarEntry]


LIST_UNDONE = Method(
    SERVICE,
    "list_undone",
    ListUndone,
    Undone,
    "The sessions to write up, and the requests that expired, of the last days.",
)

METHODS = (LIST_UNDONE,)
