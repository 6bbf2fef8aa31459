"""The page of one session with its summary and note; a refused save keeps what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.web.backend import Part
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.statuses import set_retry_after, status_of
from gateway.words.markdown import render_markdown
from portal_contracts.errors import Conflict, Forbidden, NotFound, PortalError
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_contracts.scheduling.rpc.notes import OPEN_NOTE, OpenNote, PrivateNote
from portal_contracts.scheduling.rpc.sessions import (
    GET_SESSION,
    OPEN_SUMMARY,
    GetSession,
    SessionRow,
    SummaryDraft,
)

PREVIEW_HEADING = 4


@dataclass(frozen=True)
class TypedText:
    """A text that was typed into an editor, and is shown there again.

    Attributes:
        text: the text as it was typed.
        revision: the one it was written upon.
        error_code: what is wrong with it, empty when nothing is.
        stale: somebody saved meanwhile.
    """

    text: str
    revision: int
    error_code: str = ""
    stale: bool = False


def typed_text(text: str, revision: int, error: PortalError | None) -> TypedText:
    """The text that was typed, with what `error` says of it."""
    stale = isinstance(error, Conflict) and error.code == "stale_revision"
    error_code = (error.fields.get("text") or "") if error else ""
    return TypedText(text, revision, error_code, stale)


def show_session(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    session_id: UUID,
    *,
    summary: TypedText | None = None,
    note: TypedText | None = None,
    preview: bool = False,
    error: PortalError | None = None,
) -> None:
    """Show the session.

    Args:
        resource: shows it.
        req: the request.
        resp: the answer.
        session_id: which.
        summary: what was typed into the summary's editor.
        note: what was typed into the note's.
        preview: show the summary as the client will see it.
        error: what went wrong.

    Raises:
        NotFound: there is no such session.
    """
    backend = context_of(req).backend
    reads = has_permission(backend.actor, Permission.SUMMARIES_READ)
    get_session = GetSession(session_id=session_id)
    draft_part = backend.part(OPEN_SUMMARY, get_session) if reads else None
    session = backend.ask(GET_SESSION, get_session)
    note_part = _note_part(req, session)
    draft = draft_part.get() if draft_part else None
    stored = _read_note(note_part)
    code, errors = _errors_to_show(error, summary, note)
    if error is not None:
        set_retry_after(resp, error)
    text = summary.text if summary else draft.text if draft else ""
    resource.show(
        req,
        resp,
        "console/session.html",
        status=status_of(error) if error else HTTPStatus.OK,
        error=code,
        device=practitioner_of(req),
        session=session,
        client_name=names_of_clients(backend, [session.client_id]).get(str(session.client_id), ""),
        statuses=list(SessionStatus),
        reads=reads,
        draft=draft,
        text=text,
        revision=_base_revision(summary, draft),
        stale=bool(summary and summary.stale),
        preview=render_markdown(text, top_heading=PREVIEW_HEADING) if preview else None,
        note=stored,
        has_note=note_part is not None,
        note_text=note.text if note else stored.text if stored else "",
        note_revision=_base_revision(note, stored),
        note_stale=bool(note and note.stale),
        errors=errors,
    )


def _note_part(req: falcon.Request, session: SessionRow) -> Part[PrivateNote] | None:
    """The private note, which is for the practitioner who held the session."""
    backend = context_of(req).backend
    own = session.practitioner_id == backend.actor.id
    if not own or not has_permission(backend.actor, Permission.NOTES_READ):
        return None
    return backend.part(OPEN_NOTE, OpenNote(session_id=session.id))


def _read_note(note_part: Part[PrivateNote] | None) -> PrivateNote | None:
    try:
        return note_part.get_unless_refused() if note_part else None
    except (Forbidden, NotFound):
        return None


def _base_revision(typed: TypedText | None, stored: SummaryDraft | PrivateNote | None) -> int:
    """The revision to save upon: after a conflict the newest, which the page tells of."""
    newest = stored.revision if stored else 0
    return typed.revision if typed and not typed.stale else newest


def _errors_to_show(
    error: PortalError | None, summary: TypedText | None, note: TypedText | None
) -> tuple[str | None, dict[str, str]]:
    errors = {}
    if summary and summary.error_code:
        errors["text"] = summary.error_code
    if note and note.error_code:
        errors["note"] = note.error_code
    if errors or error is None:
        return None, errors
    if summary and summary.stale:
        return "stale_summary", {}
    return "stale_note" if note and note.stale else error.code, {}
