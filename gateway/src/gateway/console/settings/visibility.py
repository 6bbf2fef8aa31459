"""*Settings, Whose clients*: whether everyone sees all clients, or each the own ones."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import falcon

from gateway.console.settings.sections import VISIBILITY, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from portal_contracts.calls import Nothing
from portal_contracts.errors import Invalid, PortalError
from portal_contracts.identity_links.rpc.accounts import LONGEST_TYPED_CODE
from portal_contracts.identity_links.rpc.caseload import (
    FILL_CASELOADS,
    READ_VISIBILITY,
    SET_VISIBILITY,
    FillCaseloads,
    SetVisibility,
)
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.scheduling.rpc.calendar import LIST_MEETINGS, ListMeetings

UNPROVED: Final = frozenset({"not_confirmed", "too_many_tries", "sign_in_busy"})
"""Refusals of the proof alone, to be said beside it."""


class VisibilityPage(SectionPage):
    """``/console/settings/visibility``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What is set, and what own clients mean for whom, in numbers."""
        self._show(req, resp)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Choose; a proof that is refused is asked for again.

        Raises:
            Invalid: that is none of the two.
        """
        context = context_of(req)
        form, chosen = context.form, context.form.text("visibility")
        if chosen not in set(ClientVisibility):
            raise Invalid("invalid_input", "There are two to choose from.")
        command = SetVisibility(
            visibility=ClientVisibility(chosen),
            password=form.raw("password")[:LONGEST_PASSWORD] or None,
            code=form.text("code")[:LONGEST_TYPED_CODE] or None,
        )
        try:
            context.backend.ask(SET_VISIBILITY, command)
        except PortalError as error:
            if error.code not in UNPROVED:
                raise
            self._show(req, resp, error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.VISIBILITY_CHANGED)
        see_other(resp, VISIBILITY.address)

    def _show(
        self, req: falcon.Request, resp: falcon.Response, error: PortalError | None = None
    ) -> None:
        if error is not None:
            set_retry_after(resp, error)
        self.show(
            req,
            resp,
            "console/settings/visibility.html",
            status=status_of(error) if error else HTTPStatus.OK,
            device=practitioner_of(req),
            found=context_of(req).backend.ask(READ_VISIBILITY, Nothing()),
            errors={"password": error.code} if error else {},
        )


class ProposeCaseloadsPage(Resource):
    """``/console/settings/visibility/propose``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Give everybody the clients whom they meet or met, a page after the other.

        Doing it again is harmless: nobody loses a client by it.
        """
        context, cursor, page = context_of(req), None, 0
        while page == 0 or cursor is not None:
            met = context.backend.ask(LIST_MEETINGS, ListMeetings(cursor=cursor))
            if met.items:
                context.backend.ask(
                    FILL_CASELOADS,
                    FillCaseloads(pairs=met.items),
                    idempotency_key=f"{context.form.key()}-{page}",
                )
            cursor, page = met.next_cursor, page + 1
        flash.leave(self.wiring.jar, resp, flash.Flash.CASELOADS_PROPOSED)
        see_other(resp, VISIBILITY.address)
