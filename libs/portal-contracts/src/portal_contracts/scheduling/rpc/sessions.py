"""Sessions and their summaries, on both sides.

An appointment is a session from its start on for the practice, and among the client's sessions
from its end on.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method, PageSize
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import (
    SERVICE,
    LongText,
    OwnSession,
    SessionStatus,
    Title,
)
from portal_contracts.scheduling.rpc.written_texts import Keeping


class ListClientSessions(Struct, frozen=True, kw_only=True):
    """One client's sessions that have begun, the latest first."""

    client_id: UUID
    cursor: str | None = None
    limit: PageSize = 50


class SummaryState(Struct, frozen=True, kw_only=True):
    """How a session's summary stands: `version` is the newest one.

    `shared_version` is the one the client sees, None while none is shared;
    `read_at` when the client first opened that one; `read_revealed`: so far only on a device
    that was let in by a link which the practice saw.
    """

    version: int
    shared_version: int | None
    shared_at: Instant | None
    read_at: Instant | None
    read_revealed: bool = False


class SessionRow(Struct, frozen=True, kw_only=True):
    """One session; `summary` is None before anything was written."""

    id: UUID
    client_id: UUID
    practitioner_id: UUID
    title: str
    started_at: Instant
    ended_at: Instant
    timezone: str
    status: SessionStatus
    had_appointment: bool
    summary: SummaryState | None


class ClientSessions(Struct, frozen=True, kw_only=True):
    """A page of one client's sessions."""

    items: list[SessionRow]
    next_cursor: str | None


class GetSession(Struct, frozen=True, kw_only=True):
    """One session, in the console."""

    session_id: UUID


LONGEST_SESSION_MINUTES: Final = 24 * 60
EARLIEST_SESSION: Final = datetime(1900, 1, 1, tzinfo=UTC)


class RecordSession(Struct, frozen=True, kw_only=True):
    """Write down a session that had no appointment."""

    client_id: UUID
    title: Title
    started_at: Instant
    minutes: int
    timezone: str
    status: SessionStatus = SessionStatus.ATTENDED


class SessionChanged(Struct, frozen=True, kw_only=True):
    """The session after the change."""

    session_id: UUID


class MarkSession(Struct, frozen=True, kw_only=True):
    """Say how a session went."""

    session_id: UUID
    status: SessionStatus


class SummaryVersion(Struct, frozen=True, kw_only=True):
    """One version of a summary in its list.

    `set_aside`: another text was chosen over it; `read_revealed` as in `SummaryState`.
    """

    version: int
    written_at: Instant
    shared_at: Instant | None
    unshared_at: Instant | None
    read_at: Instant | None
    read_revealed: bool = False
    set_aside: bool = False


class SummaryDraft(Struct, frozen=True, kw_only=True):
    """The newest version for editing, Markdown, and how all versions stand.

    `revision` grows with each save; 0 and an empty text before the first.
    """

    session: SessionRow
    revision: int
    version: int
    text: str
    versions: list[SummaryVersion]


class OpenSummaryVersion(Struct, frozen=True, kw_only=True):
    """An older version."""

    session_id: UUID
    version: int


class SummaryText(Struct, frozen=True, kw_only=True):
    """One version's text, Markdown."""

    version: int
    text: str


class SaveSummary(Struct, frozen=True, kw_only=True):
    """Save the draft; `revision` is the one that was read.

    A version that was ever shared stays as it is: saving after that begins
    the next one.
    """

    session_id: UUID
    revision: int
    text: LongText
    keeping: Keeping = Keeping.GO_ON


class SummarySaved(Struct, frozen=True, kw_only=True):
    """The newest version after the save; `shared_version` is the one the client sees."""

    revision: int
    version: int
    saved_at: Instant
    shared_version: int | None = None


class ShareSummary(Struct, frozen=True, kw_only=True):
    """Show the draft's `revision` to the client, instead of the version shown, by mail."""

    session_id: UUID
    revision: int


class SharedVersion(Struct, frozen=True, kw_only=True):
    """Which version the client sees now."""

    version: int
    shared_at: Instant


class ListOwnSessions(Struct, frozen=True, kw_only=True):
    """One's own past sessions, the latest first."""

    cursor: str | None = None
    limit: PageSize = 50


class OwnSessions(Struct, frozen=True, kw_only=True):
    """A page of one's own sessions."""

    items: list[OwnSession]
    next_cursor: str | None


class ReadSummary(Struct, frozen=True, kw_only=True):
    """Open one's own session, with the summary if one is shared."""

    session_id: UUID


class ReadableSession(Struct, frozen=True, kw_only=True):
    """One's own session; `text` is the shared summary, Markdown, None while none is shared."""

    session: OwnSession
    text: str | None


LIST_CLIENT_SESSIONS = Method(
    SERVICE,
    "list_client_sessions",
    ListClientSessions,
    ClientSessions,
    "A client's sessions.",
)
GET_SESSION = Method(SERVICE, "get_session", GetSession, SessionRow, "One session.")
RECORD_SESSION = Method(
    SERVICE,
    "record_session",
    RecordSession,
    SessionChanged,
    "Write down a session that had no appointment.",
    mutates=True,
)
MARK_SESSION = Method(
    SERVICE, "mark_session", MarkSession, SessionChanged, "Say how a session went.", mutates=True
)
OPEN_SUMMARY = Method(
    SERVICE,
    "open_summary",
    GetSession,
    SummaryDraft,
    "The summary for editing; logged as an access once there is something to read.",
)
OPEN_SUMMARY_VERSION = Method(
    SERVICE,
    "open_summary_version",
    OpenSummaryVersion,
    SummaryText,
    "One version of a summary; logged as an access.",
)
SAVE_SUMMARY = Method(
    SERVICE,
    "save_summary",
    SaveSummary,
    SummarySaved,
    "Save the draft of a summary; Conflict stale_revision when it was saved elsewhere.",
    mutates=True,
)
SHARE_SUMMARY = Method(
    SERVICE,
    "share_summary",
    ShareSummary,
    SharedVersion,
    "Share the draft with the client; Conflict stale_revision, Invalid when it is empty.",
    mutates=True,
)
UNSHARE_SUMMARY = Method(
    SERVICE,
    "unshare_summary",
    GetSession,
    SessionChanged,
    "Take the summary back from the client's portal; done also when none was shared.",
    mutates=True,
)
LIST_OWN_SESSIONS = Method(
    SERVICE,
    "list_own_sessions",
    ListOwnSessions,
    OwnSessions,
    "Past sessions of the client who asks.",
)
READ_SUMMARY = Method(
    SERVICE,
    "read_summary",
    ReadSummary,
    ReadableSession,
    "One's own session and its shared summary; the first opening is the read receipt.",
)

METHODS = (
    LIST_CLIENT_SESSIONS,
    GET_SESSION,
    RECORD_SESSION,
    MARK_SESSION,
    OPEN_SUMMARY,
    OPEN_SUMMARY_VERSION,
    SAVE_SUMMARY,
    SHARE_SUMMARY,
    UNSHARE_SUMMARY,
    LIST_OWN_SESSIONS,
    READ_SUMMARY,
)
