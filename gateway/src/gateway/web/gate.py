"""The gate before every page: may this request come in at all?

There are two doors, and a route is behind one of them. A page is asked for
by a browser: a POST must prove that it comes from a page of ours, a page of a
client or of a practitioner is shown only to a device that is signed in as
one, and a page that needs a permission only to a role that has it. The API is
asked by a program with a bearer, which no page looks at, as the API looks at
no cookie. Whether the thing asked for belongs to whoever asks is decided by the
service that owns it. Each refusal here is written to the access log by the route's pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import falcon

from gateway.web import csrf, devices
from gateway.web.cookies import Cookie
from gateway.web.limits import too_many_pages
from gateway.web.refusals import record_refusal
from gateway.web.request_context import RequestContext, context_of
from gateway.web.resource import Wiring
from gateway.web.routing import Door, Owner, Route, UndeclaredRoute
from gateway.web.submitted import CSRF_FIELD, PERSON_FIELD, read_form
from gateway.web.tokens import filled_in_by
from gateway.words.language import is_known_language
from portal_contracts.errors import Forbidden
from portal_contracts.permissions import has_permission


class NotSignedIn(Exception):
    """The page is for someone who is signed in, and nobody is.

    Args:
        owner: whose page it is.
        ended: the browser came with a cookie, whose device has ended.
    """

    def __init__(self, owner: Owner, *, ended: bool) -> None:
        super().__init__(f"not signed in as {owner}")
        self.owner = owner
        self.ended = ended


class SecondFactorFirst(Exception):
    """A practitioner has to set up the second factor that the practice wants, before all else."""


class Gate:
    """Middleware that lets a request in, or refuses it.

    Args:
        wiring: the collaborators.
        routes: every route there is, with its owner.
        admit_bearer: the door of the API, which lets a request in by its bearer.
    """

    def __init__(
        self,
        wiring: Wiring,
        routes: Iterable[Route],
        admit_bearer: Callable[[falcon.Request, Route], None],
    ) -> None:
        self._wiring = wiring
        self._admit_bearer = admit_bearer
        self._origin = wiring.settings.public_url
        self._routes = {route.pattern: route for route in routes}

    def process_resource(
        self, req: falcon.Request, resp: falcon.Response, resource: Any, params: dict[str, Any]
    ) -> None:
        """Check the request before its resource sees it.

        Raises:
            UndeclaredRoute: nobody said whose page this is.
            Forbidden: the POST is not from a page of ours, or was filled in by somebody
                else, the role may not, or it is too much.
            ApiRefusal: the bearer is none, or does not allow it.
            NotSignedIn: nobody is signed in where somebody must be.
            SecondFactorFirst: something else has to be done before.
            Unavailable: it cannot be known now who asks.
        """
        route = self._routes.get(req.uri_template or "")
        if route is None:
            raise UndeclaredRoute(str(req.uri_template))
        context = context_of(req)
        context.shown_path = route.shown_path(req.path)
        context.carries_token = route.carries_token
        if context.break_seconds:
            self._keep_what_was_typed(req, context, route)
            raise too_many_pages(context.break_seconds)
        if req.method not in route.methods:
            return
        if route.door is Door.API:
            self._admit_bearer(req, route)
            return
        if req.method not in ("GET", "HEAD"):
            self._check_post(req, context, route)
        if route.owner is Owner.CLIENT:
            self._admit_client(req, resp, context, route)
        elif route.owner is Owner.PRACTITIONER:
            self._admit_practitioner(req, resp, context, route)

    def _keep_what_was_typed(
        self, req: falcon.Request, context: RequestContext, route: Route
    ) -> None:
        is_form = req.method == "POST" and route.door is Door.PAGE
        # What another site has sent is nothing that a page of ours offers to send again.
        if is_form and csrf.is_same_origin(req, self._origin):
            context.form = read_form(
                req, self._wiring.settings.body_limit_bytes, files=route.resource.takes_files
            )

    def _check_post(self, req: falcon.Request, context: RequestContext, route: Route) -> None:
        if not csrf.is_same_origin(req, self._origin):
            record_refusal(req, "other_origin")
            raise Forbidden("csrf_failed", "The request does not come from a page of ours.")
        context.form = read_form(
            req, self._wiring.settings.body_limit_bytes, files=route.resource.takes_files
        )
        if not csrf.token_matches(context.form.raw(CSRF_FIELD), context.csrf_keys):
            record_refusal(req, "csrf_failed")
            raise Forbidden("form_expired", "The form's token is missing or not of this browser.")

    def _check_person(self, req: falcon.Request, context: RequestContext) -> None:
        """A form that was kept while its person was signed out is nobody else's to send."""
        person = context.form.raw(PERSON_FIELD)
        if person and person != filled_in_by(context.backend.actor):
            record_refusal(req, "form_of_another")
            raise Forbidden("form_of_another", "The form was filled in by somebody else.")

    def _admit_client(
        self, req: falcon.Request, resp: falcon.Response, context: RequestContext, route: Route
    ) -> None:
        secret = context.client_secret
        named = route.resource.names_practitioners and req.method in ("GET", "HEAD")
        device = (
            devices.resolve_client_device(context, secret, with_practitioners=named)
            if secret
            else None
        )
        if device is None:
            context.client_secret = None
            self._turn_away(req, resp, Owner.CLIENT, Cookie.CLIENT_DEVICE, ended=bool(secret))
            return
        context.client = device
        context.backend.actor = device.actor
        context.practice = device.practice
        self._check_person(req, context)
        if is_known_language(device.client.language):
            context.language = device.client.language

    def _admit_practitioner(
        self, req: falcon.Request, resp: falcon.Response, context: RequestContext, route: Route
    ) -> None:
        secret = context.console_secret
        device = devices.resolve_console_device(context, secret) if secret else None
        if device is None:
            context.console_secret = None
            self._turn_away(
                req, resp, Owner.PRACTITIONER, Cookie.CONSOLE_DEVICE, ended=bool(secret)
            )
            return
        context.practitioner = device
        context.backend.actor = device.actor
        context.practice = device.practice
        if is_known_language(device.language):
            context.language = device.language
        if device.must_set_up and not route.before_second_factor:
            raise SecondFactorFirst
        self._check_person(req, context)
        needed = route.permission_for(req.method)
        if needed is not None and not has_permission(device.actor, needed):
            record_refusal(req, "not_allowed")
            raise Forbidden("not_allowed", f"This needs the permission {needed}.")

    def _turn_away(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        owner: Owner,
        cookie: Cookie,
        *,
        ended: bool,
    ) -> None:
        if ended:
            # It was counted by identity-links, when it was asked about it.
            self._wiring.jar.clear(resp, cookie)
        else:
            record_refusal(req, "not_signed_in")
        raise NotSignedIn(owner, ended=ended)
