"""The first run: ``/setup/<token>`` makes the practice and its owner, who is signed in by it.

The page looks the same to everybody without a good address, whether there is a practice or
not. The token goes into this page's own form alone.
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
from gateway.web.tokens import derived_secret, new_secret, sha256
from gateway.words.countries import countries_by_name, country_from_header
from gateway.words.language import LANGUAGES, is_known_language
from portal_contracts.errors import Conflict, PortalError
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD
from portal_contracts.identity_links.rpc.setup import (
    LOOK_AT_SETUP,
    SET_UP,
    LookAtSetup,
    SetUp,
    SetupState,
)
from portal_contracts.zones import known_zone, zones_to_choose

FIELDS: Final = ("practice_name", "timezone", "country", "language", "name", "email")
"""What is typed and shown again; a password is not."""
ORDER: Final = (*FIELDS, "password")
_GONE: Final = (SetupState.EXPIRED, SetupState.USED)


class SetupPage(Resource):
    """``/setup/<token>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """The form, which uses nothing up: whoever only looks changes nothing."""
        context = context_of(req)
        state = self._state(context, token)
        if state is not SetupState.LIVE:
            self._show_dead(req, resp, state)
            return
        fields = dict.fromkeys(FIELDS, "")
        fields["language"] = context.language
        fields["country"] = country_from_header(req.get_header("Accept-Language"))
        self._show(req, resp, fields)

    def on_post(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """Make practice and owner; a refusal or a failure keeps what was typed."""
        context = context_of(req)
        if is_known_language(context.form.text("language")):
            context.language = context.form.text("language")
        secret = _device_secret(context, token)
        browser = self.wiring.jar.read_secret(req, Cookie.CONSOLE_BROWSER) or new_secret()
        try:
            context.backend.ask(SET_UP, _command(req, token, secret, browser))
        except Conflict:
            self._show_dead(req, resp, self._state(context, token))
            return
        except PortalError as error:
            set_retry_after(resp, error)
            self._show(req, resp, _typed(context), error)
            return
        self.wiring.jar.set(resp, Cookie.CONSOLE_DEVICE, secret)
        self.wiring.jar.set(resp, Cookie.CONSOLE_BROWSER, browser)
        # The next device must not be derived from the same cookie.
        self.wiring.jar.set(resp, Cookie.CSRF, new_secret())
        see_other(resp, "/console/start")

    def _state(self, context: RequestContext, token: str) -> SetupState:
        command = LookAtSetup(token_hash=sha256(token), address=context.address)
        return context.backend.ask(LOOK_AT_SETUP, command).state

    def _show_dead(self, req: falcon.Request, resp: falcon.Response, state: SetupState) -> None:
        status = HTTPStatus.GONE if state in _GONE else HTTPStatus.NOT_FOUND
        self.show(req, resp, "console/setup_dead.html", status=status, state=state)

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        fields: dict[str, str],
        error: PortalError | None = None,
    ) -> None:
        self.show(
            req,
            resp,
            "console/setup.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=error.code if error and not error.fields else None,
            errors=dict(error.fields) if error else {},
            fields=fields,
            order=ORDER,
            timezones=zones_to_choose(),
            languages=LANGUAGES,
            countries=countries_by_name(context_of(req).language),
        )


def _typed(context: RequestContext) -> dict[str, str]:
    fields = context.form.values(dict.fromkeys(FIELDS, ""))
    # An alias that a script has chosen stands in the list by the zone it means.
    return fields | {"timezone": known_zone(fields["timezone"]) or ""}


def _command(req: falcon.Request, token: str, secret: str, browser: str) -> SetUp:
    context = context_of(req)
    return SetUp(
        token_hash=sha256(token),
        password=context.form.raw("password")[:LONGEST_PASSWORD],
        device_hash=sha256(secret),
        browser_hash=sha256(browser),
        user_agent=user_agent(req),
        address=context.address,
        **context.form.values(dict.fromkeys(FIELDS, "")),
    )


def _device_secret(context: RequestContext, token: str) -> str:
    """The secret of the device: the same for a form that arrives twice."""
    if context.csrf_secret is None:
        return new_secret()
    return derived_secret(context.csrf_secret, f"setup:{sha256(token)}")
