"""Queries on the versions of a summary; bodies are sealed."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)

from portal_chassis.database.transactions import Transaction
from scheduling.domain.summaries import SealedVersion, VersionStanding
from scheduling.storage.tables import session_summary

_STANDING: Select[Any] = select(
    *(session_summary.c[field.name] for field in fields(VersionStanding))
)
_SEALED: Select[Any] = select(*(session_summary.c[field.name] for field in fields(SealedVersion)))


def newest(tx: Transaction, session_id: UUID) -> SealedVersion | None:
    """The newest version, with its body: the last that was not set aside."""
    query = _SEALED.where(
        session_summary.c.session_id == session_id, session_summary.c.set_aside.is_(False)
    )
    return _one(tx, query.order_by(session_summary.c.version.desc()).limit(1))


def last_number(tx: Transaction, session_id: UUID) -> int:
    """The number of the last version that was begun, 0 before the first."""
    query = select(func.max(session_summary.c.version)).where(
        session_summary.c.session_id == session_id
    )
    return tx.execute(query).scalar_one() or 0


def find(tx: Transaction, session_id: UUID, version: int) -> SealedVersion | None:
    """One version, with its body."""
    query = _SEALED.where(
        session_summary.c.session_id == session_id, session_summary.c.version == version
    )
    return _one(tx, query)


def shared(tx: Transaction, session_id: UUID) -> SealedVersion | None:
    """The version that the client sees at present, with its body."""
    return _one(tx, _SEALED.where(session_summary.c.session_id == session_id, _is_shared()))


def shared_last() -> Select[Any]:
    """Of the versions that a client sees at present the one shared last, with its body.

    Of the client `client_id` of the practice `practice_id`.
    """
    return (
        _SEALED.where(
            session_summary.c.client_id == bindparam("client_id", type_=Uuid()),
            session_summary.c.practice_id == bindparam("practice_id", type_=Uuid()),
            _is_shared(),
        )
        .order_by(session_summary.c.shared_at.desc(), session_summary.c.id.desc())
        .limit(literal(1, literal_execute=True))
    )


def versions(
    tx: Transaction, *, session_id: UUID | None = None, client_id: UUID | None = None
) -> list[VersionStanding]:
    """Versions without their bodies, by session the newest first; of one session or client."""
    query = _STANDING.order_by(session_summary.c.session_id, session_summary.c.version.desc())
    if session_id is not None:
        query = query.where(session_summary.c.session_id == session_id)
    if client_id is not None:
        query = query.where(session_summary.c.client_id == client_id)
    return [VersionStanding(**row) for row in tx.execute(query).mappings()]


def add(tx: Transaction, begun: SealedVersion, *, practice_id: UUID) -> None:
    """Begin a version, which nobody has seen yet."""
    tx.execute(
        insert(session_summary).values(
            id=begun.id,
            practice_id=practice_id,
            client_id=begun.client_id,
            session_id=begun.session_id,
            version=begun.version,
            revision=begun.revision,
            body=begun.body,
            written_by=begun.written_by,
            created_at=begun.saved_at,
            saved_at=begun.saved_at,
            set_aside=begun.set_aside,
        )
    )


def rewrite(tx: Transaction, saved: SealedVersion) -> None:
    """Change what a version says that was never shared; its writer stays."""
    tx.execute(
        update(session_summary)
        .where(session_summary.c.id == saved.id)
        .values(revision=saved.revision, body=saved.body, saved_at=saved.saved_at)
    )


def hide(tx: Transaction, session_id: UUID, *, now: datetime) -> bool:
    """Take the shared version from the client; whether there was one."""
    statement = (
        update(session_summary)
        .where(session_summary.c.session_id == session_id, _is_shared())
        .values(unshared_at=now)
        .returning(session_summary.c.id)
    )
    return tx.execute(statement).first() is not None


def show(tx: Transaction, summary_id: UUID, *, now: datetime) -> None:
    """Let the client see a version; no other one of its session is shared."""
    tx.execute(
        update(session_summary)
        .where(session_summary.c.id == summary_id)
        .values(shared_at=now, unshared_at=None)
    )


def mark_read(tx: Transaction, summary_id: UUID, *, revealed: bool, now: datetime) -> None:
    """The client opens a version; the first time is kept.

    `revealed`: on a device that a link let in which the practice saw. That is no receipt for
    the client's own reading, which takes its place.
    """
    unread: ColumnElement[bool] = session_summary.c.read_at.is_(None)
    if not revealed:
        unread |= session_summary.c.read_revealed
    tx.execute(
        update(session_summary)
        .where(session_summary.c.id == summary_id, unread)
        .values(read_at=now, read_revealed=revealed)
    )


def _one(tx: Transaction, query: Select[Any]) -> SealedVersion | None:
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else SealedVersion(**row)


def _is_shared() -> ColumnElement[bool]:
    return session_summary.c.shared_at.is_not(None) & session_summary.c.unshared_at.is_(None)
