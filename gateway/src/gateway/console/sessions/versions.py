"""Versions of a session's texts: read, and used again."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.sessions.session_page import PREVIEW_HEADING, show_session
from gateway.console.sessions.written_texts import NOTE, SUMMARY, save_text
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import status_of
from gateway.web.submitted import read_query
from gateway.words.markdown import render_markdown
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.scheduling.rpc.notes import (
    OPEN_NOTE,
    OPEN_NOTE_VERSION,
    NoteText,
    OpenNote,
    OpenNoteVersion,
)
from portal_contracts.scheduling.rpc.sessions import (
    GET_SESSION,
    OPEN_SUMMARY,
    OPEN_SUMMARY_VERSION,
    GetSession,
    OpenSummaryVersion,
    SummaryText,
)
from portal_contracts.scheduling.rpc.written_texts import Keeping


class SummaryVersionPage(Resource):
    """``/console/sessions/<session_id>/summary``: one version, by its number."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Version ``version``, to read; without one, the editor."""
        version = read_query(req).number("version")
        if version is None:
            show_session(self, req, resp, session_id)
            return
        opened = _summary_version(req, session_id, version)
        html = render_markdown(opened.text, top_heading=PREVIEW_HEADING - 1)
        _show(self, req, resp, session_id, SUMMARY, opened, html=html)

    def on_post(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Use its text: it becomes the newest version, and the one before it stays."""
        backend = context_of(req).backend
        opened = _summary_version(req, session_id, _version_sent(req))
        newest = backend.ask(OPEN_SUMMARY, GetSession(session_id=session_id))
        _use(self, req, resp, session_id, SUMMARY, opened, newest.revision)


class NoteVersionPage(Resource):
    """``/console/sessions/<session_id>/note``: the same for the private note."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Version ``version``, to read; without one, the editor."""
        version = read_query(req).number("version")
        if version is None:
            show_session(self, req, resp, session_id)
            return
        _show(self, req, resp, session_id, NOTE, _note_version(req, session_id, version))

    def on_post(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Use its text: it becomes the newest version, and the one before it stays."""
        backend = context_of(req).backend
        opened = _note_version(req, session_id, _version_sent(req))
        newest = backend.ask(OPEN_NOTE, OpenNote(session_id=session_id))
        _use(self, req, resp, session_id, NOTE, opened, newest.revision)


def _version_sent(req: falcon.Request) -> int:
    version = context_of(req).form.number("version")
    if version is None:
        raise NotFound("not_found", "No version was named.")
    return version


def _summary_version(req: falcon.Request, session_id: UUID, version: int) -> SummaryText:
    command = OpenSummaryVersion(session_id=session_id, version=version)
    return context_of(req).backend.ask(OPEN_SUMMARY_VERSION, command)


def _note_version(req: falcon.Request, session_id: UUID, version: int) -> NoteText:
    command = OpenNoteVersion(session_id=session_id, version=version)
    return context_of(req).backend.ask(OPEN_NOTE_VERSION, command)


def _use(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    session_id: UUID,
    name: str,
    opened: SummaryText | NoteText,
    revision: int,
) -> None:
    context = context_of(req)
    try:
        save_text(
            context.backend,
            session_id,
            name,
            opened.text,
            revision,
            keeping=Keeping.BEGIN,
            key=context.form.key(),
        )
    except Conflict as error:
        _show(resource, req, resp, session_id, name, opened, error=error)
        return
    flash.leave(resource.wiring.jar, resp, flash.Flash.TEXT_USED)
    see_other(resp, f"/console/sessions/{session_id}")


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    session_id: UUID,
    name: str,
    opened: SummaryText | NoteText,
    *,
    html: str | None = None,
    error: Conflict | None = None,
) -> None:
    backend = context_of(req).backend
    session = backend.ask(GET_SESSION, GetSession(session_id=session_id))
    resource.show(
        req,
        resp,
        "console/text_version.html",
        status=status_of(error) if error else HTTPStatus.OK,
        error=f"stale_{name}" if error else None,
        device=practitioner_of(req),
        session=session,
        client_name=names_of_clients(backend, [session.client_id]).get(str(session.client_id), ""),
        which=name,
        version=opened.version,
        text=opened.text,
        html=html,
    )
