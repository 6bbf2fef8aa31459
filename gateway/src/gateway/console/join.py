"""Whoever was invited accepts: ``/p/join/<token>`` makes the account and signs in.

Opening the page uses nothing up, so a mail scanner burns no invitation. The token goes into this
page's own form alone.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import falcon

from gateway.web.addresses import user_agent
from gateway.web.cookies import Cookie
from gateway.web.request_context import RequestContext, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.tokens import derived_secret, invitation_token_in, new_secret, sha256
from gateway.words.language import LANGUAGES, is_known_language
from portal_contracts.errors import Conflict, PortalError
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD
from portal_contracts.identity_links.rpc.invitations import (
    ACCEPT_INVITATION,
    INSPECT_INVITATION,
    AcceptInvitation,
    InspectInvitation,
    InvitationStanding,
    InvitationState,
)

ORDER: Final = ("name", "language", "password")


class JoinPage(Resource):
    """``/p/join/<token>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """The form, or why there is none."""
        context = context_of(req)
        standing = _standing(context, token)
        if is_known_language(standing.language):
            context.language = standing.language
        if not _is_open(standing):
            self._show_over(req, resp, standing)
            return
        said = {"name": standing.name, "language": standing.language}
        self._show(req, resp, token, standing, said)

    def on_post(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """Make the account; a refusal or a failure keeps what was typed, but for the password."""
        context = context_of(req)
        form = context.form
        if is_known_language(form.text("language")):
            context.language = form.text("language")
        secret = _device_secret(context, token)
        browser = self.wiring.jar.read_secret(req, Cookie.CONSOLE_BROWSER) or new_secret()
        command = AcceptInvitation(
            token_hash=sha256(invitation_token_in(token)),
            name=form.text("name"),
            language=form.text("language"),
            password=form.raw("password")[:LONGEST_PASSWORD],
            device_hash=sha256(secret),
            browser_hash=sha256(browser),
            user_agent=user_agent(req),
            address=context.address,
        )
        try:
            context.backend.ask(ACCEPT_INVITATION, command)
        except Conflict:
            self._show_over(req, resp, _standing(context, token))
            return
        except PortalError as error:
            set_retry_after(resp, error)
            said = {name: form.text(name) for name in ("name", "language")}
            self._show(req, resp, token, _standing(context, token), said, error)
            return
        self.wiring.jar.set(resp, Cookie.CONSOLE_DEVICE, secret)
        self.wiring.jar.set(resp, Cookie.CONSOLE_BROWSER, browser)
        # The next device must not be derived from the same cookie.
        self.wiring.jar.set(resp, Cookie.CSRF, new_secret())
        see_other(resp, "/console")

    def _show_over(
        self, req: falcon.Request, resp: falcon.Response, standing: InvitationStanding
    ) -> None:
        context_of(req).practice = standing.practice
        unknown = standing.state is InvitationState.UNKNOWN
        self.show(
            req,
            resp,
            "console/join_over.html",
            status=HTTPStatus.NOT_FOUND if unknown else HTTPStatus.GONE,
            standing=standing,
        )

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        token: str,
        standing: InvitationStanding,
        said: dict[str, str],
        error: PortalError | None = None,
    ) -> None:
        context_of(req).practice = standing.practice
        self.show(
            req,
            resp,
            "console/join.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=error.code if error and not error.fields else None,
            errors=dict(error.fields) if error else {},
            standing=standing,
            said=said,
            order=ORDER,
            languages=LANGUAGES,
            action=f"/p/join/{invitation_token_in(token)}",
        )


def _is_open(standing: InvitationStanding) -> bool:
    return standing.state is InvitationState.OPEN and not standing.taken


def _standing(context: RequestContext, token: str) -> InvitationStanding:
    command = InspectInvitation(token_hash=sha256(invitation_token_in(token)))
    return context.backend.ask(INSPECT_INVITATION, command)


def _device_secret(context: RequestContext, token: str) -> str:
    """The secret of the device: the same for a form that arrives twice."""
    if context.csrf_secret is None:
        return new_secret()
    return derived_secret(context.csrf_secret, f"join:{sha256(token)}")
