"""Queries on private notes; bodies are sealed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.transactions import Transaction
from scheduling.storage.tables import session_note


@dataclass(frozen=True, kw_only=True)
class SealedNote:
    """A session's note.

    Attributes:
        session_id: of which session.
        client_id: for whom it is sealed.
        revision: counts its saves, from 1.
        body: what it says, sealed.
        saved_at: aware UTC.
    """

    session_id: UUID
    client_id: UUID
    revision: int
    body: bytes = field(repr=False)
    saved_at: datetime


_SEALED = select(*(session_note.c[one.name] for one in fields(SealedNote)))


def find(tx: Transaction, session_id: UUID) -> SealedNote | None:
    """The note of a session."""
    found = tx.execute(_SEALED.where(session_note.c.session_id == session_id))
    row = found.mappings().one_or_none()
    return None if row is None else SealedNote(**row)


def save(tx: Transaction, **values: Any) -> None:
    """Write the note, in place of the former one; its session's row is locked."""
    statement = insert(session_note).values(**values)
    kept = {"session_id", "practice_id", "client_id"}
    changed = {name: value for name, value in values.items() if name not in kept}
    tx.execute(
        statement.on_conflict_do_update(index_elements=[session_note.c.session_id], set_=changed)
    )
