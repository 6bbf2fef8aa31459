"""Filling in a form: one section a page, each saved as it is left."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import falcon
import msgspec

from gateway.portal import drafts
from gateway.portal.drafts import SectionDraft
from gateway.web import flash, form_answers
from gateway.web.request_context import RequestContext, client_of, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from gateway.words.extraction import _
from gateway.words.filters import clock
from portal_contracts.errors import Conflict

CHECK: Final = "check"


SAVED: Final = _("Saved %(time)s")
SAVED_IN_PART: Final = _("Saved %(time)s, but not every entry can be read yet.")


class SectionPage(Resource):
    """``/forms/<request_id>/<section>``, the section by its number."""

    def on_get(
        self, req: falcon.Request, resp: falcon.Response, request_id: UUID, section: int
    ) -> None:
        """The questions with the answers so far."""
        form = drafts.open_form(context_of(req), request_id)
        if not drafts.is_open(form):
            see_other(resp, f"/forms/{request_id}")
            return
        draft = drafts.section_draft(form, section)
        typed = form_answers.texts_of_answers(draft.section, form.answers)
        origin = read_query(req).text("from")
        _show(self, req, resp, draft, typed=typed, origin=origin)

    def on_post(
        self, req: falcon.Request, resp: falcon.Response, request_id: UUID, section: int
    ) -> None:
        """Save what was answered, then go where the button says; only *Next* minds mistakes."""
        context = context_of(req)
        form = drafts.open_form(context, request_id)
        if not drafts.is_open(form):
            see_other(resp, f"/forms/{request_id}")
            return
        try:
            saved = drafts.save_section(context, request_id, section, form)
        except Conflict as error:
            if error.code != drafts.STALE_REVISION:
                raise
            self._show_conflict(req, resp, drafts.section_draft(form, section))
            return
        destination = context.form.text("go")
        if destination == "leave":
            flash.leave(self.wiring.jar, resp, flash.Flash.ANSWERS_SAVED)
            # The start page shows whom to call, where an answer asks for it.
            see_other(resp, f"/forms/{request_id}" if saved.reply.alert else "/forms")
        elif destination == "back":
            see_other(resp, _previous_address(saved.draft, context.form.text("from")))
        elif destination == "next":
            self._go_on(req, resp, saved)
        else:
            see_other(resp, req.path)

    def _go_on(
        self, req: falcon.Request, resp: falcon.Response, saved: drafts.SavedSection
    ) -> None:
        context = context_of(req)
        draft = drafts.section_draft(
            drafts.open_form(context, saved.draft.form.id), saved.draft.number
        )
        problems = form_answers.field_errors(draft.section, draft.form.problems)
        origin = context.form.text("from")
        if errors := {**problems, **saved.errors}:
            _show(
                self,
                req,
                resp,
                draft,
                typed=form_answers.texts_of_form(draft.section, context.form),
                origin=origin,
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
                errors=errors,
            )
            return
        see_other(resp, _next_address(draft, origin))

    def _show_conflict(
        self, req: falcon.Request, resp: falcon.Response, draft: SectionDraft
    ) -> None:
        """Another window changed the same section: what was typed stays, and the client chooses."""
        form = context_of(req).form
        _show(
            self,
            req,
            resp,
            draft,
            typed=form_answers.texts_of_form(draft.section, form),
            origin=form.text("from"),
            status=HTTPStatus.CONFLICT,
            error=drafts.STALE_REVISION,
        )


class SavePage(Resource):
    """``/forms/<request_id>/<section>/save``: the same, sent by a script during filling in."""

    def on_post(
        self, req: falcon.Request, resp: falcon.Response, request_id: UUID, section: int
    ) -> None:
        """Save, and say so in words.

        Raises:
            Conflict: ``stale_revision``, or it can no longer be filled in.
        """
        context = context_of(req)
        saved = drafts.save_section(context, request_id, section)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = msgspec.json.encode(
            {
                "revision": saved.reply.revision,
                "base": saved.base,
                "alert": saved.reply.alert,
                "said": _saved_sentence(self, context, saved),
            }
        )


def _saved_sentence(resource: Resource, context: RequestContext, saved: drafts.SavedSection) -> str:
    zone = context.client.client.timezone if context.client else "UTC"
    sentence = resource.wiring.screens.sentence(
        context.language, SAVED_IN_PART if saved.errors else SAVED
    )
    return sentence % {"time": clock(saved.reply.saved_at, zone)}


def _previous_address(draft: SectionDraft, origin: str) -> str:
    start = f"/forms/{draft.form.id}"
    if origin == CHECK:
        return f"{start}/{CHECK}"
    return f"{start}/{draft.number - 1}" if draft.number > 1 else start


def _next_address(draft: SectionDraft, origin: str) -> str:
    last = draft.number == len(draft.form.document.sections)
    return f"/forms/{draft.form.id}/{CHECK if last or origin == CHECK else draft.number + 1}"


def _show(  # noqa: PLR0913 - a section, and all that may have happened to it
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    draft: SectionDraft,
    *,
    typed: form_answers.FieldTexts,
    origin: str,
    status: HTTPStatus = HTTPStatus.OK,
    error: str | None = None,
    errors: dict[str, str] | None = None,
) -> None:
    sent, stale = context_of(req).form, error == drafts.STALE_REVISION
    values: dict[str, Any] = {
        "device": client_of(req),
        "form": draft.form,
        "section": draft.section,
        "number": draft.number,
        "steps": len(draft.form.document.sections) + 1,
        "typed": typed,
        "errors": errors or {},
        # After a conflict the page keeps its revision: only the client's choice may save over.
        "revision": sent.number("revision") if stale else draft.form.revision,
        "base": sent.text("base") if stale else draft.base,
        "origin": CHECK if origin == CHECK else "",
        "stale": stale,
    }
    resource.show(req, resp, "portal/form_section.html", status=status, error=error, **values)
