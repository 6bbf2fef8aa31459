"""Private notes: their author's alone. No code of the client's portal imports this module."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import SERVICE, LongText
from portal_contracts.scheduling.rpc.written_texts import Keeping


class OpenNote(Struct, frozen=True, kw_only=True):
    """The private note of one session."""

    session_id: UUID


class NoteVersion(Struct, frozen=True, kw_only=True):
    """One version of a note in its list; `set_aside`: another text was chosen over it."""

    version: int
    written_at: Instant
    set_aside: bool = False


class PrivateNote(Struct, frozen=True, kw_only=True):
    """The note, and its versions, the latest first; revision 0 and an empty text before the first.

    `revision` grows with each save.
    """

    revision: int
    text: str
    saved_at: Instant | None
    version: int = 0
    versions: list[NoteVersion] = []


class OpenNoteVersion(Struct, frozen=True, kw_only=True):
    """One version of a note, the newest among them."""

    session_id: UUID
    version: int


class NoteText(Struct, frozen=True, kw_only=True):
    """One version's text."""

    version: int
    text: str


class SaveNote(Struct, frozen=True, kw_only=True):
    """Save the note; `revision` is the one that was read."""

    session_id: UUID
    revision: int
    text: LongText
    keeping: Keeping = Keeping.GO_ON


class NoteSaved(Struct, frozen=True, kw_only=True):
    """The newest version after the save."""

    revision: int
    saved_at: Instant
    version: int = 0


OPEN_NOTE = Method(
    SERVICE,
    "open_note",
    OpenNote,
    PrivateNote,
    "One's own note of a session; logged as an access once there is something to read.",
)
OPEN_NOTE_VERSION = Method(
    SERVICE,
    "open_note_version",
    OpenNoteVersion,
    NoteText,
    "One version of one's own note; logged as an access.",
)
SAVE_NOTE = Method(
    SERVICE,
    "save_note",
    SaveNote,
    NoteSaved,
    "Save one's own note; Conflict stale_revision when it was saved elsewhere.",
    mutates=True,
)

METHODS = (OPEN_NOTE, OPEN_NOTE_VERSION, SAVE_NOTE)
