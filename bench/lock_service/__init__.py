"""A service on the chassis whose one method takes a calendar's lock, and does nothing in it."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.broker_accounts import OWNER
from portal_contracts.calls import Done, Method

NAME = "bench.lock_service"


class Lock(Struct, frozen=True, kw_only=True):
    """Whose calendar is locked, and for which client."""

    client_id: UUID
    practitioner_id: UUID


LOCK = Method(
    NAME, "lock", Lock, Done, "Lock a client and a calendar.", mutates=True, callers=(OWNER,)
)
"""In a transaction of its own under an idempotency key, as a time is held."""
