"""Queries on calendars that are kept elsewhere, and on the busy time that was read from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, and_, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import Range, insert

from portal_chassis.database import lease
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.busy_calendars import BusyFailure
from scheduling.domain.busy_calendars import BusyCalendar
from scheduling.domain.wall_time import Span
from scheduling.storage.tables import busy_calendar, busy_time, practitioner_status

_DUE = and_(
    busy_calendar.c.due_at <= lease.NOW,
    ~exists().where(
        practitioner_status.c.practitioner_id == busy_calendar.c.practitioner_id,
        ~practitioner_status.c.active,
    ),
)
"""Time has come to read it again, and its practitioner is still in."""


def add(tx: Transaction, calendar: BusyCalendar, *, address_mac: bytes) -> UUID:
    """Store a calendar, due at once; the id of the one with the same address if there is one."""
    statement = (
        insert(busy_calendar)
        .values(
            id=calendar.id,
            practice_id=calendar.practice_id,
            practitioner_id=calendar.practitioner_id,
            name=calendar.name,
            host=calendar.host,
            address_sealed=calendar.address_sealed,
            address_mac=address_mac,
            added_at=calendar.added_at,
            due_at=calendar.added_at,
        )
        .on_conflict_do_update(
            constraint="uq_busy_calendar_address", set_={"due_at": calendar.added_at}
        )
        .returning(busy_calendar.c.id)
    )
    added: UUID = tx.execute(statement).scalar_one()
    return added


def find(tx: Transaction, calendar_id: UUID, *, practice_id: UUID) -> BusyCalendar | None:
    """A calendar of the practice's."""
    query = select(busy_calendar).where(
        busy_calendar.c.id == calendar_id, busy_calendar.c.practice_id == practice_id
    )
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else _calendar(row)


def of_practitioner(
    tx: Transaction, practitioner_id: UUID, *, practice_id: UUID
) -> list[BusyCalendar]:
    """A practitioner's calendars, the one added first at the head."""
    query = (
        select(busy_calendar)
        .where(
            busy_calendar.c.practitioner_id == practitioner_id,
            busy_calendar.c.practice_id == practice_id,
        )
        .order_by(busy_calendar.c.added_at, busy_calendar.c.id)
    )
    return [_calendar(row) for row in tx.execute(query).mappings()]


def all_calendars(tx: Transaction, *, failing: bool = False) -> list[BusyCalendar]:
    """Every practitioner's, or those of them that could not be read the last time."""
    query = select(busy_calendar).order_by(
        busy_calendar.c.practitioner_id, busy_calendar.c.added_at
    )
    if failing:
        query = query.where(busy_calendar.c.failing_since.is_not(None))
    return [_calendar(row) for row in tx.execute(query).mappings()]


def make_due(tx: Transaction, calendar_id: UUID, *, now: datetime, tried_before: datetime) -> bool:
    """Make a calendar due now, unless it was tried since `tried_before`; whether it was made so."""
    statement = (
        update(busy_calendar)
        .where(
            busy_calendar.c.id == calendar_id,
            func.coalesce(busy_calendar.c.tried_at, tried_before) <= tried_before,
        )
        .values(due_at=now)
    )
    return bool(tx.execute(statement).rowcount)


def remove(tx: Transaction, calendar_id: UUID) -> None:
    """Forget a calendar, its address and what it said."""
    tx.execute(delete(busy_calendar).where(busy_calendar.c.id == calendar_id))


def claim_due(
    tx: Transaction, *, holder: str, limit: int, seconds: float, now: datetime
) -> list[BusyCalendar]:
    """Claim calendars that are due to be read."""
    rows = lease.claim(
        tx,
        busy_calendar,
        due=_DUE,
        order_by=busy_calendar.c.due_at,
        limit=limit,
        holder=holder,
        seconds=seconds,
        now=now,
    )
    return [_calendar(row) for row in rows]


def mark(tx: Transaction, calendar_id: UUID, *, holder: str, **values: Any) -> bool:
    """Write what came of reading a claimed calendar; False: it is another's by now, or removed."""
    return lease.mark(tx, busy_calendar, calendar_id, holder=holder, **values)


def replace_busy_time(tx: Transaction, calendar: BusyCalendar, busy: Sequence[Span]) -> None:
    """Let the busy time of a calendar be exactly `busy`; what stays the same is not written."""
    stored = _busy_time(tx, calendar.id)
    wanted = set(busy)
    gone = [Range(span.start, span.end) for span in stored - wanted]
    if gone:
        tx.execute(
            delete(busy_time).where(
                busy_time.c.calendar_id == calendar.id, busy_time.c.during.in_(gone)
            )
        )
    rows = [
        {
            "calendar_id": calendar.id,
            "practitioner_id": calendar.practitioner_id,
            "during": Range(span.start, span.end),
        }
        for span in sorted(wanted - stored)
    ]
    if rows:
        tx.execute(insert(busy_time), rows)


def count_failing(tx: Transaction, *, since_before: datetime) -> int:
    """How many calendars have not been read since before an instant."""
    query = select(func.count()).where(busy_calendar.c.failing_since <= since_before)
    return int(tx.execute(query).scalar_one())


def count(tx: Transaction) -> int:
    """How many calendars there are."""
    return int(tx.execute(select(func.count()).select_from(busy_calendar)).scalar_one())


def _busy_time(tx: Transaction, calendar_id: UUID) -> set[Span]:
    query = select(
        func.lower(busy_time.c.during).label("start"), func.upper(busy_time.c.during).label("end")
    ).where(busy_time.c.calendar_id == calendar_id)
    return {Span(row.start, row.end) for row in tx.execute(query)}


def _calendar(found: RowMapping) -> BusyCalendar:
    failure = found["failure"]
    return BusyCalendar(
        id=found["id"],
        practice_id=found["practice_id"],
        practitioner_id=found["practitioner_id"],
        name=found["name"],
        host=found["host"],
        address_sealed=bytes(found["address_sealed"]),
        added_at=found["added_at"],
        tried_at=found["tried_at"],
        read_at=found["read_at"],
        whole_at=found["whole_at"],
        timezone=found["timezone"],
        failure=BusyFailure(failure) if failure else None,
        failing_since=found["failing_since"],
        told_at=found["told_at"],
        etag=found["etag"],
        last_modified=found["last_modified"],
        unread=found["unread"],
    )
