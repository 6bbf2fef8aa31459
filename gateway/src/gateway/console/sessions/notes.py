"""The private note of a session: the practitioner's own, never shown in a client's portal."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.console.sessions.session_page import show_session, typed_text
from gateway.web import flash
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from portal_contracts.errors import Conflict, Invalid, Unavailable
from portal_contracts.scheduling.rpc.notes import SAVE_NOTE, SaveNote


class NotePage(Resource):
    """``/console/sessions/<session_id>/note``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Save it; a refusal or a failure keeps what was typed."""
        context = context_of(req)
        text = context.form.text("note")
        revision = context.form.number("revision") or 0
        try:
            context.backend.ask(
                SAVE_NOTE,
                SaveNote(session_id=session_id, revision=revision, text=text),
                idempotency_key=context.form.key(),
            )
        except (Conflict, Invalid, Unavailable) as error:
            typed = typed_text(text, revision, error)
            show_session(self, req, resp, session_id, note=typed, error=error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.NOTE_SAVED)
        see_other(resp, f"/console/sessions/{session_id}")
