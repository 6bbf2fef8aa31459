"""Writing to a practitioner's calendar: times taken, moved and freed.

The exclusion constraint `ex_booked_time_overlap` has the last word. A refusal
by it is an answer here, not an error, and leaves the transaction usable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.exc import IntegrityError

from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction, sqlstate
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from scheduling.domain.appointments import LIVE, BookingStatus
from scheduling.domain.wall_time import Span, time_zone
from scheduling.storage.tables import appointment, booked_time

EXCLUSION_VIOLATION = "23P01"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class NewTime:
    """A part of a calendar that is to be taken. Title, place and buffers are the service's now."""

    id: UUID
    practice_id: UUID
    practitioner_id: UUID
    service_id: UUID
    title: str
    span: Span
    timezone: str
    buffer_before: timedelta
    buffer_after: timedelta
    place_kind: PlaceKind
    place: str


def values_of(new: NewTime, *, expires_at: datetime | None, now: datetime) -> dict[str, Any]:
    """The row of a time that is held until `expires_at`, or confirmed when there is none."""
    return {
        "id": new.id,
        "practice_id": new.practice_id,
        "practitioner_id": new.practitioner_id,
        "service_id": new.service_id,
        "title": new.title,
        "starts_at": new.span.start,
        "ends_at": new.span.end,
        "timezone": new.timezone,
        "starts_wall": wall(new.span.start, new.timezone),
        "buffer_before_minutes": new.buffer_before // _MINUTE,
        "buffer_after_minutes": new.buffer_after // _MINUTE,
        "blocked": blocked(new.span, new.buffer_before, new.buffer_after),
        "place_kind": new.place_kind,
        "place": new.place,
        "status": BookingStatus.HELD if expires_at else BookingStatus.CONFIRMED,
        "expires_at": expires_at,
        "created_at": now,
        "updated_at": now,
    }


def move(
    tx: Transaction,
    booked_time_id: UUID,
    span: Span,
    *,
    timezone: str,
    buffers: tuple[timedelta, timedelta],
    now: datetime,
) -> bool:
    """Give a booked time another place in the calendar; whether it was free.

    A time on which others sit is not moved under them. When it is refused the
    old time stands.
    """
    statement = (
        update(booked_time)
        .where(booked_time.c.id == booked_time_id, booked_time.c.capacity == 1)
        .values(
            starts_at=span.start,
            ends_at=span.end,
            timezone=timezone,
            starts_wall=wall(span.start, timezone),
            blocked=blocked(span, *buffers),
            updated_at=now,
        )
        .returning(booked_time.c.id)
    )
    try:
        with tx.begin_nested():
            return tx.execute(statement).first() is not None
    except IntegrityError as error:
        if sqlstate(error) != EXCLUSION_VIOLATION:
            raise
        return False


def hand_over(
    tx: Transaction,
    booked_time_id: UUID,
    practitioner_id: UUID,
    service_id: UUID,
    *,
    now: datetime,
) -> bool:
    """Put a booked time into another practitioner's calendar; whether it was free there.

    When it is refused it stays where it is.
    """
    statement = (
        update(booked_time)
        .where(booked_time.c.id == booked_time_id)
        .values(practitioner_id=practitioner_id, service_id=service_id, updated_at=now)
    )
    try:
        with tx.begin_nested():
            tx.execute(statement)
    except IntegrityError as error:
        if sqlstate(error) != EXCLUSION_VIOLATION:
            raise
        return False
    return True


def confirm(tx: Transaction, booked_time_id: UUID, *, now: datetime) -> None:
    """A time that was held or requested takes place."""
    run(tx, _CONFIRM, {"of": booked_time_id, "at": now})


def free(
    tx: Transaction, booked_time_ids: Iterable[UUID], status: BookingStatus, *, now: datetime
) -> None:
    """Free the times on which nobody has a live seat any more; the others stay taken."""
    seated = exists().where(
        appointment.c.booked_time_id == booked_time.c.id, appointment.c.status.in_(LIVE)
    )
    tx.execute(
        update(booked_time)
        .where(booked_time.c.id.in_(list(booked_time_ids)), booked_time.c.status.in_(LIVE), ~seated)
        .values(status=status, updated_at=now)
    )


def wall(instant: datetime, timezone: str) -> datetime:
    """What the wall shows at an instant."""
    return instant.astimezone(time_zone(timezone)).replace(tzinfo=None)


def blocked(span: Span, before: timedelta, after: timedelta) -> Range[datetime]:
    """What a time takes of the calendar, buffers included."""
    return Range(span.start - before, span.end + after, bounds="[)")


# Put together once: that takes longer than running them.
_TAKEN = (
    "id",
    "practice_id",
    "practitioner_id",
    "service_id",
    "title",
    "starts_at",
    "ends_at",
    "timezone",
    "starts_wall",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "blocked",
    "place_kind",
    "place",
    "status",
    "expires_at",
    "created_at",
    "updated_at",
)
TAKE = (
    insert(booked_time)
    .values(given(*(booked_time.c[name] for name in _TAKEN)))
    # A bare insert deadlocks when two meet head-on; this one waits and reports.
    .on_conflict_do_nothing()
    .returning(booked_time.c.id)
)
"""Takes a time, given `values_of` it; answers nothing where it is not free."""

_CONFIRM = (
    update(booked_time)
    .where(
        booked_time.c.id == bindparam("of", type_=booked_time.c.id.type),
        booked_time.c.status.in_(LIVE),
    )
    .values(
        status=BookingStatus.CONFIRMED,
        updated_at=bindparam("at", type_=booked_time.c.updated_at.type),
    )
)
