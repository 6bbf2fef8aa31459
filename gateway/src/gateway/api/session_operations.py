"""Operations on past sessions, their summaries and private notes."""

from __future__ import annotations

from typing import Final

from gateway.api.changing import Changing
from gateway.api.headings import Heading
from gateway.api.operation import Operation
from gateway.web.routing import Owner
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import notes, sessions

_SESSIONS: Final = Heading("Sessions", Owner.PRACTITIONER)
_SESSION: Final = "/sessions/{session_id}"
_OF_CLIENT: Final = "/clients/{client_id}/sessions"

OPERATIONS: Final[tuple[Operation, ...]] = (
    _SESSIONS.call(
        f"GET {_OF_CLIENT}",
        sessions.LIST_CLIENT_SESSIONS,
        "A client's past sessions, the latest first.",
        Permission.SESSIONS_READ,
    ),
    _SESSIONS.call(
        f"POST {_OF_CLIENT}",
        sessions.RECORD_SESSION,
        "Write down a session that had no appointment.",
        Permission.SESSIONS_WRITE,
        created="/sessions/{session_id}",
    ),
    _SESSIONS.call(
        f"GET {_SESSION}", sessions.GET_SESSION, "One past session.", Permission.SESSIONS_READ
    ),
    *_SESSIONS.changes(
        _SESSION,
        Changing(ids=("session_id",), read=sessions.GET_SESSION, states=(sessions.MARK_SESSION,)),
        "Say how a session went.",
        Permission.SESSIONS_WRITE,
        name="session",
    ),
    _SESSIONS.call(
        f"GET {_SESSION}/summary",
        sessions.OPEN_SUMMARY,
        "The summary for editing, and its versions; written to the access log.",
        Permission.SUMMARIES_READ,
        etag="revision",
    ),
    *_SESSIONS.changes(
        f"{_SESSION}/summary",
        Changing(ids=("session_id",), read=sessions.OPEN_SUMMARY, edit=sessions.SAVE_SUMMARY),
        "Save the draft of a summary.",
        Permission.SUMMARIES_WRITE,
        name="summary",
        note="A version that was shared stays as it is.",
    ),
    _SESSIONS.call(
        f"POST {_SESSION}/summary/share",
        sessions.SHARE_SUMMARY,
        "Share the draft with the client, who is told so by mail.",
        Permission.SUMMARIES_WRITE,
        if_match="revision",
    ),
    _SESSIONS.call(
        f"POST {_SESSION}/summary/unshare",
        sessions.UNSHARE_SUMMARY,
        "Take the summary back from the client's portal.",
        Permission.SUMMARIES_WRITE,
    ),
    _SESSIONS.call(
        f"GET {_SESSION}/summary/versions/{{version}}",
        sessions.OPEN_SUMMARY_VERSION,
        "One version of a summary; written to the access log.",
        Permission.SUMMARIES_READ,
    ),
    _SESSIONS.call(
        f"GET {_SESSION}/note",
        notes.OPEN_NOTE,
        "One's own note of a session, and its versions; written to the access log.",
        Permission.NOTES_READ,
        etag="revision",
    ),
    _SESSIONS.call(
        f"GET {_SESSION}/note/versions/{{version}}",
        notes.OPEN_NOTE_VERSION,
        "One version of one's own note; written to the access log.",
        Permission.NOTES_READ,
    ),
    *_SESSIONS.changes(
        f"{_SESSION}/note",
        Changing(ids=("session_id",), read=notes.OPEN_NOTE, edit=notes.SAVE_NOTE),
        "Save one's own note.",
        Permission.NOTES_WRITE,
        name="note",
    ),
)
