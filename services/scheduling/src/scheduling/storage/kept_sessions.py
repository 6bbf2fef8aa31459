"""The rows of sessions about which somebody has said something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_contracts.scheduling.rpc.calendar import SessionHead
from scheduling.domain.sessions import Session
from scheduling.domain.wall_time import time_zone
from scheduling.storage.sessions import TAKES_PLACE
from scheduling.storage.tables import appointment, session, session_summary


def heads_of(tx: Transaction, session_ids: Sequence[UUID]) -> dict[UUID, SessionHead]:
    """How those of these sessions stand that have rows of their own."""
    written = session_summary.c.session_id == session.c.id
    shared = session_summary.c.shared_at.is_not(None) & session_summary.c.unshared_at.is_(None)
    query = select(
        session.c.id,
        session.c.status,
        exists().where(written, session_summary.c.set_aside.is_(False)).label("written"),
        exists().where(written, shared).label("shared"),
    ).where(session.c.id.in_(session_ids))
    return {
        row.id: SessionHead(
            status=SessionStatus(row.status), written=row.written, shared=row.shared
        )
        for row in tx.execute(query)
    }


def keep(tx: Transaction, one: Session, *, now: datetime) -> bool:
    """Give the session a row of its own if it has none, and lock it until the transaction ends.

    Whatever is written about one session is written by one transaction at a time. An appointment
    that was moved or cancelled meanwhile is none any more: False, and nothing is written.
    """
    row = select(session.c.id).where(session.c.id == one.id).with_for_update()
    if tx.execute(row).first() is not None:
        return True
    if one.had_appointment and not _still_begun(tx, one, now=now):
        return False
    _add(tx, one, now=now)
    tx.execute(row)
    return True


def is_kept(tx: Transaction, session_id: UUID) -> bool:
    """Whether somebody has said something about it. Ask with its appointment's row locked."""
    return tx.execute(select(session.c.id).where(session.c.id == session_id)).first() is not None


def _still_begun(tx: Transaction, one: Session, *, now: datetime) -> bool:
    """Whether its appointment is a session by now, as it stands once its row is locked."""
    row = (
        select(appointment.c.id)
        .where(appointment.c.id == one.id, appointment.c.starts_at <= now, TAKES_PLACE)
        .with_for_update(read=True)
    )
    return tx.execute(row).first() is not None


def _add(tx: Transaction, one: Session, *, now: datetime) -> None:
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


def set_status(tx: Transaction, session_id: UUID, status: SessionStatus, *, now: datetime) -> None:
    """Say how the session went; it has a row of its own."""
    tx.execute(
        update(session).where(session.c.id == session_id).values(status=status, updated_at=now)
    )
