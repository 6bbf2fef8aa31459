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
from gateway.web.field_errors import told
from gateway.web.live_rules import live_rules
from gateway.web.request_context import RequestContext, client_of, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from gateway.words.extraction import _
from portal_contracts.errors import Conflict, Unavailable
from portal_contracts.forms.rpc.filling import SectionSaved
from portal_contracts.forms.rpc.questions import answered
from portal_contracts.wall_clock import clock_time

CHECK: Final = "check"
STALE_REVISION: Final = "stale_revision"

SAVED: Final = _("Saved %(time)s")
ANSWERED: Final = _("%(done)s of %(asked)s answered")
SAVED_IN_PART: Final = _("Saved %(time)s, but not every entry can be read yet.")


class SectionPage(Resource):
    """``/forms/<request_id>/<section>``, the section by its number; it holds the drafts' key."""

    shows_secret = True

    def on_get(
        self, req: falcon.Request, resp: falcon.Response, request_id: UUID, section: int
    ) -> None:
        """The questions with the answers so far."""
        form = drafts.open_form(context_of(req), request_id)
        if not drafts.is_open(form):
            see_other(resp, f"/forms/{request_id}")
            return
        draft = drafts.section_draft(form, section)
        if not draft.asked:
            see_other(resp, f"/forms/{request_id}/{drafts.following(form, section) or CHECK}")
            return
        typed = form_answers.texts_of_answers(draft.section, form.answers)
        origin = read_query(req).text("from")
        _show(self, req, resp, draft, typed=typed, origin=origin)

    def on_post(
        self, req: falcon.Request, resp: falcon.Response, request_id: UUID, section: int
    ) -> None:
        """Save what was answered, then go where the button says.

        Only *Next* minds mistakes; what could not be saved at all is asked back by every button.
        """
        context = context_of(req)
        try:
            saved = drafts.save_section(context, request_id, section)
        except Conflict as error:
            if error.code == STALE_REVISION:
                # What was typed stays, and the client chooses.
                _show_again(self, req, resp, request_id, section, error=error.code)
            else:
                see_other(resp, f"/forms/{request_id}")
            return
        destination, origin = context.form.text("go"), context.form.text("from")
        appeared = drafts.appeared(context.form, saved)
        if appeared and destination == "next":
            # What is asked only now was not on the page: without scripts it is seen here first.
            see_other(resp, _same_page(req.path, origin, appeared))
        elif saved.refused or (destination == "next" and saved.problems):
            # Wherever the button leads, what was not saved would be lost on the way.
            wrong = saved.problems | saved.refused if destination == "next" else saved.refused
            _show_again(self, req, resp, request_id, section, wrong=wrong)
        elif destination == "leave":
            flash.leave(self.wiring.jar, resp, flash.Flash.ANSWERS_SAVED)
            # The start page shows whom to call, where an answer asks for it.
            see_other(resp, f"/forms/{request_id}" if saved.alert else "/forms")
        elif destination == "back":
            see_other(resp, _previous_address(request_id, saved, origin))
        elif destination == "next":
            see_other(resp, _next_address(request_id, saved, origin))
        else:
            see_other(resp, req.path)


class SavePage(Resource):
    """``/forms/<request_id>/<section>/save``: the same, sent by a script during filling in."""

    def on_get(
        self, req: falcon.Request, resp: falcon.Response, request_id: UUID, section: int
    ) -> None:
        """What a page that stayed open while its client was signed out needs to be sent again.

        Raises:
            NotFound: whoever is in now has no such form.
        """
        context = context_of(req)
        drafts.section_draft(drafts.open_form(context, request_id), section)
        resp.media = {"csrf": self.wiring.screens.csrf_token(resp, context)}

    def on_post(
        self, req: falcon.Request, resp: falcon.Response, request_id: UUID, section: int
    ) -> None:
        """Save, and say so in words; what was not saved is named by its field.

        Where another window has changed the section, the answer is the choice.

        Raises:
            Conflict: it can no longer be filled in.
        """
        context = context_of(req)
        try:
            saved = drafts.save_section(context, request_id, section)
        except Conflict as error:
            if error.code != STALE_REVISION:
                raise
            draft = drafts.section_draft(drafts.open_form(context, request_id), section)
            self.show(
                req,
                resp,
                "portal/parts/section_choice.html",
                status=HTTPStatus.CONFLICT,
                form=draft.form,
                number=draft.number,
                saved=_saved_otherwise(draft, form_answers.texts_of_form(context.form)),
            )
            return
        resp.content_type = falcon.MEDIA_JSON
        resp.data = msgspec.json.encode(
            {
                "revision": saved.revision,
                "alert": saved.alert,
                "said": _saved_sentence(self, context, saved),
                "answered": self.wiring.screens.sentence(context.language, ANSWERED)
                % msgspec.structs.asdict(saved.answered),
                "hidden": [form_answers.field_name(one) for one in saved.hidden],
                "calculated": {
                    form_answers.field_name(name): value for name, value in saved.calculated.items()
                },
                "refused": _refused_sentences(self, context, request_id, section, saved),
            }
        )


