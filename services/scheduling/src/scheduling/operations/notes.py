"""Private notes: their author's alone, sealed for the client they are about.

The author of a note is who wrote it; before the first save, who held the session. To
everybody else, owners of the practice among them, there is no note. Nothing of the client's
portal imports this module; import-linter checks it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from portal_chassis.authority.ownership import own_id
from portal_chassis.call import Call
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.notes import (
    NoteSaved,
    NoteText,
    NoteVersion,
    OpenNote,
    OpenNoteVersion,
    PrivateNote,
    SaveNote,
)
from portal_contracts.scheduling.rpc.written_texts import Keeping
from scheduling.domain.sessions import Session
from scheduling.domain.versions import begins_version
from scheduling.operations.sessions import keep_session, practice_session, record_session_access
from scheduling.storage import notes
from scheduling.storage.notes import SealedNote, SealedNoteVersion

_NOTE: Final = "session_note"
_OTHER_VERSION: Final = "session_note_version"


def open_note(
    tx: Transaction, command: OpenNote, call: Call, sealer: Sealer, *, now: datetime
) -> PrivateNote:
    """The note of a session; an access once there is something to read.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``; ``note_not_found``: the actor is not its author.
    """
    session = practice_session(tx, command.session_id, call.actor, Permission.NOTES_READ, now=now)
    note = _own_note(tx, session, call)
    if note is None:
        return PrivateNote(revision=0, text="", saved_at=None)
    record_session_access(tx, call, "note.opened", session, now=now)
    others = notes.other_versions(tx, session.id)
    listed = [NoteVersion(version=note.version, written_at=note.saved_at)] + [
        NoteVersion(version=one.version, written_at=one.saved_at, set_aside=one.set_aside)
        for one in others
    ]
    return PrivateNote(
        revision=note.revision,
        text=_opened(tx, sealer, note) or "",
        saved_at=note.saved_at,
        version=note.version,
        versions=sorted(listed, key=lambda one: one.version, reverse=True),
    )


def open_note_version(
    tx: Transaction, command: OpenNoteVersion, call: Call, sealer: Sealer, *, now: datetime
) -> NoteText:
    """One version's text; an access.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``; ``note_not_found``: the actor is not its author;
            ``note_version_not_found``.
    """
    session = practice_session(tx, command.session_id, call.actor, Permission.NOTES_READ, now=now)
    note = _own_note(tx, session, call)
    found: SealedNote | SealedNoteVersion | None = note
    if note is None or note.version != command.version:
        found = notes.find_other(tx, session.id, command.version)
    if found is None:
        raise NotFound("note_version_not_found", "There is no such version.")
    record_session_access(tx, call, "note.opened", session, now=now)
    return NoteText(version=found.version, text=_opened(tx, sealer, found) or "")


def save_note(
    tx: Transaction, command: SaveNote, call: Call, sealer: Sealer, *, now: datetime
) -> NoteSaved:
    """Save the note. Where its version stays (`begins_version`), the text begins the next one.

    The text that stands already changes nothing, whatever was read. The access log is told of
    each version that is begun, not of each save in it.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``; ``note_not_found``: the actor is not its author.
        Conflict: ``stale_revision``: it was saved elsewhere since it was read. A text that is
            to be set aside is never refused so.
    """
    session = practice_session(tx, command.session_id, call.actor, Permission.NOTES_WRITE, now=now)
    keep_session(tx, session, now=now)
    note = _own_note(tx, session, call)
    if note is not None and _changes_nothing(command, stands=_opened(tx, sealer, note)):
        return _saved(note)
    if note is not None and command.keeping is Keeping.ASIDE:
        _keep_aside(tx, command, session, note, sealer, now=now)
        record_session_access(tx, call, "note.saved", session, now=now)
        return _saved(note)
    if command.revision != (0 if note is None else note.revision):
        raise Conflict("stale_revision", "It was saved elsewhere in the meantime.")
    version = _version_to_write(command, note, tx, now=now)
    begins = note is None or version != note.version
    if note is not None and begins:
        _keep_former(tx, session, note, sealer)
    saved = SealedNote(
        session_id=session.id,
        client_id=session.client_id,
        version=version,
        revision=command.revision + 1,
        written_by=own_id(call.actor),
        body=_sealed(tx, sealer, session, command.text, table=_NOTE, row=session.id),
        saved_at=now,
    )
    notes.save(tx, saved, practice_id=session.practice_id)
    if begins:
        record_session_access(tx, call, "note.saved", session, now=now)
    return _saved(saved)


def _own_note(tx: Transaction, session: Session, call: Call) -> SealedNote | None:
    """The session's note, if there is one yet, for its author.

    Raises:
        NotFound: ``note_not_found``, alike whether there is one or not.
    """
    note = notes.find(tx, session.id)
    author = session.practitioner_id if note is None else note.written_by
    if author != call.actor.id:
        raise NotFound("note_not_found", "There is no such note, or it is somebody else's.")
    return note


def _changes_nothing(command: SaveNote, *, stands: str | None) -> bool:
    """Whether the text stands already, or is none that is worth keeping aside."""
    blank = not command.text.strip()
    return command.text == stands or (command.keeping is Keeping.ASIDE and blank)


def _version_to_write(
    command: SaveNote, note: SealedNote | None, tx: Transaction, *, now: datetime
) -> int:
    """The number of the version that the text is, or begins; only the author writes."""
    if note is None:
        return 1
    begins = begins_version(
        command.keeping,
        writer=note.written_by,
        written_by=note.written_by,
        saved_at=note.saved_at,
        was_shared=False,
        now=now,
    )
    return notes.last_number(tx, note) + 1 if begins else note.version


def _keep_former(tx: Transaction, session: Session, note: SealedNote, sealer: Sealer) -> None:
    """Keep the newest version beside the one that follows it; an erased one is gone."""
    text = _opened(tx, sealer, note)
    if text is not None:
        _add_other(tx, session, text, sealer, version=note.version, of=note, at=note.saved_at)


def _keep_aside(
    tx: Transaction,
    command: SaveNote,
    session: Session,
    note: SealedNote,
    sealer: Sealer,
    *,
    now: datetime,
) -> None:
    """Keep the text as a version beside the newest, which stays."""
    version = notes.last_number(tx, note) + 1
    _add_other(tx, session, command.text, sealer, version=version, of=note, at=now, aside=True)


def _add_other(
    tx: Transaction,
    session: Session,
    text: str,
    sealer: Sealer,
    *,
    version: int,
    of: SealedNote,
    at: datetime,
    aside: bool = False,
) -> None:
    version_id = new_id()
    kept = SealedNoteVersion(
        id=version_id,
        session_id=session.id,
        client_id=session.client_id,
        version=version,
        written_by=of.written_by,
        body=_sealed(tx, sealer, session, text, table=_OTHER_VERSION, row=version_id),
        saved_at=at,
        set_aside=aside,
    )
    notes.add_other(tx, kept, practice_id=session.practice_id)


def _sealed(
    tx: Transaction, sealer: Sealer, session: Session, text: str, *, table: str, row: UUID
) -> bytes:
    return sealer.seal(tx, session.client_id, text, table=table, column="body", row=row)


def _opened(tx: Transaction, sealer: Sealer, one: SealedNote | SealedNoteVersion) -> str | None:
    """The text of a version; None once it was erased."""
    table, row = (
        (_NOTE, one.session_id) if isinstance(one, SealedNote) else (_OTHER_VERSION, one.id)
    )
    try:
        return sealer.open(tx, one.client_id, one.body, table=table, column="body", row=row)
    except KeyErased:
        return None


def _saved(note: SealedNote) -> NoteSaved:
    return NoteSaved(revision=note.revision, saved_at=note.saved_at, version=note.version)
