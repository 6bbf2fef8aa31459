"""Which starts of a service are free: in a range of days, and nearest to one.

Not: by which calls a client finds one of them (`choosing`), and how it is held (`booking`).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import Method
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import SERVICE, OfferedService, PlaceKind
from portal_contracts.scheduling.rpc.availability import WhyNot


class ListFreeTimes(Struct, frozen=True, kw_only=True):
    """Free starts whose date in `timezone` lies in the range; at most 62 days.

    `moving`: the appointment to be moved, which then does not stand in its
    own way, and whose service is asked (self-scheduling may be off for it).
    For the practice it is no matter which clients may book; `minutes` is its own length, if any.
    """

    service_id: UUID
    first_on: date
    last_on: date
    timezone: str
    moving: UUID | None = None
    minutes: int | None = None


class StartDespite(Struct, frozen=True, kw_only=True):
    """A free start that the practice books by `despite` alone.

    `breaks`: the rules for clients that it breaks, in the order of `WhyNot`; a booking
    without `despite` is refused by the first of them.
    """

    starts_at: Instant
    breaks: list[WhyNot]


class FreeTimes(Struct, frozen=True, kw_only=True):
    """The starts that are booked as they are asked for, in order.

    `despite`: for the practice, the other free starts. `next_start`: when `starts` has none,
    the first one after the range. `last_bookable_on`: the last date, in `timezone`, that can
    have `starts`; None when there is no limit.
    """

    service: OfferedService
    starts: list[Instant]
    next_start: Instant | None
    last_bookable_on: date | None
    despite: list[StartDespite] = []


class NearestTimes(Struct, frozen=True, kw_only=True):
    """The free starts nearest to `around`, for whoever found a time taken."""

    service_id: UUID
    around: Instant
    moving: UUID | None = None
    limit: Annotated[int, Meta(ge=1, le=20)] = 4


class NearestFreeTimes(Struct, frozen=True, kw_only=True):
    """The nearest free starts, in order of time; where one meets at a place, in its zone alone."""

    starts: list[Instant]
    timezone: str
    place_kind: PlaceKind | None = None


LIST_FREE_TIMES = Method(
    SERVICE,
    "list_free_times",
    ListFreeTimes,
    FreeTimes,
    "Free times of a service in a range of days; booking takes each of `starts` as it is.",
)
NEAREST_TIMES = Method(
    SERVICE, "nearest_times", NearestTimes, NearestFreeTimes, "The free times nearest to one."
)

METHODS = (LIST_FREE_TIMES, NEAREST_TIMES)