class DraftKeyPage(Resource):
    """``/drafts/key``: for a script that found something typed and not saved in its browser."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The key of whoever is in.

        Raises:
            Unavailable: it cannot be had now.
        """
        key = drafts.draft_key(context_of(req))
        if not key:
            raise Unavailable("service_unavailable", "The key cannot be had now.")
        resp.media = {"key": key}


def _saved_otherwise(
    draft: SectionDraft, typed: form_answers.FieldTexts
) -> list[form_answers.ShownAnswer]:
    return form_answers.answers_that_differ(draft.section, draft.form.answers, typed)


def _saved_sentence(resource: Resource, context: RequestContext, saved: SectionSaved) -> str:
    zone = context.client.client.timezone if context.client else "UTC"
    sentence = resource.wiring.screens.sentence(
        context.language, SAVED_IN_PART if saved.refused else SAVED
    )
    time = clock_time(saved.saved_at, zone, twelve_hours=context.writes_twelve_hours)
    return sentence % {"time": time}


def _refused_sentences(
    resource: Resource, context: RequestContext, request_id: UUID, number: int, saved: SectionSaved
) -> dict[str, str]:
    """Field name to what is wrong with what was typed there."""
    if not saved.refused:
        return {}
    draft = drafts.section_draft(drafts.open_form(context, request_id), number)
    errors = form_answers.field_errors(draft.section, saved.refused)
    return {
        name: resource.wiring.screens.error_text(context.language, code)
        for name, code in told(errors, context.form, context.language).items()
    }


def _same_page(path: str, origin: str, question_id: str) -> str:
    query = f"?from={CHECK}" if origin == CHECK else ""
    return f"{path}{query}#field-{form_answers.field_name(question_id)}"


def _previous_address(request_id: UUID, saved: SectionSaved, origin: str) -> str:
    start = f"/forms/{request_id}"
    if origin == CHECK:
        return f"{start}/{CHECK}"
    return f"{start}/{saved.previous}" if saved.previous else start


def _next_address(request_id: UUID, saved: SectionSaved, origin: str) -> str:
    to_check = origin == CHECK or not saved.following
    return f"/forms/{request_id}/{CHECK if to_check else saved.following}"


def _show_again(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    request_id: UUID,
    number: int,
    *,
    error: str | None = None,
    wrong: dict[str, str] | None = None,
) -> None:
    """The section as it was typed: it was overtaken, or some of its answers are wrong."""
    context = context_of(req)
    draft = drafts.section_draft(drafts.open_form(context, request_id), number)
    _show(
        resource,
        req,
        resp,
        draft,
        typed=form_answers.texts_of_form(context.form),
        origin=context.form.text("from"),
        status=HTTPStatus.CONFLICT if error else HTTPStatus.UNPROCESSABLE_ENTITY,
        error=error,
        errors=form_answers.field_errors(draft.section, wrong or {}),
    )


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
    sent, stale = context_of(req).form, error == STALE_REVISION
    values: dict[str, Any] = {
        "device": client_of(req),
        "form": draft.form,
        "section": draft.section,
        "number": draft.number,
        "step": draft.step,
        "steps": len(draft.asked_numbers) + 1,
        "rules": live_rules(draft.section, draft.form),
        "typed": typed,
        "errors": errors or {},
        # After a conflict the page keeps its revision: only the client's choice may save over.
        "revision": sent.number("revision") if stale else draft.form.revision,
        "origin": CHECK if origin == CHECK else "",
        "saved": _saved_otherwise(draft, typed) if stale else None,
        "answered": answered(draft.section, draft.form.answers, draft.form.hidden),
        "draft_key": drafts.draft_key(context_of(req)),
    }
    resource.show(req, resp, "portal/form_section.html", status=status, error=error, **values)
