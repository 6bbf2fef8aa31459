"""The builder: one plain form whose buttons each do one act, and save what was typed with it."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

import falcon

from gateway.console.forms.addresses import TEMPLATES_PATH
from gateway.console.forms.builder.acts import ADDED, EDITOR, Pressed, Step, step_of
from gateway.console.forms.builder.open_part import Typed, is_saved, read_part
from gateway.console.forms.builder.parts import ALERT, FORM, Part, is_there
from gateway.console.forms.builder.parts import read_part as part_named
from gateway.console.forms.builder.shown import editor_of, opened_part, show_builder, show_preview
from gateway.console.forms.builder.typed_parts import Texts, typed_texts
from gateway.web import flash
from gateway.web.backend import Backend
from gateway.web.flash import Flash
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import read_query
from portal_contracts.errors import Conflict, Invalid, PortalError, Unavailable
from portal_contracts.forms.rpc.editing import (
    EDIT_TEMPLATE,
    UNDO_EDIT,
    EditTemplate,
    UndoEdit,
)
from portal_contracts.forms.rpc.templates import GET_TEMPLATE, GetTemplate, Template


def read_template(backend: Backend, template_id: UUID) -> Template:
    """A template as it is worked on.

    Raises:
        NotFound: there is no such template in the practice.
    """
    return backend.ask(GET_TEMPLATE, GetTemplate(template_id=template_id))


class BuilderPage(Resource):
    """``/console/forms/templates/<template_id>/edit``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """The form part by part, one of them open where the address says so."""
        sent = read_query(req)
        template = read_template(context_of(req).backend, template_id)
        part = opened_part(template, sent.text("open"))
        editor = editor_of(template, part, more=sent.text("more")) if part else None
        show_builder(self, req, resp, template, editor=editor)

    def on_post(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """Do what the button says, after saving what was typed; a refusal keeps all of it.

        A change elsewhere since the page was shown is not overwritten: both are shown.
        """
        context = context_of(req)
        form = context.form
        template = read_template(context.backend, template_id)
        verb, _, about = form.text("do").partition(" ")
        opened = part_named(form.text("open")) if form.text("open") else None
        texts = typed_texts(form)
        if verb == "undo":
            self._undo(req, resp, template, opened, texts)
            return
        pressed = Pressed(form, template.document, texts, opened, about)
        step = step_of(pressed, verb)
        gone = opened is not None and not is_there(template.document, opened)
        if gone or form.number("revision") != template.revision:
            self._show_overtaken(req, resp, template, opened, texts)
            return
        removed = verb == "remove" and opened == part_named(about)
        typed = _typed(template, opened, step.texts or texts) if not removed else Typed()
        if typed.errors:
            self._show_typed(req, resp, template, opened, texts, typed.errors)
            return
        self._edit(req, resp, template, typed, step, opened, texts)

    def _edit(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        template: Template,
        typed: Typed,
        step: Step,
        opened: Part | None,
        texts: Texts,
    ) -> None:
        context = context_of(req)
        acts = [*typed.acts, *step.acts]
        added = None
        if acts:
            command = EditTemplate(
                template_id=template.row.id, revision=template.revision, acts=acts
            )
            try:
                edited = context.backend.ask(
                    EDIT_TEMPLATE, command, idempotency_key=context.form.key()
                )
            except Conflict:
                newest = read_template(context.backend, template.row.id)
                self._show_overtaken(req, resp, newest, opened, texts)
                return
            except (Invalid, Unavailable) as error:
                set_retry_after(resp, error)
                self._show_refused(req, resp, template, opened, texts, error)
                return
            added = edited.added
        see_other(resp, _onwards(template.row.id, step, added))

    def _undo(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        template: Template,
        opened: Part | None,
        texts: Texts,
    ) -> None:
        """Take the last change back; what is typed and not saved yet is the last one.

        It is saved before it is undone, so that undoing once more brings it back.
        """
        context = context_of(req)
        revision = context.form.number("revision") or 0
        typed = _typed(template, opened, texts) if revision == template.revision else Typed()
        if typed.errors:
            self._show_typed(req, resp, template, opened, texts, typed.errors)
            return
        try:
            if typed.acts:
                command = EditTemplate(
                    template_id=template.row.id, revision=revision, acts=typed.acts
                )
                revision = context.backend.ask(
                    EDIT_TEMPLATE, command, idempotency_key=context.form.key()
                ).revision
            context.backend.ask(
                UNDO_EDIT,
                UndoEdit(template_id=template.row.id, revision=revision),
                idempotency_key=context.form.key(),
            )
        except Conflict:
            newest = read_template(context.backend, template.row.id)
            self._show_overtaken(req, resp, newest, opened, texts)
            return
        except (Invalid, Unavailable) as error:
            set_retry_after(resp, error)
            self._show_refused(req, resp, template, opened, texts, error)
            return
        flash.leave(self.wiring.jar, resp, Flash.TEMPLATE_UNDONE)
        see_other(resp, f"{TEMPLATES_PATH}/{template.row.id}/edit#undo")

    def _show_typed(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        template: Template,
        opened: Part | None,
        texts: Texts,
        errors: dict[str, str],
    ) -> None:
        editor = editor_of(template, opened or Part(FORM), typed=texts, errors=errors)
        show_builder(
            self,
            req,
            resp,
            template,
            editor=editor,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )

    def _show_refused(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        template: Template,
        opened: Part | None,
        texts: Texts,
        error: PortalError,
    ) -> None:
        """What the service would not have; the sentence stands on top."""
        code = next(iter(error.fields.values()), error.code)
        editor = editor_of(template, opened, typed=texts, errors={}) if opened else None
        show_builder(self, req, resp, template, editor=editor, status=status_of(error), error=code)

    def _show_overtaken(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        template: Template,
        opened: Part | None,
        texts: Texts,
    ) -> None:
        """What was typed beside what is saved by now; one of both is chosen by a button.

        Where both are the same, as after a press that came twice, there is nothing to choose.
        """
        there = opened is not None and is_there(template.document, opened)
        settled = opened is not None and there and is_saved(template.document, opened, texts)
        editor = editor_of(template, opened, typed=texts, errors={}) if opened and there else None
        show_builder(
            self,
            req,
            resp,
            template,
            editor=editor,
            status=HTTPStatus.CONFLICT,
            overtaken=True,
            theirs=editor_of(template, opened) if opened and there and not settled else None,
            lost=texts if opened is not None and not there else {},
        )


def _typed(template: Template, opened: Part | None, texts: Texts) -> Typed:
    return read_part(template.document, opened, texts) if opened is not None else Typed()


def _onwards(template_id: UUID, step: Step, added: str | None) -> str:
    """Where the browser goes after an act: what is open then, and what has the focus."""
    opens = step.opens
    if opens is not None and opens.which == ADDED:
        opens = Part(opens.kind, added) if added else None
    query = {"open": str(opens)} if opens else {}
    if step.more:
        query["more"] = step.more
    focus = _first_field(opens) if step.focus == EDITOR and opens else step.focus
    address = f"{TEMPLATES_PATH}/{template_id}/edit"
    return address + (f"?{urlencode(query)}" if query else "") + (f"#{focus}" if focus else "")


def _first_field(part: Part) -> str:
    if part.kind == ALERT:
        return "condition-when"
    return "field-f.text" if part.kind == "question" else "field-f.title"


class PreviewPage(Resource):
    """``/console/forms/templates/<template_id>/edit/preview``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """The open section as the client would see it, by what is typed; nothing is saved."""
        form = context_of(req).form
        template = read_template(context_of(req).backend, template_id)
        part = opened_part(template, form.text("open"))
        show_preview(self, req, resp, template, part, typed_texts(form))
