"""Calls that scheduling answers."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method, Nothing
from portal_contracts.instants import Instant

SERVICE = "scheduling"


class UpcomingAppointment(Struct, frozen=True, kw_only=True):
    """An appointment to come. Instants are aware UTC; `timezone` is the practitioner's."""

    id: UUID
    title: str
    starts_at: Instant
    ends_at: Instant
    timezone: str
    status: str


class PastSession(Struct, frozen=True, kw_only=True):
    """A session that took place, or should have; `summary_id` only when it is shared."""

    id: UUID
    title: str
    started_at: Instant
    ended_at: Instant
    timezone: str
    status: str
    summary_id: UUID | None


class PortalSchedule(Struct, frozen=True, kw_only=True):
    """What the portal's home shows of the calendar: the nearest first, each list cut.

    `can_book`: self-scheduling is on for at least one service of hers.
    """

    upcoming: list[UpcomingAppointment]
    upcoming_total: int
    past: list[PastSession]
    past_total: int
    can_book: bool


PORTAL_SCHEDULE = Method(
    SERVICE,
    "portal_schedule",
    Nothing,
    PortalSchedule,
    "Upcoming appointments and past sessions of the client who asks.",
)

METHODS = (PORTAL_SCHEDULE,)
