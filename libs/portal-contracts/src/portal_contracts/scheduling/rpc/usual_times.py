"""The same time as usual, for a client who books again."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import SERVICE


class FindUsualTime(Struct, frozen=True, kw_only=True):
    """When the client who asks could have a service at the usual weekday and time."""

    service_id: UUID


class UsualTime(Struct, frozen=True, kw_only=True):
    """The next free start at the usual time; None where there is none, or none is usual."""

    starts_at: Instant | None
    timezone: str


FIND_USUAL_TIME = Method(
    SERVICE,
    "find_usual_time",
    FindUsualTime,
    UsualTime,
    "The next free start of a service at the client's usual weekday and time.",
)

METHODS = (FIND_USUAL_TIME,)
