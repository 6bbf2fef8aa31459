"""Queries on private notes and their versions; bodies are sealed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.transactions import Transaction
from scheduling.storage.tables import session_note, session_note_version


@dataclass(frozen=True, kw_only=True)
class SealedNote:
    """A session's note: its newest version.

    Attributes:
        session_id: of which session.
        client_id: for whom it is sealed.
        version: counts the note's versions, from 1.
        revision: counts its saves, from 1.
        written_by: its author.
        body: what it says, sealed.
        saved_at: aware UTC.
    """

    session_id: UUID
    client_id: UUID
    version: int
    revision: int
    written_by: UUID
    body: bytes = field(repr=False)
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class SealedNoteVersion:
    """Another version than the newest, with `body` sealed; `set_aside`: one was chosen over it."""

    id: UUID
    session_id: UUID
    client_id: UUID
    version: int
    written_by: UUID
    body: bytes = field(repr=False)
    saved_at: datetime
    set_aside: bool = False


_SEALED = select(*(session_note.c[one.name] for one in fields(SealedNote)))
_OTHERS = select(*(session_note_version.c[one.name] for one in fields(SealedNoteVersion)))


def find(tx: Transaction, session_id: UUID) -> SealedNote | None:
    """The note of a session."""
    found = tx.execute(_SEALED.where(session_note.c.session_id == session_id))
    row = found.mappings().one_or_none()
    return None if row is None else SealedNote(**row)


def other_versions(tx: Transaction, session_id: UUID) -> list[SealedNoteVersion]:
    """The versions besides the newest, the latest first."""
    query = _OTHERS.where(session_note_version.c.session_id == session_id)
    found = tx.execute(query.order_by(session_note_version.c.version.desc()))
    return [SealedNoteVersion(**row) for row in found.mappings()]


def find_other(tx: Transaction, session_id: UUID, version: int) -> SealedNoteVersion | None:
    """One of the versions besides the newest."""
    query = _OTHERS.where(
        session_note_version.c.session_id == session_id, session_note_version.c.version == version
    )
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else SealedNoteVersion(**row)


def last_number(tx: Transaction, note: SealedNote) -> int:
    """The number of the last version that was begun."""
    query = select(func.max(session_note_version.c.version)).where(
        session_note_version.c.session_id == note.session_id
    )
    return max(note.version, tx.execute(query).scalar_one() or 0)


def add_other(tx: Transaction, one: SealedNoteVersion, *, practice_id: UUID) -> None:
    """Keep a version beside the newest; its session's row is locked."""
    values = {column.name: getattr(one, column.name) for column in fields(SealedNoteVersion)}
    tx.execute(plain_insert(session_note_version).values(practice_id=practice_id, **values))


def save(tx: Transaction, note: SealedNote, *, practice_id: UUID) -> None:
    """Write the note, in place of the former one; its session's row is locked."""
    changed = {
        "version": note.version,
        "revision": note.revision,
        "body": note.body,
        "written_by": note.written_by,
        "saved_at": note.saved_at,
    }
    statement = insert(session_note).values(
        session_id=note.session_id, practice_id=practice_id, client_id=note.client_id, **changed
    )
    tx.execute(
        statement.on_conflict_do_update(index_elements=[session_note.c.session_id], set_=changed)
    )
