"""Queries on sessions: recorded ones, and appointments whose end has passed."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Integer,
    Row,
    Select,
    Subquery,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database import Transaction
from portal_contracts.scheduling.rpc.things import SessionStatus
from scheduling.domain.appointments import BookingStatus
from scheduling.domain.clients import Client
from scheduling.domain.cursors import SessionCursor
from scheduling.domain.sessions import Session
from scheduling.domain.summaries import SummaryStanding
from scheduling.domain.wall_time import time_zone
from scheduling.storage.tables import appointment, booked_time, session, session_summary


def page_of(
    tx: Transaction,
    *,
    client_id: UUID,
    practice_id: UUID | None,
    now: datetime,
    limit: int,
    after: SessionCursor | None = None,
) -> list[Session]:
    """The client's sessions that have ended, the latest first.

    Args:
        tx: a transaction.
        client_id: whose.
        practice_id: in which practice; None for the admin script.
        now: aware UTC instant.
        limit: how many at most.
        after: begin after this one.
    """
    wanted = _wanted(practice_id=practice_id, client_id=client_id)
    place = {} if after is None else {"after_start": after.started_at, "after_id": after.session_id}
    query = _page(frozenset(wanted), from_cursor=after is not None)
    rows = tx.execute(query, {"now": now, "most": limit, **wanted, **place})
    return [_session(row) for row in rows]


def count_of(tx: Transaction, client: Client, *, now: datetime) -> int:
    """How many sessions of the client have ended."""
    wanted = _wanted(practice_id=client.practice_id, client_id=client.id)
    return int(tx.execute(_count(frozenset(wanted)), {"now": now, **wanted}).scalar_one())


def find(
    tx: Transaction,
    session_id: UUID,
    *,
    practice_id: UUID | None,
    client_id: UUID | None = None,
    now: datetime,
) -> Session | None:
    """The session, if it is the practice's (and the client's, where one is named) and has ended."""
    wanted = _wanted(practice_id=practice_id, client_id=client_id, session_id=session_id)
    row = tx.execute(_one(frozenset(wanted)), {"now": now, **wanted}).one_or_none()
    return None if row is None else _session(row)


def keep(tx: Transaction, one: Session, *, now: datetime) -> None:
    """Give the session a row of its own if it has none, and lock it until the transaction ends.

    Whatever is written about one session is written by one transaction at a time.
    """
    wall = one.started_at.astimezone(time_zone(one.timezone)).replace(tzinfo=None)
    tx.execute(
        insert(session)
        .values(
            id=one.id,
            practice_id=one.practice_id,
            practitioner_id=one.practitioner_id,
            client_id=one.client_id,
            appointment_id=one.id if one.had_appointment else None,
            title=one.title,
            started_at=one.started_at,
            ended_at=one.ended_at,
            timezone=one.timezone,
            started_wall=wall,
            status=one.status,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=[session.c.id])
    )
    tx.execute(select(session.c.id).where(session.c.id == one.id).with_for_update())


def set_status(tx: Transaction, session_id: UUID, status: SessionStatus, *, now: datetime) -> None:
    """Say how the session went; it has a row of its own."""
    tx.execute(
        update(session).where(session.c.id == session_id).values(status=status, updated_at=now)
    )


def _wanted(
    *, practice_id: UUID | None, client_id: UUID | None, session_id: UUID | None = None
) -> dict[str, UUID]:
    named = {"practice_id": practice_id, "client_id": client_id, "id": session_id}
    return {name: value for name, value in named.items() if value is not None}


# These statements are put together once: that takes longer than running them.


@cache
def _page(wanted: frozenset[str], *, from_cursor: bool) -> Select[Any]:
    past = _past(wanted)
    query = _with_summary(past).order_by(past.c.started_at.desc(), past.c.id.desc())
    if from_cursor:
        place = tuple_(
            bindparam("after_start", type_=DateTime(timezone=True)),
            bindparam("after_id", type_=Uuid()),
        )
        query = query.where(tuple_(past.c.started_at, past.c.id) < place)
    return query.limit(bindparam("most", type_=Integer()))


@cache
def _count(wanted: frozenset[str]) -> Select[Any]:
    return select(func.count()).select_from(_past(wanted))


@cache
def _one(wanted: frozenset[str]) -> Select[Any]:
    return _with_summary(_past(wanted))


def _past(wanted: frozenset[str]) -> Subquery:
    now = bindparam("now", type_=DateTime(timezone=True))
    recorded, passed = _recorded(now), _passed(now)
    for name in sorted(wanted):
        recorded = recorded.where(session.c[name] == bindparam(name, type_=Uuid()))
        passed = passed.where(appointment.c[name] == bindparam(name, type_=Uuid()))
    return union_all(recorded, passed).subquery()


def _recorded(now: BindParameter[datetime]) -> Select[Any]:
    """Sessions with a row of their own."""
    return select(
        session.c.id,
        session.c.practice_id,
        session.c.client_id,
        session.c.practitioner_id,
        session.c.title,
        session.c.started_at,
        session.c.ended_at,
        session.c.timezone,
        session.c.status,
        session.c.appointment_id.is_not(None).label("had_appointment"),
    ).where(session.c.ended_at <= now)


def _passed(now: BindParameter[datetime]) -> Select[Any]:
    """Appointments that have become sessions, as long as nobody has said more about them."""
    confirmed = appointment.c.status == BookingStatus.CONFIRMED
    status = case((confirmed, SessionStatus.ATTENDED), else_=SessionStatus.CANCELLED_LATE)
    return (
        select(
            appointment.c.id,
            appointment.c.practice_id,
            appointment.c.client_id,
            booked_time.c.practitioner_id,
            booked_time.c.title,
            booked_time.c.starts_at.label("started_at"),
            booked_time.c.ends_at.label("ended_at"),
            booked_time.c.timezone,
            status.label("status"),
            literal(value=True).label("had_appointment"),
        )
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .where(
            booked_time.c.ends_at <= now,
            confirmed | appointment.c.cancelled_late,
            # A session's row bears its appointment's id.
            ~exists().where(session.c.id == appointment.c.id),
        )
    )


def _with_summary(past: Subquery) -> Select[Any]:
    """`past` with its newest version, and with the one that is shared at present."""
    newest = (
        select(func.max(session_summary.c.version))
        .where(session_summary.c.session_id == past.c.id)
        .scalar_subquery()
    )
    shared = session_summary.alias()
    on: ColumnElement[bool] = (
        (shared.c.session_id == past.c.id)
        & shared.c.shared_at.is_not(None)
        & shared.c.unshared_at.is_(None)
    )
    return select(
        past,
        newest.label("version"),
        shared.c.version.label("shared_version"),
        shared.c.shared_at,
        shared.c.read_at,
    ).select_from(past.outerjoin(shared, on))


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        practice_id=row.practice_id,
        client_id=row.client_id,
        practitioner_id=row.practitioner_id,
        title=row.title,
        started_at=row.started_at,
        ended_at=row.ended_at,
        timezone=row.timezone,
        status=SessionStatus(row.status),
        had_appointment=row.had_appointment,
        summary=None
        if row.version is None
        else SummaryStanding(
            version=row.version,
            shared_version=row.shared_version,
            shared_at=row.shared_at,
            read_at=row.read_at,
        ),
    )
