"""Entering the portal by a link: ``/p/<token>``.

A person's click enters at once; whatever else looks at the address (a mail
scanner, a preview, a HEAD, a browser that does not say what it does) changes
nothing and gets a page with one button. The token goes nowhere but into this
page's own form: not into a redirect, a log, or another address.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import falcon
import msgspec

from gateway.portal.link_requests import DEFAULT_WAIT_SECONDS, requested_path
from gateway.portal.second_check import (
    browser_hash,
    show_check,
    show_question,
    typed_code,
    typed_date,
)
from gateway.web.addresses import is_person_navigating, user_agent
from gateway.web.cookies import Cookie
from gateway.web.request_context import RequestContext, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.tokens import derived_secret, is_link_token, link_token_in, new_secret, sha256
from gateway.words.language import is_known_language
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.rpc.entering import (
    INSPECT_LINK,
    REDEEM_LINK,
    RENEW_LINK,
    Entry,
    EntryOutcome,
    InspectLink,
    LinkStanding,
    RedeemLink,
    RenewLink,
)
from portal_contracts.identity_links.rpc.entry_codes import SEND_ENTRY_CODE, SendEntryCode
from portal_contracts.identity_links.rpc.targets import LinkState
from portal_contracts.portal_addresses import target_path

UNKNOWN: Final = LinkStanding(state=LinkState.UNKNOWN)


class EntryPage(Resource):
    """``/p/<token>``, and whatever a mail program took for the end of that address."""

    def on_head(
        self, req: falcon.Request, resp: falcon.Response, token: str, tail: str = ""
    ) -> None:
        """Look only, as a scanner does."""
        self._look(req, resp, link_token_in(token))

    def on_get(
        self, req: falcon.Request, resp: falcon.Response, token: str, tail: str = ""
    ) -> None:
        """Enter, if a person navigates here; otherwise look only."""
        if is_person_navigating(req):
            self._enter(req, resp, link_token_in(token), pressed=False)
        else:
            self._look(req, resp, link_token_in(token))

    def on_post(
        self, req: falcon.Request, resp: falcon.Response, token: str, tail: str = ""
    ) -> None:
        """Enter: the button was pressed, the question answered."""
        self._enter(req, resp, link_token_in(token), pressed=True)

    def _look(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        context = context_of(req)
        standing = UNKNOWN
        if is_link_token(token):
            standing = context.backend.ask(INSPECT_LINK, InspectLink(token_hash=sha256(token)))
        _use_brand_and_language(context, standing)
        if standing.state is LinkState.LIVE:
            show_question(self, req, resp, "button", token, standing)
        else:
            _show_dead_link(self, req, resp, token, standing)

    def _enter(
        self, req: falcon.Request, resp: falcon.Response, token: str, *, pressed: bool
    ) -> None:
        context = context_of(req)
        if not is_link_token(token):
            _show_dead_link(self, req, resp, token, UNKNOWN)
            return
        date_of_birth, date_error = typed_date(context.form)
        code, code_error = typed_code(context.form)
        secret = _device_secret(context, token, pressed=pressed)
        redeem = RedeemLink(
            token_hash=sha256(token),
            device_hash=sha256(secret),
            current_device_hash=sha256(context.client_secret) if context.client_secret else None,
            user_agent=user_agent(req),
            address=context.address,
            pressed=pressed,
            switch=context.form.raw("switch") == "1",
            date_of_birth=date_of_birth,
            code=code,
            browser_hash=browser_hash(context, token),
        )
        try:
            entry = context.backend.ask(REDEEM_LINK, redeem)
        except Conflict:
            # The device that this button once made has ended: make another.
            secret = new_secret()
            redeem_anew = msgspec.structs.replace(redeem, device_hash=sha256(secret))
            entry = context.backend.ask(REDEEM_LINK, redeem_anew)
        if entry.outcome is EntryOutcome.ENTERED:
            self._sign_in(resp, secret)
        _respond(self, req, resp, token, entry, error=date_error or code_error)

    def _sign_in(self, resp: falcon.Response, secret: str) -> None:
        jar = self.wiring.jar
        jar.set(resp, Cookie.CLIENT_DEVICE, secret)
        # The next device must not be derived from the same cookie.
        jar.set(resp, Cookie.CSRF, new_secret())


class CodePage(Resource):
    """``/p/<token>/code``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """Have the code mailed that this browser needs."""
        context = context_of(req)
        browser = browser_hash(context, token)
        if not is_link_token(token) or browser is None:
            _show_dead_link(self, req, resp, token, UNKNOWN)
            return
        send = SendEntryCode(
            token_hash=sha256(token), browser_hash=browser, address=context.address
        )
        entry = context.backend.ask(SEND_ENTRY_CODE, send)
        _respond(self, req, resp, token, entry, error=None)


class RenewPage(Resource):
    """``/p/<token>/renew``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, token: str) -> None:
        """Have a new link mailed; one answer for every token."""
        context = context_of(req)
        wait = DEFAULT_WAIT_SECONDS
        if is_link_token(token):
            arguments = RenewLink(token_hash=sha256(token), address=context.address)
            wait = context.backend.ask(RENEW_LINK, arguments).retry_after_seconds
        see_other(resp, requested_path(wait, by_link=True))


def _device_secret(context: RequestContext, token: str, *, pressed: bool) -> str:
    """The secret of the device that may come of this.

    A pressed button can arrive twice. Both times make the same secret, so
    that a link for one use is not spent by one half of a double click while
    the browser shows the other.
    """
    if pressed and context.csrf_secret is not None:
        return derived_secret(context.csrf_secret, f"device:{sha256(token)}")
    return new_secret()


def _respond(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    token: str,
    entry: Entry,
    *,
    error: str | None,
) -> None:
    """Go on to what the link opens, or to the page that says what stands in the way."""
    standing = entry.standing
    _use_brand_and_language(context_of(req), standing)
    match entry.outcome:
        case EntryOutcome.ENTERED | EntryOutcome.ALREADY_IN:
            see_other(resp, target_path(standing.target))
        case EntryOutcome.NEEDS_BUTTON:
            show_question(resource, req, resp, "button", token, standing)
        case EntryOutcome.OTHER_CLIENT:
            other = entry.other_first_name or ""
            show_question(
                resource, req, resp, "other_client", token, standing, other_first_name=other
            )
        case EntryOutcome.DEAD:
            _show_dead_link(resource, req, resp, token, standing)
        case _:
            show_check(resource, req, resp, token, entry, error=error)


def _show_dead_link(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    token: str,
    standing: LinkStanding,
) -> None:
    if standing.state is LinkState.UNKNOWN:
        resource.show(
            req,
            resp,
            "portal/link_unknown.html",
            status=HTTPStatus.NOT_FOUND,
            email="",
            errors={},
        )
        return
    resource.show(
        req,
        resp,
        "portal/link_dead.html",
        status=HTTPStatus.GONE,
        standing=standing,
        renew_action=f"/p/{token}/renew",
    )


def _use_brand_and_language(context: RequestContext, standing: LinkStanding) -> None:
    context.practice = standing.practice
    if is_known_language(standing.language):
        context.language = str(standing.language)
