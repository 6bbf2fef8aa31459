"""Before a form is published: what changes, for whom, and what keeps it from that."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.forms.addresses import TEMPLATES_PATH
from gateway.console.forms.builder.page import read_template
from gateway.console.forms.builder.parts import (
    QUESTION,
    SECTION,
    Part,
    find_question,
    find_section,
    problems_by_part,
    read_part,
)
from gateway.web import flash
from gateway.web.flash import Flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.words.builder import PARTS
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.forms.rpc.questions import FormDocument
from portal_contracts.forms.rpc.reviewing import REVIEW_TEMPLATE, ReviewTemplate
from portal_contracts.forms.rpc.templates import PUBLISH_TEMPLATE, PublishTemplate


class PublishTemplatePage(Resource):
    """``/console/forms/templates/<template_id>/publish``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """The changes since the newest version."""
        _show(self, req, resp, template_id)

    def on_post(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """Freeze it as its next version, as it was looked at; else the changes are shown again."""
        context = context_of(req)
        command = PublishTemplate(template_id=template_id, revision=context.form.number("revision"))
        try:
            context.backend.ask(PUBLISH_TEMPLATE, command, idempotency_key=context.form.key())
        except Conflict:
            _show(self, req, resp, template_id, status=HTTPStatus.CONFLICT)
            return
        except Invalid:
            _show(self, req, resp, template_id, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            return
        flash.leave(self.wiring.jar, resp, Flash.TEMPLATE_PUBLISHED)
        see_other(resp, f"{TEMPLATES_PATH}/{template_id}")


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    template_id: UUID,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> None:
    backend = context_of(req).backend
    template = read_template(backend, template_id)
    review = backend.ask(REVIEW_TEMPLATE, ReviewTemplate(template_id=template_id))
    problems = problems_by_part(template.document, review.problems)
    sentence = resource.wiring.screens.sentence
    language = context_of(req).language
    resource.show(
        req,
        resp,
        "console/template_publish.html",
        status=status,
        device=practitioner_of(req),
        form_template=template,
        review=review,
        problems=problems,
        words_of={
            name: _words(template.document, read_part(name))
            or sentence(language, PARTS.get(name.partition(".")[0], PARTS["form"]))
            for name in problems
        },
        overtaken=status is HTTPStatus.CONFLICT,
    )


def _words(document: FormDocument, part: Part) -> str:
    """What a part says itself, to be known by."""
    if part.kind == QUESTION and (found := find_question(document, part.which)):
        return found.question.text
    if part.kind == SECTION and (section := find_section(document, part.which)):
        return section[1].title
    return ""
