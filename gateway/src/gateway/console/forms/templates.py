"""The practice's forms, and the library that ships."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.console.forms.addresses import TEMPLATES_PATH
from gateway.console.forms.builder.parts import unready
from gateway.console.forms.usage import usage_of
from gateway.web import flash
from gateway.web.flash import Flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from portal_contracts.calls import Nothing
from portal_contracts.forms.rpc.templates import (
    ADD_FROM_LIBRARY,
    ARCHIVE_TEMPLATE,
    GET_TEMPLATE,
    LIST_LIBRARY,
    LIST_TEMPLATES,
    AddFromLibrary,
    ArchiveTemplate,
    GetTemplate,
    ListTemplates,
)


class TemplatesPage(Resource):
    """``/console/forms/templates``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The practice's forms, the archived last."""
        templates = context_of(req).backend.part(LIST_TEMPLATES, ListTemplates(with_archived=True))
        self.show(
            req,
            resp,
            "console/templates.html",
            device=practitioner_of(req),
            templates=templates.get(),
        )


class TemplatePage(Resource):
    """``/console/forms/templates/<template_id>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """The form as the client sees it, with nothing to fill in."""
        found = context_of(req).backend.ask(GET_TEMPLATE, GetTemplate(template_id=template_id))
        self.show(
            req,
            resp,
            "console/template.html",
            device=practitioner_of(req),
            form_template=found,
            unready=unready(found.document),
            usage=usage_of(req, template_id),
        )


class ArchiveTemplatePage(Resource):
    """``/console/forms/templates/<template_id>/archive``: and back again."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """Take it out of what can be sent, or bring it back; the page offers the opposite."""
        context = context_of(req)
        archived = context.form.text("archived") != "no"
        context.backend.ask(
            ARCHIVE_TEMPLATE,
            ArchiveTemplate(template_id=template_id, archived=archived),
            idempotency_key=context.form.key(),
        )
        message = Flash.TEMPLATE_ARCHIVED if archived else Flash.TEMPLATE_RESTORED
        flash.leave(self.wiring.jar, resp, message)
        see_other(resp, f"{TEMPLATES_PATH}/{template_id}")


class LibraryPage(Resource):
    """``/console/forms/library``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The forms that ship."""
        library = context_of(req).backend.part(LIST_LIBRARY, Nothing())
        self.show(
            req, resp, "console/library.html", device=practitioner_of(req), library=library.get()
        )


class AddFromLibraryPage(Resource):
    """``/console/forms/library/add``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Copy one into the practice, ready to be sent.

        Raises:
            NotFound: the library has no such form.
        """
        context = context_of(req)
        key = context.form.text("key")
        added = context.backend.ask(
            ADD_FROM_LIBRARY, AddFromLibrary(key=key), idempotency_key=context.form.key()
        )
        flash.leave(self.wiring.jar, resp, Flash.TEMPLATE_ADDED)
        see_other(resp, f"{TEMPLATES_PATH}/{added.template_id}")
