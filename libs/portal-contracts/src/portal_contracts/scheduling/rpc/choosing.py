"""What a client chooses a time from: the soonest ones, the usual one, and a month of them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import SERVICE, OfferedService
from portal_contracts.scheduling.rpc.offering import BookingLimit


class BrowseTimes(Struct, frozen=True, kw_only=True):
    """What the client who asks can choose a time of a service from.

    `timezone`: in which days are meant, unless one meets at a place. `month`: any day of the month
    to be shown; None for the first that has times. One that is over, or that nobody can book yet,
    is taken as the nearest that can be. `moving`: the appointment to be moved, which then does
    not stand in its own way, and whose service is asked (self-scheduling may be off for it).
    """

    service_id: UUID
    timezone: str
    month: date | None = None
    moving: UUID | None = None


class BrowsedTimes(Struct, frozen=True, kw_only=True):
    """Free starts, each of them booked as it is; never the one that is to be moved.

    `timezone`: in which days are meant: the one that was asked for, or the place's. `first_on`:
    the first day of the month. `starts`: the month's, in order. `next_start`: the first one after
    a month without any. `soonest`: the first ones from now on, three at most. `usual`: the next
    one at the client's usual weekday and time. `last_bookable_on`: the last date that can have
    any; None when there is no limit. `has_others`: there are other services to book.
    `limit`: the client has booked as much as the practice lets one client book, and may move
    an appointment, but is told of no times to book.
    """

    service: OfferedService
    timezone: str
    first_on: date
    starts: list[Instant]
    next_start: Instant | None
    soonest: list[Instant]
    usual: Instant | None
    last_bookable_on: date | None
    has_others: bool = False
    limit: BookingLimit | None = None


BROWSE_TIMES = Method(
    SERVICE,
    "browse_times",
    BrowseTimes,
    BrowsedTimes,
    "A month of free times of a service, with the soonest and the client's usual one.",
)

METHODS = (BROWSE_TIMES,)
