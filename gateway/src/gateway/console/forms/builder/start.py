"""A new form: blank, or from what another form or the library holds."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

import falcon

from gateway.console.forms.addresses import TEMPLATES_PATH
from gateway.web.lengths import check_length
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.words.language import LANGUAGES
from portal_contracts.calls import Nothing
from portal_contracts.errors import Invalid, NotFound, PortalError, Unavailable
from portal_contracts.forms.rpc.editing import START_TEMPLATE, StartTemplate
from portal_contracts.forms.rpc.questions import LONGEST_TITLE
from portal_contracts.forms.rpc.templates import LIST_LIBRARY, LIST_TEMPLATES, ListTemplates

_FIELDS: Final = {"title": "", "begin": "", "language": ""}


class NewTemplatePage(Resource):
    """``/console/forms/templates/new``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What it is called and what it begins from; ``begin`` in the address chooses that."""
        fields = _FIELDS | {
            "begin": read_query(req).text("begin"),
            "language": context_of(req).language,
        }
        _show(self, req, resp, fields)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Begin it, and open the builder; a refusal keeps what was typed."""
        context = context_of(req)
        try:
            started = context.backend.ask(
                START_TEMPLATE, _command(context.form), idempotency_key=context.form.key()
            )
        except (Invalid, NotFound, Unavailable) as error:
            set_retry_after(resp, error)
            _show(self, req, resp, context.form.values(_FIELDS), error)
            return
        see_other(resp, f"{TEMPLATES_PATH}/{started.template_id}/edit")


def _command(form: Submitted) -> StartTemplate:
    """What was typed.

    Raises:
        Invalid: ``invalid_fields``: there is no title, or it is too long.
    """
    title, errors = form.text("title"), {}
    if not title:
        errors["title"] = "form_title_missing"
    check_length("title", title, LONGEST_TITLE, errors)
    if errors:
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors)
    kind, _, which = form.text("begin").partition(" ")
    return StartTemplate(
        title=title,
        language=form.text("language") or "en",
        template_id=_id(which) if kind == "template" else None,
        library_key=which if kind == "library" else "",
    )


def _id(text: str) -> UUID:
    """The id of a template.

    Raises:
        NotFound: ``template_not_found``: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("template_not_found", "This is no id.") from None


def _show(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    fields: dict[str, str],
    error: PortalError | None = None,
) -> None:
    backend = context_of(req).backend
    templates = backend.part(LIST_TEMPLATES, ListTemplates())
    library = backend.part(LIST_LIBRARY, Nothing())
    errors = dict(error.fields) if error else {}
    if isinstance(error, NotFound):
        errors["begin"] = error.code
    resource.show(
        req,
        resp,
        "console/template_new.html",
        status=status_of(error) if error else HTTPStatus.OK,
        error=error.code if error and not errors else None,
        errors=errors,
        device=practitioner_of(req),
        fields=fields,
        languages=LANGUAGES,
        templates=templates.get(),
        library=library.get(),
    )
