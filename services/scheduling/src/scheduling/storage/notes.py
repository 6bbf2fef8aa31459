"""Queries on private notes; bodies are sealed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
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


def save(tx: Transaction, note: SealedNote, *, practice_id: UUID, written_by: UUID) -> None:
    """Write the note, in place of the former one; its session's row is locked."""
    changed = {
        "revision": note.revision,
        "body": note.body,
        "written_by": written_by,
        "saved_at": note.saved_at,
    }
    statement = insert(session_note).values(
        session_id=note.session_id, practice_id=practice_id, client_id=note.client_id, **changed
    )
    tx.execute(
        statement.on_conflict_do_update(index_elements=[session_note.c.session_id], set_=changed)
    )
