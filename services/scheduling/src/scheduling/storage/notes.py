"""Queries on private notes; bodies are sealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.transactions import Transaction
from scheduling.storage.tables import session_note


def find(tx: Transaction, session_id: UUID) -> Row[Any] | None:
    """The note of a session."""
    return tx.execute(
        select(session_note).where(session_note.c.session_id == session_id)
    ).one_or_none()


def save(tx: Transaction, **values: Any) -> None:
    """Write the note, in place of the former one; its session's row is locked."""
    statement = insert(session_note).values(**values)
    kept = {"session_id", "practice_id", "client_id"}
    changed = {name: value for name, value in values.items() if name not in kept}
    tx.execute(
        statement.on_conflict_do_update(index_elements=[session_note.c.session_id], set_=changed)
    )
