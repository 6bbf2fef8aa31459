"""A forgotten password: asked for by address, set anew by the address that was mailed.

The first page answers every address alike. Opening the second uses nothing up, so a mail scanner
burns no address; the token goes into this page's own form alone.
"""

from __future__ import annotations

from http import HTTPStatus

import falcon

from gateway.web import flash
from gateway.web.field_errors import told
from gateway.web.request_context import RequestContext, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import read_query
from gateway.web.tokens import link_token_in, sha256
from gateway.words.language import is_known_language
from portal_contracts.errors import Invalid, NotFound, PortalError
from portal_contracts.identity_links.rpc.accounts import LONGEST_TYPED_CODE
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD
from portal_contracts.identity_links.rpc.password_resets import (
    INSPECT_PASSWORD_RESET,
    REQUEST_PASSWORD_RESET,
    RESET_PASSWORD,
    InspectPasswordReset,
    PasswordResetStanding,
    RequestPasswordReset,
    ResetPassword,
)
from portal_contracts.portal_addresses import RESET_PATH
from portal_contracts.text import line

FORGOTTEN_PATH = "/console/sign-in/forgotten"

_FIELD_OF = {"second_step_failed": "code", "second_step_needed": "code", "too_many_tries": "code"}
"""Where on the form it stands what a refusal without fields is about."""


class ForgottenPasswordPage(Resource):
    """``/console/sign-in/forgotten``; ``?sent`` once it was asked for."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The form, or what to do next: the same for every address."""
        self._show(req, resp, sent="sent" in read_query(req).names)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Have the address mailed."""
        context = context_of(req)
        email = line(context.form.text("email"))
        if not email:
            self._show(req, resp, {"email": "email_missing"})
            return
        command = RequestPasswordReset(email=email, address=context.address)
        try:
            context.backend.ask(REQUEST_PASSWORD_RESET, command)
        except Invalid as error:
            self._show(req, resp, told(error.fields, context.form, context.language), email)
            return
        see_other(resp, f"{FORGOTTEN_PATH}?sent=yes")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        errors: dict[str, str] | None = None,
        email: str = "",
        *,
        sent: bool = False,
    ) -> None:
        self.show(
            req,
            resp,
            "console/forgotten_password.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
            errors=errors or {},
            email=email,
            sent=sent,
        )


class NewPasswordPage(Resource):
    """``/p/new-password/<token>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """The form, or that the address works no more."""
        self._show(req, resp, token, _standing(context_of(req), token))

    def on_post(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """Set the password, and have her sign in with it."""
        context = context_of(req)
        form = context.form
        password = form.raw("password")[:LONGEST_PASSWORD]
        code = form.text("code")[:LONGEST_TYPED_CODE]
        standing = _standing(context, token)
        errors = {
            name: error
            for name, error, missing in (
                ("password", "password_missing", not password),
                ("code", "second_step_needed", standing.needs_code and not code),
            )
            if missing
        }
        if errors or not standing.works:
            self._show(req, resp, token, standing, errors)
            return
        command = ResetPassword(
            token_hash=sha256(link_token_in(token)),
            password=password,
            code=code or None,
            address=context.address,
        )
        try:
            context.backend.ask(RESET_PASSWORD, command)
        except NotFound:
            self._show(req, resp, token, PasswordResetStanding(works=False))
            return
        except PortalError as error:
            set_retry_after(resp, error)
            errors = dict(error.fields) or {_FIELD_OF.get(error.code, "password"): error.code}
            self._show(req, resp, token, standing, errors, status_of(error))
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.PASSWORD_SET)
        see_other(resp, "/console/sign-in")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        token: str,
        standing: PasswordResetStanding,
        errors: dict[str, str] | None = None,
        status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
    ) -> None:
        if is_known_language(standing.language) and standing.language:
            context_of(req).language = standing.language
        ended = HTTPStatus.OK if standing.works else HTTPStatus.GONE
        self.show(
            req,
            resp,
            "console/new_password.html",
            status=status if errors else ended,
            standing=standing,
            errors=errors or {},
            action=f"{RESET_PATH}/{link_token_in(token)}",
        )


def _standing(context: RequestContext, token: str) -> PasswordResetStanding:
    command = InspectPasswordReset(token_hash=sha256(link_token_in(token)))
    return context.backend.ask(INSPECT_PASSWORD_RESET, command)
