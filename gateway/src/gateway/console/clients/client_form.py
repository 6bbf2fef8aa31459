"""Adding and changing a client."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import choosable_practitioners
from gateway.console.clients import client_fields
from gateway.console.first_steps import guide_of, onward
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.words.language import LANGUAGES
from portal_contracts.errors import Conflict, Forbidden, NotFound, PortalError
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    EDIT_CLIENT,
    GET_CLIENT,
    AddClient,
    ClientDetails,
    EditClient,
    GetClient,
)
from portal_contracts.identity_links.rpc.duplicates import (
    CHECK_DUPLICATES,
    CheckDuplicates,
    PossibleDuplicate,
)
from portal_contracts.zones import zones_to_choose

_MAIN: Final = "practitioner_id"
_END_DEVICES: Final = "end_devices"
_SHARE: Final = "share"
"""The button that goes on to the page which shares the new client's link."""
_MOST_SEEN: Final = 50
_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class AddClientPage(Resource):
    """``/console/clients/new``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """An empty form."""
        practice = practitioner_of(req).practice
        fields = client_fields.blank(practice.timezone, practice.language)
        _show(self, req, resp, fields=fields)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Add the client; a refusal or a failure keeps what was typed."""
        context = context_of(req)
        try:
            added = context.backend.ask(
                ADD_CLIENT,
                AddClient(
                    fields=client_fields.parse(context.form),
                    seen_duplicates=_seen(req),
                    practitioner_id=context.form.uuid(_MAIN),
                ),
                idempotency_key=context.form.key(),
            )
        except PortalError as error:
            if error.code == "possible_duplicates":
                self._show_hint(req, resp)
            else:
                _show_again(self, req, resp, error, seen=_seen(req))
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.CLIENT_ADDED)
        page = f"/console/clients/{added.client_id}"
        if context.form.text("do") == _SHARE:
            see_other(resp, f"{page}/share")
            return
        see_other(resp, onward(req, "client", page))

    def _show_hint(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The form again, with who may be the same person; sent once more it adds the client."""
        context = context_of(req)
        command = CheckDuplicates(fields=client_fields.parse(context.form))
        likely = context.backend.ask(CHECK_DUPLICATES, command).items
        _show(
            self,
            req,
            resp,
            fields=client_fields.typed(context.form),
            status=HTTPStatus.CONFLICT,
            duplicates=likely,
            seen=[one.id for one in likely],
        )


class EditClientPage(Resource):
    """``/console/clients/<client_id>/edit``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """The form as the client stands."""
        client = context_of(req).backend.ask(GET_CLIENT, GetClient(client_id=client_id))
        fields = client_fields.of_client(client)
        _show(self, req, resp, fields=fields, client=client, version=client.version)

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Change the client; a refusal or a failure keeps what was typed.

        Raises:
            NotFound: there is no such client.
        """
        context = context_of(req)
        version = context.form.number("version") or 0
        try:
            context.backend.ask(
                EDIT_CLIENT,
                EditClient(
                    client_id=client_id,
                    version=version,
                    fields=client_fields.parse(context.form),
                    end_devices=_END_DEVICES in context.form,
                ),
                idempotency_key=context.form.key(),
            )
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            self._show_refused(req, resp, client_id, version, error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.CLIENT_SAVED)
        see_other(resp, f"/console/clients/{client_id}")

    def _show_refused(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        client_id: UUID,
        version: int,
        error: PortalError,
    ) -> None:
        """The form again. After a conflict it saves over the version that is shown beside it."""
        backend = context_of(req).backend
        client = backend.part(GET_CLIENT, GetClient(client_id=client_id)).get()
        if client is None:
            # The page cannot be drawn: the general one keeps what was typed.
            raise error
        stale = isinstance(error, Conflict) and error.code == "stale_version"
        _show_again(
            self,
            req,
            resp,
            error,
            client=client,
            version=client.version if stale else version,
            end_devices=_END_DEVICES in context_of(req).form,
        )


def _seen(req: falcon.Request) -> list[UUID]:
    """Of whom the page has said already that they may be the same person."""
    texts = context_of(req).form.text("seen_duplicates").split()
    return [UUID(text) for text in texts[:_MOST_SEEN] if _ID.fullmatch(text)]


def _show_again(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    error: PortalError,
    **values: Any,
) -> None:
    set_retry_after(resp, error)
    _show(
        resource,
        req,
        resp,
        fields=client_fields.typed(context_of(req).form),
        status=status_of(error),
        error=None if error.fields else error.code,
        errors=error.fields,
        **values,
    )


def _show(  # noqa: PLR0913 - the form, and all that may be wrong with it
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    *,
    fields: dict[str, str],
    client: ClientDetails | None = None,
    version: int | None = None,
    end_devices: bool = True,
    status: HTTPStatus = HTTPStatus.OK,
    error: str | None = None,
    errors: dict[str, str] | None = None,
    duplicates: Sequence[PossibleDuplicate] = (),
    seen: Sequence[UUID] = (),
) -> None:
    resource.show(
        req,
        resp,
        "console/client_form.html",
        status=status,
        error=error,
        device=practitioner_of(req),
        parts=client_fields.FORM,
        order=client_fields.NAMES,
        fields=fields,
        errors=errors or {},
        client=client,
        version=version,
        end_devices=end_devices,
        timezones=zones_to_choose(),
        languages=LANGUAGES,
        duplicates=duplicates,
        seen=seen,
        whose=[] if client else choosable_practitioners(req, None),
        main=context_of(req).form.uuid(_MAIN) or practitioner_of(req).actor.id,
        guide=guide_of(req, "client"),
    )
