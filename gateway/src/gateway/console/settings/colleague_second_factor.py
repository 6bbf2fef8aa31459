"""An owner takes a lost second factor away from a colleague."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.settings.sections import TEAM, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from portal_contracts.errors import Conflict, NotFound, PortalError, Unavailable
from portal_contracts.identity_links.rpc.accounts import (
    LONGEST_TYPED_CODE,
    RESET_SECOND_FACTOR,
    ResetSecondFactor,
)
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD
from portal_contracts.identity_links.rpc.team import GET_TEAM_MEMBER, GetTeamMember


class ResetColleaguePage(SectionPage):
    """``/console/settings/team/<practitioner_id>/second-factor``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, practitioner_id: UUID) -> None:
        """Ask, and say what follows."""
        self._ask(req, resp, practitioner_id)

    def on_post(self, req: falcon.Request, resp: falcon.Response, practitioner_id: UUID) -> None:
        """Take it away; whoever had lost it signs in with the password, and sets it up anew."""
        form = context_of(req).form
        command = ResetSecondFactor(
            practitioner_id=practitioner_id,
            password=form.raw("password")[:LONGEST_PASSWORD] or None,
            code=form.text("code")[:LONGEST_TYPED_CODE] or None,
        )
        try:
            context_of(req).backend.ask(RESET_SECOND_FACTOR, command)
        except Conflict:
            # It was taken away meanwhile.
            see_other(resp, f"{TEAM.address}/{practitioner_id}")
            return
        except PortalError as error:
            if isinstance(error, NotFound) or (
                isinstance(error, Unavailable) and error.code != "sign_in_busy"
            ):
                raise
            self._ask(req, resp, practitioner_id, error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SECOND_FACTOR_RESET)
        see_other(resp, f"{TEAM.address}/{practitioner_id}")

    def _ask(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        practitioner_id: UUID,
        error: PortalError | None = None,
    ) -> None:
        command = GetTeamMember(practitioner_id=practitioner_id)
        member = context_of(req).backend.ask(GET_TEAM_MEMBER, command)
        if error is not None:
            set_retry_after(resp, error)
        self.show(
            req,
            resp,
            "console/settings/second_factor_reset.html",
            status=status_of(error) if error else HTTPStatus.OK,
            device=practitioner_of(req),
            member=member,
            errors={"password": error.code} if error else {},
        )
