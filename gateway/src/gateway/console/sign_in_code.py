"""The second page of signing in: a code of the app, or a recovery code."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

import falcon

from gateway.web import flash
from gateway.web.addresses import is_console_page, user_agent
from gateway.web.cookies import Cookie
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.web.tokens import new_secret, sha256
from portal_contracts.errors import NotFound, PortalError
from portal_contracts.identity_links.rpc.accounts import (
    FINISH_SIGN_IN,
    LONGEST_TYPED_CODE,
    FinishSignIn,
)

CODE_PATH = "/console/sign-in/code"


def code_address(to: str) -> str:
    """Where the code is asked for; `to` is where it leads on to, if that is a page of ours."""
    return f"{CODE_PATH}?to={quote(to)}" if is_console_page(to) else CODE_PATH


def goes_on_to(sent: Submitted) -> str:
    """The page of the console that whoever signs in wanted, or its first."""
    path = sent.text("to")
    return path if is_console_page(path) else "/console"


class SignInCodePage(Resource):
    """``/console/sign-in/code``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The form; whoever comes without the cookie of the first page begins there."""
        if self.wiring.jar.read_secret(req, Cookie.CONSOLE_STEP) is None:
            see_other(resp, "/console/sign-in")
            return
        self._show(req, resp, to=read_query(req).text("to"))

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Check the code; only then there is a device."""
        context = context_of(req)
        step = self.wiring.jar.read_secret(req, Cookie.CONSOLE_STEP)
        code = context.form.text("code")[:LONGEST_TYPED_CODE]
        if step is None:
            self._begin_again(resp)
            return
        if not code:
            errors = {"code": "second_step_needed"}
            self._show(req, resp, context.form.text("to"), HTTPStatus.UNPROCESSABLE_ENTITY, errors)
            return
        secret = new_secret()
        browser = self.wiring.jar.read_secret(req, Cookie.CONSOLE_BROWSER) or new_secret()
        command = FinishSignIn(
            step_hash=sha256(step),
            code=code,
            device_hash=sha256(secret),
            browser_hash=sha256(browser),
            user_agent=user_agent(req),
            address=context.address,
        )
        try:
            context.backend.ask(FINISH_SIGN_IN, command)
        except NotFound:
            self._begin_again(resp)
            return
        except PortalError as error:
            set_retry_after(resp, error)
            self._show(req, resp, context.form.text("to"), status_of(error), {"code": error.code})
            return
        jar = self.wiring.jar
        jar.clear(resp, Cookie.CONSOLE_STEP)
        jar.set(resp, Cookie.CONSOLE_DEVICE, secret)
        jar.set(resp, Cookie.CONSOLE_BROWSER, browser)
        see_other(resp, goes_on_to(context.form))

    def _begin_again(self, resp: falcon.Response) -> None:
        self.wiring.jar.clear(resp, Cookie.CONSOLE_STEP)
        flash.leave(self.wiring.jar, resp, flash.Flash.SIGN_IN_ENDED)
        see_other(resp, "/console/sign-in")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        to: str,
        status: HTTPStatus = HTTPStatus.OK,
        errors: dict[str, str] | None = None,
    ) -> None:
        self.show(req, resp, "console/sign_in_code.html", status=status, to=to, errors=errors or {})
