"""The front page, and asking for a new link by e-mail address."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

import falcon

from gateway.web.cookies import Cookie
from gateway.web.devices import resolve_client_device
from gateway.web.request_context import RequestContext, context_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from portal_contracts.errors import Invalid, PortalError
from portal_contracts.identity_links.rpc.entering import REQUEST_LINK, RequestLink
from portal_contracts.text import line

DEFAULT_WAIT_SECONDS: Final = 60
LONGEST_WAIT_SECONDS: Final = 86_400
# Only what can be no address at all is sent back; whether it is known is never told.
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def requested_path(wait_seconds: int) -> str:
    """Where "it is on its way" stands; the same for every address."""
    return f"/link-requests?wait={wait_seconds}"


class FrontPage(Resource):
    """``/``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A field for the e-mail address; whoever is signed in goes home."""
        context = context_of(req)
        if context.client_secret and self._is_signed_in(resp, context, context.client_secret):
            see_other(resp, "/home")
            return
        self.show(req, resp, "portal/front.html", email="", errors={})

    def _is_signed_in(self, resp: falcon.Response, context: RequestContext, secret: str) -> bool:
        try:
            device = resolve_client_device(context, secret)
        except PortalError:
            # This page is of use without knowing who opens it.
            return False
        if device is None:
            self.wiring.jar.clear(resp, Cookie.CLIENT_DEVICE)
        return device is not None


class LinkRequestsPage(Resource):
    """``/link-requests``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """On its way, if we know the address."""
        wait = read_query(req).number("wait") or DEFAULT_WAIT_SECONDS
        self.show(
            req,
            resp,
            "portal/link_requested.html",
            retry_after_seconds=min(wait, LONGEST_WAIT_SECONDS),
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Have a link mailed to whoever has this address."""
        context = context_of(req)
        email = line(context.form.text("email"))
        try:
            _require_address(email)
            requested = context.backend.ask(
                REQUEST_LINK, RequestLink(email=email, address=context.address)
            )
        except Invalid as error:
            self.show(
                req,
                resp,
                "portal/front.html",
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
                email=email,
                errors=error.fields,
            )
            return
        see_other(resp, requested_path(requested.retry_after_seconds))


def _require_address(email: str) -> None:
    """Raises `Invalid` for what can be no address."""
    if not _EMAIL.fullmatch(email):
        code = "email_invalid" if email else "email_missing"
        raise Invalid("invalid_fields", "It is no address.", fields={"email": code})
