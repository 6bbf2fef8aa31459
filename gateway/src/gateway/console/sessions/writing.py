"""Writing about a session: one form for both texts, saved by its buttons or while typing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import falcon
import msgspec

from gateway.console.sessions.session_page import show_session, standing_sentence
from gateway.console.sessions.written_texts import (
    SUMMARY,
    Written,
    fingerprint,
    save_texts,
    typed_texts,
)
from gateway.web import flash
from gateway.web.flash import Flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.words.extraction import _
from portal_contracts.errors import Unavailable
from portal_contracts.scheduling.rpc.notes import OPEN_NOTE, OpenNote, PrivateNote
from portal_contracts.scheduling.rpc.sessions import (
    OPEN_SUMMARY,
    GetSession,
    SummaryDraft,
    SummarySaved,
)
from portal_contracts.wall_clock import clock_time

SAVED = _("Saved %(time)s")


class SessionPage(Resource):
    """``/console/sessions/<session_id>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """The session with its summary and the private note, as far as the role may read them."""
        show_session(self, req, resp, session_id)

    def on_post(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Save both texts, each as far as it was changed; or only look at the summary.

        Whatever is refused stays in its editor, with what is wrong; the rest is saved.
        """
        context = context_of(req)
        act = context.form.text("do")
        if act == "preview":
            typed = {name: Written(one) for name, one in typed_texts(context.form).items()}
            show_session(self, req, resp, session_id, written=typed, preview=True)
            return
        written = save_texts(context, session_id)
        if any(one.error for one in written.values()):
            show_session(self, req, resp, session_id, written=written)
        elif act == "share":
            see_other(resp, f"/console/sessions/{session_id}/summary/share")
        else:
            chosen = act.startswith(("keep-", "take-"))
            message = Flash.TEXT_CHOSEN if chosen else Flash.TEXTS_SAVED
            flash.leave(self.wiring.jar, resp, message)
            see_other(resp, f"/console/sessions/{session_id}")


class SaveTextsPage(Resource):
    """``/console/sessions/<session_id>/save``: the same, sent by a script while typing."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Save, and say of each text what became of it.

        Raises:
            Unavailable: one of them could not be saved now; to be sent again as it is.
            NotFound: there is no such session.
        """
        written = save_texts(context_of(req), session_id)
        for one in written.values():
            if isinstance(one.error, Unavailable) or (
                one.error is not None and one.error.code == "session_not_found"
            ):
                raise one.error
        resp.content_type = falcon.MEDIA_JSON
        resp.data = msgspec.json.encode(
            {name: self._outcome(req, session_id, name, one) for name, one in written.items()}
        )

    def _outcome(
        self, req: falcon.Request, session_id: UUID, name: str, written: Written
    ) -> dict[str, Any]:
        if written.stale:
            return {"stale": _text_that_stands(req, session_id, name)}
        if written.error is not None:
            code = written.error.fields.get("text") or written.error.code
            language = context_of(req).language
            return {"refused": self.wiring.screens.error_text(language, code)}
        outcome: dict[str, Any] = {"was": fingerprint(written.typed.text)}
        if written.saved is None:
            return outcome
        context, zone = context_of(req), practitioner_of(req).practice.timezone
        sentence = self.wiring.screens.sentence(context.language, SAVED)
        time = clock_time(written.saved.saved_at, zone, twelve_hours=context.writes_twelve_hours)
        outcome["revision"] = written.saved.revision
        outcome["said"] = sentence % {"time": time}
        if isinstance(written.saved, SummarySaved):
            outcome["standing"] = standing_sentence(
                self, req, written.saved.version, written.saved.shared_version
            )
        return outcome


def _text_that_stands(req: falcon.Request, session_id: UUID, name: str) -> dict[str, Any]:
    """What is saved, to be chosen or not."""
    backend = context_of(req).backend
    opened: SummaryDraft | PrivateNote
    if name == SUMMARY:
        opened = backend.ask(OPEN_SUMMARY, GetSession(session_id=session_id))
    else:
        opened = backend.ask(OPEN_NOTE, OpenNote(session_id=session_id))
    return {"text": opened.text, "revision": opened.revision}
