"""A practitioner signs in and out."""

from __future__ import annotations

from http import HTTPStatus

import falcon

from gateway.console.sign_in_code import code_address, goes_on_to
from gateway.web.addresses import user_agent
from gateway.web.cookies import Cookie
from gateway.web.devices import resolve_console_device
from gateway.web.request_context import RequestContext, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import read_query
from gateway.web.tokens import new_secret, sha256
from portal_contracts.errors import PortalError, Unavailable
from portal_contracts.identity_links.rpc.devices import (
    END_DEVICE,
    LONGEST_PASSWORD,
    SIGN_IN,
    EndDevice,
    SignIn,
)
from portal_contracts.text import line


class SignInPage(Resource):
    """``/console/sign-in``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The form; whoever is signed in goes on, to the page in ``to`` if there is one."""
        context = context_of(req)
        if context.console_secret and self._is_signed_in(resp, context, context.console_secret):
            see_other(resp, goes_on_to(read_query(req)))
            return
        self._show(req, resp, email="")

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Check e-mail and password; the device gets a new secret whatever it had.

        The browser keeps the one by which it is known: signing out leaves it.
        """
        context = context_of(req)
        email = line(context.form.text("email"))
        password = context.form.raw("password")[:LONGEST_PASSWORD]
        errors = {
            name: f"{name}_missing"
            for name, value in (("email", email), ("password", password))
            if not value
        }
        if errors:
            self._show(
                req, resp, status=HTTPStatus.UNPROCESSABLE_ENTITY, email=email, errors=errors
            )
            return
        secret, step = new_secret(), new_secret()
        browser = self.wiring.jar.read_secret(req, Cookie.CONSOLE_BROWSER) or new_secret()
        try:
            context.backend.ask(
                SIGN_IN,
                SignIn(
                    email=email,
                    password=password,
                    device_hash=sha256(secret),
                    browser_hash=sha256(browser),
                    user_agent=user_agent(req),
                    address=context.address,
                    step_hash=sha256(step),
                ),
            )
        except PortalError as error:
            if error.code == "second_step_needed":
                self.wiring.jar.set(resp, Cookie.CONSOLE_STEP, step)
                self.wiring.jar.set(resp, Cookie.CONSOLE_BROWSER, browser)
                see_other(resp, code_address(context.form.text("to")))
                return
            self._show_refusal(req, resp, email, error)
            return
        self.wiring.jar.set(resp, Cookie.CONSOLE_DEVICE, secret)
        self.wiring.jar.set(resp, Cookie.CONSOLE_BROWSER, browser)
        see_other(resp, goes_on_to(context.form))

    def _is_signed_in(self, resp: falcon.Response, context: RequestContext, secret: str) -> bool:
        try:
            device = resolve_console_device(context, secret)
        except PortalError:
            # The form is of use without knowing who opens it.
            return False
        if device is None:
            self.wiring.jar.clear(resp, Cookie.CONSOLE_DEVICE)
        return device is not None

    def _show_refusal(
        self, req: falcon.Request, resp: falcon.Response, email: str, error: PortalError
    ) -> None:
        """The form again with what was typed, but for the password."""
        set_retry_after(resp, error)
        self._show(
            req,
            resp,
            status=status_of(error),
            email=email,
            error=None if error.fields else error.code,
            errors=error.fields,
            retry_after=None if isinstance(error, Unavailable) else error.retry_after_seconds,
        )

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        *,
        email: str,
        status: HTTPStatus = HTTPStatus.OK,
        error: str | None = None,
        errors: dict[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.show(
            req,
            resp,
            "console/sign_in.html",
            status=status,
            error=error,
            email=email,
            to=(read_query(req) if req.method == "GET" else context_of(req).form).text("to"),
            errors=errors or {},
            retry_after=retry_after,
        )


class SignOutPage(Resource):
    """``/console/sign-out``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """End the device on the server, then take its cookie away.

        Raises:
            Unavailable: it could not be ended: saying otherwise would be untrue.
        """
        context = context_of(req)
        if context.console_secret is not None:
            context.backend.ask(END_DEVICE, EndDevice(device_hash=sha256(context.console_secret)))
        self.wiring.jar.clear(resp, Cookie.CONSOLE_DEVICE)
        see_other(resp, "/console/sign-in")
