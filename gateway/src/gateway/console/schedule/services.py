"""Bookable services: the list, the form, a copy, the archive."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import chosen_practitioner
from gateway.console.first_steps import guide_of, onward
from gateway.console.schedule import service_fields
from gateway.console.schedule.service_form import show_again, show_form
from gateway.console.schedule.service_presets import filled_in, preset
from gateway.console.schedule.stranded import STRANDS, is_meant, stranded_rows
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from portal_contracts.errors import Conflict, Forbidden, NotFound, PortalError
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.services import (
    ADD_SERVICE,
    ARCHIVE_SERVICE,
    COPY_SERVICE,
    EDIT_SERVICE,
    GET_SERVICE,
    LIST_SERVICES,
    AddService,
    ArchiveService,
    CopyService,
    EditService,
    GetService,
    ListServices,
)
from portal_contracts.scheduling.rpc.stranded import (
    LIST_STRANDED_BY_SERVICE,
    ListStrandedByService,
)


class ServicesPage(Resource):
    """``/console/services``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What is offered, or with ``archived=1`` what was."""
        sent = read_query(req)
        chosen = chosen_practitioner(req, sent)
        archived = sent.text("archived") == "1"
        services = (
            context_of(req)
            .backend.part(
                LIST_SERVICES,
                ListServices(
                    practitioner_id=None if chosen.own else chosen.practitioner_id,
                    with_archived=True,
                ),
            )
            .get_unless_refused()
        )
        items = services.items if services else []
        self.show(
            req,
            resp,
            "console/services.html",
            device=practitioner_of(req),
            services=[item for item in items if item.archived == archived] if services else None,
            archived=archived,
            archived_total=sum(item.archived for item in items),
            person=chosen,
        )


class NewServicePage(Resource):
    """``/console/services/new``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """An empty form, or with ``preset`` one that is filled in."""
        sent = read_query(req)
        found = preset(sent.text("preset"))
        fields = service_fields.blank()
        if found is not None:
            language = context_of(req).language
            fields = filled_in(found, self.wiring.screens.sentence(language, found.fields.title))
        if guide_of(req, "service") is not None:
            fields |= _where_one_meets(req)
        show_form(
            self,
            req,
            resp,
            fields=fields,
            preset=found.key if found else "",
            person=chosen_practitioner(req, sent),
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Add the service; a refusal or a failure keeps what was typed."""
        context = context_of(req)
        try:
            added = context.backend.ask(
                ADD_SERVICE,
                AddService(
                    fields=service_fields.parse(context.form),
                    practitioner_id=context.form.uuid("practitioner"),
                ),
                idempotency_key=context.form.key(),
            )
        except Forbidden:
            raise
        except PortalError as error:
            show_again(self, req, resp, error, person=chosen_practitioner(req, context.form))
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SERVICE_ADDED)
        see_other(resp, onward(req, "service", f"/console/services/{added.service_id}"))


def _where_one_meets(req: falcon.Request) -> dict[str, str]:
    """A place that a first service may have as it is: by video one would need a meeting address."""
    address = practitioner_of(req).practice.postal_address
    return {"place_kind": PlaceKind.ADDRESS, "place": ", ".join(address.split("\n"))}


class ServicePage(Resource):
    """``/console/services/<service_id>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """The form as the service stands."""
        service = context_of(req).backend.ask(GET_SERVICE, GetService(service_id=service_id))
        show_form(
            self,
            req,
            resp,
            fields=service_fields.of_service(service.fields),
            service=service,
            version=service.version,
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """Change the service; a refusal or a failure keeps what was typed.

        Raises:
            NotFound: there is no such service.
        """
        context = context_of(req)
        version = context.form.number("version") or 0
        try:
            fields = service_fields.parse(context.form)
            context.backend.ask(
                EDIT_SERVICE,
                EditService(
                    service_id=service_id,
                    version=version,
                    fields=fields,
                    unless_stranded=not is_meant(context.form, fields.weekly),
                ),
                idempotency_key=context.form.key(),
            )
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            self._show_refused(req, resp, service_id, version, error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SERVICE_SAVED)
        see_other(resp, f"/console/services/{service_id}")

    def _show_refused(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        service_id: UUID,
        version: int,
        error: PortalError,
    ) -> None:
        """The form again. After a conflict it saves over the version that the page tells of."""
        asked = context_of(req).backend.part(GET_SERVICE, GetService(service_id=service_id))
        service = asked.get_unless_refused()
        if service is None:
            raise error
        stranded = None
        if error.code == STRANDS:
            weekly = service_fields.parse(context_of(req).form).weekly
            command = ListStrandedByService(service_id=service_id, weekly=weekly)
            stranded = stranded_rows(req, LIST_STRANDED_BY_SERVICE, command, weekly)
        stale = isinstance(error, Conflict) and error.code == "stale_version"
        show_again(
            self,
            req,
            resp,
            error,
            service=service,
            version=service.version if stale else version,
            stranded=stranded,
        )


class CopyServicePage(Resource):
    """``/console/services/<service_id>/copy``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """Copy it, and go on to the copy."""
        context = context_of(req)
        copied = context.backend.ask(
            COPY_SERVICE, CopyService(service_id=service_id), idempotency_key=context.form.key()
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.SERVICE_COPIED)
        see_other(resp, f"/console/services/{copied.service_id}")


class ArchiveServicePage(Resource):
    """``/console/services/<service_id>/archive``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """Ask, and say what follows."""
        service = context_of(req).backend.ask(GET_SERVICE, GetService(service_id=service_id))
        self.show(
            req,
            resp,
            "console/service_archive.html",
            device=practitioner_of(req),
            service=service,
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """Archive it."""
        _set_archived(self, req, resp, service_id, archived=True)


class RestoreServicePage(Resource):
    """``/console/services/<service_id>/restore``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, service_id: UUID) -> None:
        """Offer it again."""
        _set_archived(self, req, resp, service_id, archived=False)


def _set_archived(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    service_id: UUID,
    *,
    archived: bool,
) -> None:
    context = context_of(req)
    context.backend.ask(
        ARCHIVE_SERVICE,
        ArchiveService(service_id=service_id, archived=archived),
        idempotency_key=context.form.key(),
    )
    done = flash.Flash.SERVICE_ARCHIVED if archived else flash.Flash.SERVICE_RESTORED
    flash.leave(resource.wiring.jar, resp, done)
    see_other(resp, "/console/services" if archived else f"/console/services/{service_id}")
