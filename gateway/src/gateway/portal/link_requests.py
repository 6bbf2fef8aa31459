"""The front page, and asking for a new link by e-mail address."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from portal_contracts.identity_links.rpc.targets import Target
from portal_contracts.portal_addresses import target_of, target_path
from portal_contracts.text import line

DEFAULT_WAIT_SECONDS: Final = 60
TO_FIELD: Final = "to"
LONGEST_WAIT_SECONDS: Final = 86_400
# Only what can be no address at all is sent back; whether it is known is never told.
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def requested_path(wait_seconds: int, *, by_link: bool = False) -> str:
    """Where "it is on its way" stands; the same for every address, and `by_link` for every link."""
    return f"/link-requests?wait={wait_seconds}" + ("&by=link" if by_link else "")


class FrontPage(Resource):
    """``/``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A field for the e-mail address; whoever is signed in goes on.

        ``to``: the page that was asked for without being signed in. ``ended=1``: the device was
        signed out by itself.
        """
        context, query = context_of(req), read_query(req)
        target = target_of(query.text(TO_FIELD))
        if context.client_secret and self._is_signed_in(resp, context, context.client_secret):
            see_other(resp, target_path(target))
            return
        ended = query.raw("ended") == "1"
        _show_front(self, req, resp, target, ended=ended)

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
        """On its way, if we know the address. ``by=link``: it was asked for by a dead link."""
        query = read_query(req)
        wait = query.number("wait") or DEFAULT_WAIT_SECONDS
        self.show(
            req,
            resp,
            "portal/link_requested.html",
            retry_after_seconds=min(wait, LONGEST_WAIT_SECONDS),
            by_link=query.raw("by") == "link",
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Have a link mailed to whoever has this address."""
        context = context_of(req)
        email = line(context.form.text("email"))
        target = target_of(context.form.text(TO_FIELD))
        try:
            _require_address(email)
            requested = context.backend.ask(
                REQUEST_LINK, RequestLink(email=email, address=context.address, target=target)
            )
        except Invalid as error:
            _show_front(self, req, resp, target, email=email, errors=error.fields)
            return
        see_other(resp, requested_path(requested.retry_after_seconds))


def _show_front(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    target: Target,
    *,
    ended: bool = False,
    email: str = "",
    errors: Mapping[str, str] | None = None,
) -> None:
    """The field for the address, and what lies behind the page that was asked for.

    No more is said than what kind of thing it is: its address tells that, whether there is
    such a thing or not.
    """
    about = None if target == Target() else target.kind
    resource.show(
        req,
        resp,
        "portal/front.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        about=about,
        to=target_path(target) if about else "",
        ended=ended,
        email=email,
        errors=errors or {},
    )


def _require_address(email: str) -> None:
    """Raises `Invalid` for what can be no address."""
    if not _EMAIL.fullmatch(email):
        code = "email_invalid" if email else "email_missing"
        raise Invalid("invalid_fields", "It is no address.", fields={"email": code})
