"""Queries on sessions: recorded ones, and appointments that have begun.

`Appointment.is_session` says the same of one appointment.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    RowMapping,
    ScalarSelect,
    Select,
    Subquery,
    Table,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from portal_chassis.database.cursors import TimeCursor
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from scheduling.domain.appointments import BookingStatus
from scheduling.domain.sessions import Session
from scheduling.domain.summaries import SummaryStanding
from scheduling.storage.limits import limit_written_out
from scheduling.storage.tables import appointment, booked_time, session, session_summary

_IS_CONFIRMED = appointment.c.status == BookingStatus.CONFIRMED
TAKES_PLACE = _IS_CONFIRMED | appointment.c.cancelled_late
"""That an appointment is a session once it has begun."""


def page_of(
    tx: Transaction,
    *,
    client_id: UUID,
    practice_id: UUID | None,
    now: datetime,
    limit: int,
    after: TimeCursor | None = None,
    ended: bool = False,
) -> list[Session]:
    """The client's sessions, the latest first.

    Args:
        tx: a transaction.
        client_id: whose.
        practice_id: in which practice; None for the admin script.
        now: aware UTC instant.
        limit: how many at most.
        after: begin after this one.
        ended: only those that have ended, as the client's lists have them.
    """
    wanted = _wanted(practice_id=practice_id, client_id=client_id)
    place = {} if after is None else {"after_start": after.at, "after_id": after.id}
    query = _page(frozenset(wanted), from_cursor=after is not None, ended=ended)
    rows = run(tx, query, {"now": now, "most": limit, **wanted, **place})
    return [_session(row) for row in rows.mappings()]


def find(
    tx: Transaction,
    session_id: UUID,
    *,
    practice_id: UUID | None,
    client_id: UUID | None = None,
    now: datetime,
) -> Session | None:
    """The session, if it is the practice's (and the client's, where one is named) and has begun."""
    wanted = _wanted(practice_id=practice_id, client_id=client_id, session_id=session_id)
    found = run(tx, _one(frozenset(wanted)), {"now": now, **wanted})
    row = found.mappings().one_or_none()
    return None if row is None else _session(row)


def _wanted(
    *, practice_id: UUID | None, client_id: UUID | None, session_id: UUID | None = None
) -> dict[str, UUID]:
    named = {"practice_id": practice_id, "client_id": client_id, "id": session_id}
    return {name: value for name, value in named.items() if value is not None}


# These statements are put together once: that takes longer than running them.


@cache
def _page(wanted: frozenset[str], *, from_cursor: bool, ended: bool) -> Select[Any]:
    """The latest of both kinds, of which the latest are the page.

    An appointment is looked up among the sessions only once it is among the
    latest: its session, if it has one, has the same start and is among the
    latest too. So a page costs what a page holds, however long the history is.
    """
    most = limit_written_out("most")
    recorded, passed = (
        _latest(kind, most, from_cursor=from_cursor)
        for kind in (_recorded(wanted, ended=ended), _passed(wanted, ended=ended))
    )
    past = union_all(select(recorded), select(passed).where(~_is_recorded(passed))).subquery()
    return _with_summary(past).order_by(past.c.started_at.desc(), past.c.id.desc()).limit(most)


def _latest(kind: Select[Any], most: BindParameter[int | None], *, from_cursor: bool) -> Subquery:
    columns = kind.selected_columns
    if from_cursor:
        place = tuple_(
            bindparam("after_start", type_=DateTime(timezone=True)),
            bindparam("after_id", type_=Uuid()),
        )
        kind = kind.where(tuple_(columns.started_at, columns.id) < place)
    return kind.order_by(columns.started_at.desc(), columns.id.desc()).limit(most).subquery()


@cache
def _one(wanted: frozenset[str]) -> Select[Any]:
    return _with_summary(_past(wanted))


def _past(wanted: frozenset[str]) -> Subquery:
    """Sessions with a row of their own, and appointments of which nobody has said more."""
    alone = _passed(wanted).where(~_is_recorded(appointment))
    return union_all(_recorded(wanted), alone).subquery()


def _is_recorded(one: Table | Subquery) -> ColumnElement[bool]:
    """That an appointment's session has a row, which bears the appointment's id."""
    # By client too, so that one client's alone are looked through.
    return exists().where(session.c.id == one.c.id, session.c.client_id == one.c.client_id)


def _recorded(wanted: frozenset[str], *, ended: bool = False) -> Select[Any]:
    """Sessions with a row of their own that have begun, or ended."""
    over = session.c.ended_at if ended else session.c.started_at
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
    ).where(over <= _now(), *_named(session, wanted))


def _passed(wanted: frozenset[str], *, ended: bool = False) -> Select[Any]:
    """Appointments that have become sessions by beginning, or ending."""
    over = appointment.c.ends_at if ended else appointment.c.starts_at
    status = case((_IS_CONFIRMED, SessionStatus.ATTENDED), else_=SessionStatus.CANCELLED_LATE)
    return (
        select(
            appointment.c.id,
            appointment.c.practice_id,
            appointment.c.client_id,
            booked_time.c.practitioner_id,
            booked_time.c.title,
            appointment.c.starts_at.label("started_at"),
            appointment.c.ends_at.label("ended_at"),
            booked_time.c.timezone,
            status.label("status"),
            literal(value=True).label("had_appointment"),
        )
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .where(over <= _now(), TAKES_PLACE, *_named(appointment, wanted))
    )


def _now() -> ScalarSelect[datetime]:
    """The instant, of which PostgreSQL believes the same whether or not it knows its value.

    What it knows to be now it knows to leave out little: a plan made for the value then looks
    cheaper than one for all values, and one is made at each execution, which takes five times as
    long as running it. So it did with 170,000 appointments. Measured: bench/PROFILE.md.
    """
    return select(bindparam("now", type_=DateTime(timezone=True))).scalar_subquery()


def _named(table: Table, wanted: frozenset[str]) -> list[ColumnElement[bool]]:
    return [table.c[name] == bindparam(name, type_=Uuid()) for name in sorted(wanted)]


def _with_summary(past: Subquery) -> Select[Any]:
    """`past` with its newest version, and with the one that is shared at present."""
    newest = (
        select(func.max(session_summary.c.version))
        .where(session_summary.c.session_id == past.c.id, session_summary.c.set_aside.is_(False))
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
        shared.c.read_revealed,
    ).select_from(past.outerjoin(shared, on))


def _session(row: RowMapping) -> Session:
    return Session(
        id=row["id"],
        practice_id=row["practice_id"],
        client_id=row["client_id"],
        practitioner_id=row["practitioner_id"],
        title=row["title"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        timezone=row["timezone"],
        status=SessionStatus(row["status"]),
        had_appointment=row["had_appointment"],
        summary=None
        if row["version"] is None
        else SummaryStanding(
            version=row["version"],
            shared_version=row["shared_version"],
            shared_at=row["shared_at"],
            read_at=row["read_at"],
            read_revealed=bool(row["read_revealed"]),
        ),
    )
