"""*Settings, Whose clients*: whether everyone sees all clients, or each the own ones."""

from __future__ import annotations

import falcon

from gateway.console.settings.sections import VISIBILITY, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from portal_contracts.calls import Nothing
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.caseload import (
    FILL_CASELOADS,
    READ_VISIBILITY,
    SET_VISIBILITY,
    ClientVisibility,
    FillCaseloads,
    SetVisibility,
)
from portal_contracts.scheduling.rpc.calendar import LIST_MEETINGS, ListMeetings


class VisibilityPage(SectionPage):
    """``/console/settings/visibility``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What is set, and what own clients mean for whom, in numbers."""
        self.show(
            req,
            resp,
            "console/settings/visibility.html",
            device=practitioner_of(req),
            found=context_of(req).backend.ask(READ_VISIBILITY, Nothing()),
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Choose.

        Raises:
            Invalid: that is none of the two.
        """
        context = context_of(req)
        chosen = context.form.text("visibility")
        if chosen not in set(ClientVisibility):
            raise Invalid("invalid_input", "There are two to choose from.")
        command = SetVisibility(visibility=ClientVisibility(chosen))
        context.backend.ask(SET_VISIBILITY, command, idempotency_key=context.form.key())
        flash.leave(self.wiring.jar, resp, flash.Flash.VISIBILITY_CHANGED)
        see_other(resp, VISIBILITY.address)


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
