"""The page of one session, with what was typed into its forms if they come back."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.client_names import names_for
from gateway.web.backend import Part
from gateway.web.problems import set_retry_after, status_of
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.words.markdown import render_markdown
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
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
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Typed:
    """What came back into an editor.

    Attributes:
        text: the text as it was typed.
        revision: the one it was written upon.
        wrong: code of what is wrong with it, empty when nothing is.
        stale: somebody saved meanwhile.
    """

    text: str
    revision: int
    wrong: str = ""
    stale: bool = False


def came_back(text: str, revision: int, error: PortalError | None) -> Typed:
    """What was typed, and what is wrong with it by `error`."""
    stale = isinstance(error, Conflict) and error.code == "stale_revision"
    wrong = (error.fields.get("text") or "") if error else ""
    return Typed(text, revision, wrong, stale)


def whole(text: str) -> str:
    """`text`, refused here when it is longer than the contract can carry.

    Raises:
        Invalid: ``text_too_long``.
    """
    if len(text) > LONGEST_TEXT:
        raise Invalid("invalid_fields", "It is too long.", fields={"text": "text_too_long"})
    return text


def show_session(
    page: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    session_id: UUID,
    *,
    summary: Typed | None = None,
    note: Typed | None = None,
    preview: bool = False,
    error: PortalError | None = None,
) -> None:
    """Show the session.

    Args:
        page: the resource that answers.
        req: the request.
        resp: the answer.
        session_id: which.
        summary: what came back into the summary's editor.
        note: what came back into the note's.
        preview: show the summary as the client will see it.
        error: what went wrong.

    Raises:
        NotFound: there is no such session.
    """
    backend = context_of(req).backend
    reads = has_permission(backend.actor, Permission.SUMMARIES_READ)
    asked = GetSession(session_id=session_id)
    asked_draft = backend.part(OPEN_SUMMARY, asked) if reads else None
    session = backend.ask(GET_SESSION, asked)
    asked_note = _asked_note(req, session)
    draft = asked_draft.get() if asked_draft else None
    stored = _note(asked_note)
    code, errors = _said(error, summary, note)
    if error is not None:
        set_retry_after(resp, error)
    text = summary.text if summary else draft.text if draft else ""
    page.show(
        req,
        resp,
        "console/session.html",
        status=status_of(error) if error else HTTPStatus.OK,
        error=code,
        device=practitioner_of(req),
        session=session,
        client_name=names_for(backend, [session.client_id]).get(str(session.client_id), ""),
        statuses=list(SessionStatus),
        reads=reads,
        draft=draft,
        text=text,
        revision=_revision(summary, draft),
        stale=bool(summary and summary.stale),
        preview=render_markdown(text, top_heading=PREVIEW_HEADING) if preview else None,
        note=stored,
        has_note=asked_note is not None,
        note_text=note.text if note else stored.text if stored else "",
        note_revision=_revision(note, stored),
        note_stale=bool(note and note.stale),
        errors=errors,
    )


def _asked_note(req: falcon.Request, session: SessionRow) -> Part[PrivateNote] | None:
    """The private note, which is for the practitioner who held the session."""
    backend = context_of(req).backend
    own = session.practitioner_id == backend.actor.id
    if not own or not has_permission(backend.actor, Permission.NOTES_READ):
        return None
    return backend.part(OPEN_NOTE, OpenNote(session_id=session.id))


def _note(asked: Part[PrivateNote] | None) -> PrivateNote | None:
    try:
        return asked.get_unless_refused() if asked else None
    except (Forbidden, NotFound):
        return None


def _revision(typed: Typed | None, stored: SummaryDraft | PrivateNote | None) -> int:
    """The one to save upon: the newest once she has been told of it."""
    newest = stored.revision if stored else 0
    return typed.revision if typed and not typed.stale else newest


def _said(
    error: PortalError | None, summary: Typed | None, note: Typed | None
) -> tuple[str | None, dict[str, str]]:
    errors = {}
    if summary and summary.wrong:
        errors["text"] = summary.wrong
    if note and note.wrong:
        errors["note"] = note.wrong
    if errors or error is None:
        return None, errors
    if summary and summary.stale:
        return "stale_summary", {}
    return "stale_note" if note and note.stale else error.code, {}
