"""Private notes: the practitioner's own, sealed for the client they are about.

Nothing of the client's portal imports this module; import-linter checks it.
"""

from __future__ import annotations

from datetime import datetime

from portal_chassis.authority.ownership import own_id
from portal_chassis.call import Call
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Conflict
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.notes import NoteSaved, OpenNote, PrivateNote, SaveNote
from scheduling.operations.sessions import practice_session, record_session_access
from scheduling.storage import notes, sessions
from scheduling.storage.notes import SealedNote


def open_note(
    tx: Transaction, command: OpenNote, call: Call, sealer: Sealer, *, now: datetime
) -> PrivateNote:
    """The note of a session; an access once there is something to read.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``.
    """
    session = practice_session(tx, command.session_id, call.actor, Permission.NOTES_READ, now=now)
    note = notes.find(tx, session.id)
    if note is None:
        return PrivateNote(revision=0, text="", saved_at=None)
    record_session_access(tx, call, "note.opened", session, now=now)
    return PrivateNote(
        revision=note.revision, text=_opened(tx, sealer, note) or "", saved_at=note.saved_at
    )


def save_note(
    tx: Transaction, command: SaveNote, call: Call, sealer: Sealer, *, now: datetime
) -> NoteSaved:
    """Save the note; the same text again changes nothing.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``.
        Conflict: ``stale_revision``: it was saved elsewhere since it was read.
    """
    session = practice_session(tx, command.session_id, call.actor, Permission.NOTES_WRITE, now=now)
    sessions.keep(tx, session, now=now)
    note = notes.find(tx, session.id)
    if command.revision != (0 if note is None else note.revision):
        raise Conflict("stale_revision", "It was saved elsewhere in the meantime.")
    if note is not None and _opened(tx, sealer, note) == command.text:
        return NoteSaved(revision=note.revision, saved_at=note.saved_at)
    saved = SealedNote(
        session_id=session.id,
        client_id=session.client_id,
        revision=command.revision + 1,
        body=sealer.seal(
            tx,
            session.client_id,
            command.text,
            table="session_note",
            column="body",
            row=session.id,
        ),
        saved_at=now,
    )
    notes.save(tx, saved, practice_id=session.practice_id, written_by=own_id(call.actor))
    record_session_access(tx, call, "note.saved", session, now=now)
    return NoteSaved(revision=saved.revision, saved_at=now)


def _opened(tx: Transaction, sealer: Sealer, note: SealedNote) -> str | None:
    """The text of a note; None once it was erased."""
    try:
        return sealer.open(
            tx,
            note.client_id,
            note.body,
            table="session_note",
            column="body",
            row=note.session_id,
        )
    except KeyErased:
        return None
