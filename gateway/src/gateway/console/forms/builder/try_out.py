"""A form tried out by whoever makes it: answers that are kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import falcon

from gateway.console.forms.builder.page import read_template
from gateway.web import form_answers
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from portal_contracts.errors import Invalid
from portal_contracts.forms.rpc.questions import FormDocument
from portal_contracts.forms.rpc.reviewing import TRY_TEMPLATE, TriedTemplate, TryTemplate
from portal_contracts.forms.rpc.templates import Template


class TryTemplatePage(Resource):
    """``/console/forms/templates/<template_id>/try``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """The whole form, with nothing answered yet."""
        self._answer(req, resp, template_id, {}, said=False)

    def on_post(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """The same with what would become of these answers; what was typed stands as it was."""
        texts = form_answers.texts_of_form(context_of(req).form)
        self._answer(req, resp, template_id, texts, said=True)

    def _answer(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        template_id: UUID,
        texts: Mapping[str, str],
        *,
        said: bool,
    ) -> None:
        context = context_of(req)
        template = read_template(context.backend, template_id)
        typed = {name.removeprefix(form_answers.PREFIX): text for name, text in texts.items()}
        try:
            tried = context.backend.ask(
                TRY_TEMPLATE, TryTemplate(template_id=template_id, typed=typed)
            )
        except Invalid:
            tried = None
        language = template.document.language
        self.show(
            req,
            resp,
            "console/template_try.html",
            device=practitioner_of(req),
            form_template=template,
            document=tried.document if tried else None,
            tried=tried if said else None,
            typed=texts,
            errors=_errors(tried) if tried and said else {},
            hidden=tried.hidden if tried else [],
            scores=tried.scores if tried else [],
            alerted=_alerted(template, tried) if tried else [],
            tongue=language if language != context.language else "",
        )


def _errors(tried: TriedTemplate) -> dict[str, str]:
    problems = tried.problems | tried.refused
    return {
        name: code
        for section in tried.document.sections
        for name, code in form_answers.field_errors(section, problems).items()
    }


def _alerted(template: Template, tried: TriedTemplate) -> list[str]:
    """What asks for attention, by its words."""
    words = _words(template.document)
    return [words.get(name.partition(".")[0], name) for name in tried.alerts]


def _words(document: FormDocument) -> dict[str, str]:
    found = {one.id: one.text for section in document.sections for one in section.questions}
    scores = [*([document.scoring] if document.scoring else []), *document.subscales]
    return found | {one.id: one.title or document.title for one in scores}
