"""Private notes: the practitioner's own. No code of the client's portal imports this module."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import SERVICE, LongText


class OpenNote(Struct, frozen=True, kw_only=True):
    """The private note of one session."""

    session_id: UUID


class PrivateNote(Struct, frozen=True, kw_only=True):
    """The note; revision 0 and an empty text before the first."""

    revision: int
    text: str
    saved_at: Instant | None


class SaveNote(Struct, frozen=True, kw_only=True):
    """Save the note; `revision` is the one that was read."""

    session_id: UUID
    revision: int
    text: LongText


class NoteSaved(Struct, frozen=True, kw_only=True):
    """The note after it was saved."""

    revision: int
    saved_at: Instant


OPEN_NOTE = Method(
    SERVICE,
    "open_note",
    OpenNote,
    PrivateNote,
    "The private note of a session; logged as an access once there is something to read.",
)
SAVE_NOTE = Method(
    SERVICE,
    "save_note",
    SaveNote,
    NoteSaved,
    "Save the private note; Conflict stale_revision when it was saved elsewhere.",
    mutates=True,
)

METHODS = (OPEN_NOTE, SAVE_NOTE)
