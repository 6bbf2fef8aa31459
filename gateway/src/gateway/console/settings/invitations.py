"""*Settings, Team*: inviting somebody, sending an invitation again, withdrawing it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import falcon

from gateway.console.settings.sections import TEAM, SectionPage
from gateway.console.settings.team_fields import chosen_works_for, role_of
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted
from gateway.words.extraction import _
from gateway.words.language import LANGUAGES
from portal_contracts.actor import Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import PortalError
from portal_contracts.identity_links.rpc.invitations import (
    GET_INVITATION,
    INVITE_PRACTITIONER,
    RESEND_INVITATION,
    WITHDRAW_INVITATION,
    InvitePractitioner,
    NameInvitation,
)
from portal_contracts.identity_links.rpc.team import LIST_TEAM

WITHDRAW_TITLE = _("Withdraw the invitation of %(name)s?")
WITHDRAW_TEXT = _("The address in the e-mail works no more. You can invite again at any time.")
WITHDRAW_LABEL = _("Withdraw invitation")


class InvitePage(SectionPage):
    """``/console/settings/team/invite``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """An empty form."""
        practice = practitioner_of(req).practice
        said = {
            "name": "",
            "email": "",
            "language": practice.language,
            "role": str(Role.PRACTITIONER),
            "all": True,
            "works_for": [],
        }
        self._show(req, resp, said)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Have the invitation mailed; a refusal or a failure keeps what was typed."""
        context = context_of(req)
        form = context.form
        try:
            command = InvitePractitioner(
                name=form.text("name"),
                email=form.text("email"),
                language=form.text("language"),
                role=role_of(form),
                works_for=chosen_works_for(form),
            )
            context.backend.ask(INVITE_PRACTITIONER, command, idempotency_key=form.key())
        except PortalError as error:
            self._show(req, resp, _typed(form), error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.INVITATION_SENT)
        see_other(resp, TEAM.address)

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        said: dict[str, Any],
        error: PortalError | None = None,
    ) -> None:
        if error is not None:
            set_retry_after(resp, error)
        team = context_of(req).backend.part(LIST_TEAM, Nothing()).get()
        self.show(
            req,
            resp,
            "console/settings/invite.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=error.code if error and not error.fields else None,
            errors=dict(error.fields) if error else {},
            device=practitioner_of(req),
            said=said,
            roles=[str(one) for one in Role],
            languages=LANGUAGES,
            colleagues=[one for one in team.items if one.role is not Role.ASSISTANT]
            if team
            else [],
        )


class ResendInvitationPage(SectionPage):
    """``/console/settings/team/invitations/<invitation_id>/resend``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, invitation_id: UUID) -> None:
        """Mail it again, by another address."""
        context = context_of(req)
        command = NameInvitation(invitation_id=invitation_id)
        context.backend.ask(RESEND_INVITATION, command, idempotency_key=context.form.key())
        flash.leave(self.wiring.jar, resp, flash.Flash.INVITATION_SENT)
        see_other(resp, TEAM.address)


class WithdrawInvitationPage(SectionPage):
    """``/console/settings/team/invitations/<invitation_id>/withdraw``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, invitation_id: UUID) -> None:
        """Ask, and say what follows."""
        context = context_of(req)
        named = NameInvitation(invitation_id=invitation_id)
        name = context.backend.ask(GET_INVITATION, named).name
        sentence = self.wiring.screens.sentence
        self.show(
            req,
            resp,
            "console/confirm.html",
            device=practitioner_of(req),
            title=sentence(context.language, WITHDRAW_TITLE) % {"name": name},
            text=sentence(context.language, WITHDRAW_TEXT),
            button=sentence(context.language, WITHDRAW_LABEL),
            action=req.path,
            cancel=TEAM.address,
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response, invitation_id: UUID) -> None:
        """Withdraw it."""
        context = context_of(req)
        command = NameInvitation(invitation_id=invitation_id)
        context.backend.ask(WITHDRAW_INVITATION, command, idempotency_key=context.form.key())
        flash.leave(self.wiring.jar, resp, flash.Flash.INVITATION_WITHDRAWN)
        see_other(resp, TEAM.address)


def _typed(form: Submitted) -> dict[str, Any]:
    return {
        "name": form.text("name"),
        "email": form.text("email"),
        "language": form.text("language"),
        "role": form.text("role"),
        "all": form.text("works_for_all") != "no",
        "works_for": form.every("works_for"),
    }
