"""What of a practitioner's calendar is taken: the query that the slot engine is fed by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    Uuid,
    all_,
    bindparam,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)

from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from scheduling.domain.appointments import LIVE, BookingStatus
from scheduling.domain.service_rules import Booked
from scheduling.domain.wall_time import Span
from scheduling.storage.requests import ANYTHING_OVER
from scheduling.storage.tables import appointment, booked_time, busy_calendar, busy_time


@dataclass(frozen=True)
class Ignored:
    """What is not in the way of a client: their own hold, and the appointments to be moved."""

    holds_of: UUID | None = None
    appointment_ids: tuple[UUID, ...] = ()


class Taken(NamedTuple):
    """What of a practitioner's calendar is taken, in order.

    Attributes:
        booked: the live times.
        elsewhere: busy time of other calendars.
    """

    booked: tuple[Booked, ...]
    elsewhere: tuple[Span, ...]


def taken_between(
    tx: Transaction,
    practitioner_id: UUID,
    within: Span,
    *,
    service_id: UUID,
    ignored: Ignored,
    now: datetime,
) -> Taken:
    """The live times whose blocked span touches `within`, and what else does. One statement.

    A hold or a request that is over is not live, whether or not it was let go of yet.
    `counts` is set for those of `service_id`.
    """
    booked, elsewhere = [], []
    for starts_at, ends_at, before, after, of_service in run(
        tx, _TAKEN, _named(practitioner_id, within, ignored, now)
    ):
        span = Span(starts_at, ends_at)
        if of_service is None:
            elsewhere.append(span)
        else:
            counts = of_service == service_id
            booked.append(Booked(span, _minutes(before), _minutes(after), counts=counts))
    return Taken(tuple(booked), tuple(elsewhere))


class State(NamedTuple):
    """What a calendar is found like by who wants some of it.

    Attributes:
        taken: somebody else has some of what is wanted.
        over: a hold or a request in it is over, and still takes its time.
    """

    taken: bool
    over: bool


def state(
    tx: Transaction, practitioner_id: UUID, wanted: Span, *, ignored: Ignored, now: datetime
) -> State:
    """How a calendar is found by who wants `wanted` of it; see `taken_between`. One statement."""
    return State(*run(tx, _STATE, _named(practitioner_id, wanted, ignored, now)).all()[0])


def _named(
    practitioner_id: UUID, within: Span, ignored: Ignored, now: datetime
) -> dict[str, object]:
    return {
        "practitioner_id": practitioner_id,
        "begin": within.start,
        "end": within.end,
        "now": now,
        "holds_of": ignored.holds_of,
        "appointment_ids": list(ignored.appointment_ids),
    }


@cache
def _minutes(count: int) -> timedelta:
    """A buffer: there are few, and they are asked for with every booking."""
    return timedelta(minutes=count)


def busy_elsewhere_of(
    tx: Transaction, practitioner_id: UUID, within: Span, *, practice_id: UUID
) -> tuple[Span, ...]:
    """When a practitioner is busy by this practice's calendars, as far as it touches `within`."""
    named = {"practitioner_id": practitioner_id, "begin": within.start, "end": within.end}
    rows = tx.execute(_BUSY_IN_PRACTICE, named | {"practice_id": practice_id})
    return tuple(Span(row.starts_at, row.ends_at) for row in rows)


class InTheWay(NamedTuple):
    """An appointment that takes a time, and whose it is."""

    appointment_id: UUID
    client_id: UUID


def appointment_in_the_way(
    tx: Transaction, practitioner_id: UUID, blocked: Span, *, now: datetime
) -> InTheWay | None:
    """The first live appointment or hold whose blocked span overlaps `blocked`."""
    query = (
        select(appointment.c.id, appointment.c.client_id)
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .where(
            booked_time.c.practitioner_id == practitioner_id,
            booked_time.c.status.in_(LIVE),
            appointment.c.status.in_(LIVE),
            booked_time.c.blocked.op("&&")(func.tstzrange(blocked.start, blocked.end)),
            or_(
                booked_time.c.status == BookingStatus.CONFIRMED,
                booked_time.c.expires_at > now,
            ),
        )
        .order_by(booked_time.c.starts_at, appointment.c.id)
        .limit(1)
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else InTheWay(*row)


# No probe for each row: PostgreSQL evaluates an array of an uncorrelated query once, under the
# generic plan too, which it takes after five executions.
_IGNORED = func.array(
    union_all(
        select(appointment.c.booked_time_id).where(
            appointment.c.id == func.any(bindparam("appointment_ids", type_=ARRAY(Uuid())))
        ),
        select(appointment.c.booked_time_id).where(
            appointment.c.client_id == bindparam("holds_of", type_=Uuid()),
            appointment.c.status == BookingStatus.HELD,
        ),
    ).scalar_subquery(),
    type_=ARRAY(Uuid()),
)
"""The booked times that are to be ignored; what is NULL or empty ignores none."""

# Put together once: that takes longer than running it.
_BOOKED = (
    select(
        booked_time.c.starts_at,
        booked_time.c.ends_at,
        booked_time.c.buffer_before_minutes,
        booked_time.c.buffer_after_minutes,
        booked_time.c.service_id,
    )
    .where(
        booked_time.c.practitioner_id == bindparam("practitioner_id", type_=Uuid()),
        booked_time.c.status.in_(LIVE),
        booked_time.c.blocked.op("&&")(
            func.tstzrange(
                bindparam("begin", type_=DateTime(timezone=True)),
                bindparam("end", type_=DateTime(timezone=True)),
            )
        ),
        or_(
            booked_time.c.status == BookingStatus.CONFIRMED,
            booked_time.c.expires_at > bindparam("now", type_=DateTime(timezone=True)),
        ),
        booked_time.c.id != all_(_IGNORED),
    )
    .order_by(booked_time.c.starts_at)
)

_STATE = select(_BOOKED.order_by(None).exists().label("taken"), ANYTHING_OVER.label("over"))

_BUSY_ELSEWHERE = (
    select(
        func.lower(busy_time.c.during).label("starts_at"),
        func.upper(busy_time.c.during).label("ends_at"),
    )
    .where(
        busy_time.c.practitioner_id == bindparam("practitioner_id", type_=Uuid()),
        busy_time.c.during.op("&&")(
            func.tstzrange(
                bindparam("begin", type_=DateTime(timezone=True)),
                bindparam("end", type_=DateTime(timezone=True)),
            )
        ),
    )
    .order_by(busy_time.c.during)
)

_TAKEN = union_all(
    _BOOKED.order_by(None),
    _BUSY_ELSEWHERE.order_by(None).add_columns(
        *(cast(null(), kind) for kind in (Integer(), Integer(), Uuid()))
    ),
).order_by("starts_at", "ends_at")
"""Busy time of other calendars is of no service."""

_BUSY_IN_PRACTICE = _BUSY_ELSEWHERE.join(
    busy_calendar, busy_calendar.c.id == busy_time.c.calendar_id
).where(busy_calendar.c.practice_id == bindparam("practice_id", type_=Uuid()))
