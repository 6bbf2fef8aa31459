"""The page of one session with both its texts; what was not saved stays in its editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.sessions.written_texts import NOTE, SUMMARY, Typed, Written, fingerprint
from gateway.web.backend import Part
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.statuses import set_retry_after, status_of
from gateway.words.extraction import _
from gateway.words.markdown import render_markdown
from portal_contracts.errors import Forbidden, NotFound, PortalError
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

PREVIEW_HEADING = 3

_READS_THIS = _("The client reads this text.")
_READS_EARLIER = _("The client still reads version %(number)s. Share again to replace it.")
_READS_NONE = _("The client does not see it yet.")


@dataclass(frozen=True)
class Editor:
    """One text as it is written on the page.

    Attributes:
        text: what stands in the field.
        revision: the one it is saved upon.
        was: the fingerprint of the text that is saved.
        unsaved: the field holds something else than what is saved.
        saved_at: when what is saved was, aware UTC; None before the first save.
        stands: after a conflict the text that is saved, to be chosen or not.
        newest: its revision, None without a conflict.
        error: what is wrong with the text, empty when nothing is.
    """

    text: str
    revision: int
    was: str
    unsaved: bool = False
    saved_at: datetime | None = None
    stands: str = ""
    newest: int | None = None
    error: str = ""


def show_session(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    session_id: UUID,
    *,
    written: Mapping[str, Written] | None = None,
    preview: bool = False,
    error: PortalError | None = None,
) -> None:
    """Show the session.

    Args:
        resource: shows it.
        req: the request.
        resp: the answer.
        session_id: which.
        written: what was typed, and what became of it.
        preview: show the summary as the client will see it.
        error: what else went wrong.

    Raises:
        NotFound: there is no such session.
    """
    backend, written = context_of(req).backend, written or {}
    reads = has_permission(backend.actor, Permission.SUMMARIES_READ)
    get_session = GetSession(session_id=session_id)
    draft_part = backend.part(OPEN_SUMMARY, get_session) if reads else None
    session = backend.ask(GET_SESSION, get_session)
    note_part = _note_part(req, session)
    draft = draft_part.get() if draft_part else None
    note, has_note = _read_note(note_part)
    summary_editor = editor(draft, _saved_at(draft), written.get(SUMMARY))
    note_editor = editor(note, note.saved_at if note else None, written.get(NOTE))
    refused = [one.error for one in written.values() if one.error is not None]
    worst = error or (refused[0] if refused else None)
    if worst is not None:
        set_retry_after(resp, worst)
    resource.show(
        req,
        resp,
        "console/session.html",
        status=status_of(worst) if worst else HTTPStatus.OK,
        error=_error_to_show(worst, written),
        device=practitioner_of(req),
        session=session,
        client_name=names_of_clients(backend, [session.client_id]).get(str(session.client_id), ""),
        statuses=list(SessionStatus),
        reads=reads,
        draft=draft,
        summary=summary_editor,
        standing=standing(resource, req, draft),
        preview=render_markdown(summary_editor.text, top_heading=PREVIEW_HEADING)
        if preview and summary_editor
        else None,
        note=note,
        has_note=has_note,
        note_editor=note_editor,
        errors={
            name: one.error
            for name, one in ((SUMMARY, summary_editor), (NOTE, note_editor))
            if one and one.error
        },
    )


def editor(
    stored: SummaryDraft | PrivateNote | None, saved_at: datetime | None, written: Written | None
) -> Editor | None:
    """The editor of a text; None when there is nothing to write it upon.

    What was typed and is not saved stands in it, upon the revision it was written upon: only
    a choice saves over another text.
    """
    kept = written.typed if written and written.saved is None else None
    if kept is not None and not kept.changed and not (written and written.error):
        kept = None
    if kept is None:
        if stored is None:
            return None
        was = fingerprint(stored.text)
        return Editor(stored.text, stored.revision, was, saved_at=saved_at)
    return _kept_editor(kept, stored, saved_at, written)


def _kept_editor(
    kept: Typed,
    stored: SummaryDraft | PrivateNote | None,
    saved_at: datetime | None,
    written: Written | None,
) -> Editor:
    stale = stored is not None and written is not None and written.stale
    error = written.error.fields.get("text", "") if written and written.error else ""
    return Editor(
        kept.text,
        kept.revision,
        kept.was,
        unsaved=True,
        saved_at=saved_at,
        stands=stored.text if stored and stale else "",
        newest=stored.revision if stored and stale else None,
        error=error,
    )


def standing(
    resource: Resource,
    req: falcon.Request,
    summary: SummaryDraft | None,
) -> str:
    """What the client sees of the summary, in a sentence; empty before anything was written."""
    state = summary.session.summary if summary else None
    if state is None:
        return ""
    return standing_sentence(resource, req, state.version, state.shared_version)


def standing_sentence(
    resource: Resource, req: falcon.Request, version: int, shared_version: int | None
) -> str:
    """What the client sees while `version` is the newest, in a sentence."""
    sentences = {None: _READS_NONE, version: _READS_THIS}
    msgid = sentences.get(shared_version, _READS_EARLIER)
    sentence = resource.wiring.screens.sentence(context_of(req).language, msgid)
    return sentence % {"number": shared_version}


def _note_part(req: falcon.Request, session: SessionRow) -> Part[PrivateNote] | None:
    """The private note. Scheduling decides whose it is; that colleagues have none spares a call."""
    backend = context_of(req).backend
    own = session.practitioner_id == backend.actor.id
    if not own or not has_permission(backend.actor, Permission.NOTES_READ):
        return None
    return backend.part(OPEN_NOTE, OpenNote(session_id=session.id))


def _read_note(note_part: Part[PrivateNote] | None) -> tuple[PrivateNote | None, bool]:
    """The note, if it can be had now; and whether there is one to write at all."""
    try:
        return (note_part.get_unless_refused(), True) if note_part else (None, False)
    except (Forbidden, NotFound):
        return None, False


def _saved_at(draft: SummaryDraft | None) -> datetime | None:
    versions = draft.versions if draft else []
    return next(
        (one.written_at for one in versions if draft and one.version == draft.version), None
    )


def _error_to_show(error: PortalError | None, written: Mapping[str, Written]) -> str | None:
    """What is said on top: of a conflict which text it is about, nothing of what fields say."""
    stale = [name for name, one in written.items() if one.stale]
    if stale:
        return f"stale_{stale[0]}"
    return None if error is None or error.fields.get("text") else error.code
