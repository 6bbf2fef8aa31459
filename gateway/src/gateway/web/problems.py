"""Refusals and failures as people and programs see them.

A person gets a page in their language, a program an RFC 9457 problem document.
Neither ever sees a traceback, and nothing here tells an unknown thing from
somebody else's.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import falcon
import msgspec
import structlog

from gateway.web import flash
from gateway.web.addresses import is_console_page, is_in_console
from gateway.web.gate import NotSignedIn, SecondFactorFirst
from gateway.web.problem_document import PROBLEM_TYPE, Problem, first_fields
from gateway.web.request_context import RequestContext, context_of
from gateway.web.resource import Wiring, is_partial, lead_to, own_address, see_other
from gateway.web.routing import Owner, is_file, is_of_api
from gateway.web.statuses import set_retry_after, status_of
from gateway.words.extraction import _
from gateway.words.problems import TELLS_FIELDS, problem_title, problem_type
from portal_chassis.logging import origin
from portal_contracts.errors import PortalError
from portal_contracts.identity_links.rpc.targets import Target
from portal_contracts.portal_addresses import (
    SECOND_FACTOR_PATH,
    target_of,
    target_path,
    without_end,
)

log = structlog.get_logger(__name__)

_HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "wrong_type",
}


# A form that came from a page of ours, and cannot be taken as things stand: title and text.
_SEND_AGAIN_TEXTS = {
    "too_many_requests": (
        _("A short break, please"),
        _(
            "That was a lot in a short time. What you entered is kept. "
            "Please wait a few seconds, then try again."
        ),
    ),
    "form_expired": (
        _("Please send this once more"),
        _("The page was open for too long, or you signed in meanwhile. What you entered is kept."),
    ),
    "not_signed_in": (
        _("You were signed out"),
        _("Sign in again in a new tab, then come back here. What you entered is kept."),
    ),
    "device_ended": (
        _("You were signed out"),
        _(
            "Open the link from your e-mail once more, in a new tab. "
            "Then come back here and try again: what you entered is kept."
        ),
    ),
    "form_of_another": (
        _("Somebody else is signed in now"),
        _(
            "What was entered here is kept on this page, and saved under nobody else’s name. "
            "Whoever entered it signs in again in a new tab, then tries again here."
        ),
    ),
}


class ProblemHandlers:
    """The error handlers of the application.

    Args:
        wiring: the collaborators.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    def add_to(self, app: falcon.App[Any, Any]) -> None:
        """Make them the app's handlers."""
        app.add_error_handler(Exception, self.on_failure)
        app.add_error_handler(falcon.HTTPError, self.on_http_error)
        app.add_error_handler(PortalError, self.on_refusal)
        app.add_error_handler(NotSignedIn, self.on_not_signed_in)
        app.add_error_handler(SecondFactorFirst, self.on_second_factor_first)

    def on_refusal(
        self, req: falcon.Request, resp: falcon.Response, error: Any, params: dict[str, Any]
    ) -> None:
        """A service, or the gate, refused."""
        set_retry_after(resp, error)
        self._respond(req, resp, status_of(error), error.code, error.fields)

    def on_http_error(
        self, req: falcon.Request, resp: falcon.Response, error: Any, params: dict[str, Any]
    ) -> None:
        """HTTP itself is used wrongly: an unknown address, a body too large.

        A page's address that is followed by something leads to where it ends.
        """
        may_be_page = not is_of_api(req.path) and not is_file(req.path)
        meant = without_end(req.path) if may_be_page and req.method in ("GET", "HEAD") else None
        if meant is not None and error.status_code == HTTPStatus.NOT_FOUND:
            see_other(resp, meant)
            return
        for name, value in dict(error.headers or {}).items():
            resp.set_header(name, value)
        status = HTTPStatus(error.status_code)
        self._respond(req, resp, status, _HTTP_CODES.get(status.value, "bad_request"), {})

    def on_api_refusal(
        self, req: falcon.Request, resp: falcon.Response, error: Any, params: dict[str, Any]
    ) -> None:
        """The API refused before a service was asked."""
        for name, value in error.headers.items():
            resp.set_header(name, value)
        self._respond(req, resp, error.status, error.code, error.fields)

    def on_failure(
        self, req: falcon.Request, resp: falcon.Response, error: Any, params: dict[str, Any]
    ) -> None:
        """Something is broken: logged by where it arose, never by what it says."""
        log.error("request_failed", error=type(error).__name__, where=origin(error))
        self._respond(req, resp, HTTPStatus.INTERNAL_SERVER_ERROR, "failed", {})

    def on_not_signed_in(
        self, req: falcon.Request, resp: falcon.Response, error: Any, params: dict[str, Any]
    ) -> None:
        """Send a person to where they can sign in, keeping what was typed; tell a program."""
        if req.method == "POST" or not _wants_page(req):
            of_client = error.owner is Owner.CLIENT
            code = "device_ended" if of_client and _wants_page(req) else "not_signed_in"
            self._respond(req, resp, HTTPStatus.UNAUTHORIZED, code, {})
            return
        # What a page asks for within itself is no page to go on to.
        path = _sign_in_path(error, "" if is_partial(req) else req.path)
        if error.owner is Owner.PRACTITIONER and error.ended:
            flash.leave(self._wiring.jar, resp, flash.Flash.SESSION_ENDED)
        lead_to(req, resp, path)

    def on_second_factor_first(
        self, req: falcon.Request, resp: falcon.Response, error: Any, params: dict[str, Any]
    ) -> None:
        """Lead a person to where it is set up; tell a program, and whoever has sent something."""
        if req.method == "POST" or not _wants_page(req):
            self._respond(req, resp, HTTPStatus.FORBIDDEN, "second_factor_needed", {})
        else:
            lead_to(req, resp, SECOND_FACTOR_PATH)

    def _respond(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        status: HTTPStatus,
        code: str,
        fields: dict[str, str],
    ) -> None:
        resp.data = resp.text = resp.media = resp.stream = None
        resp.status = status
        if not _wants_page(req):
            self._send_problem_document(req, resp, status, code, fields)
        elif is_partial(req):
            # An error page has no place inside another page: open it as a page of its own.
            resp.set_header("HX-Redirect", own_address(req))
        else:
            self._show_error_page(req, resp, status, code)

    def _send_problem_document(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        status: HTTPStatus,
        code: str,
        fields: dict[str, str],
    ) -> None:
        context, screens = context_of(req), self._wiring.screens
        problem = Problem(
            type=problem_type(self._wiring.settings.public_url, code),
            title=screens.sentence(context.language, problem_title(code, status.value)),
            status=status.value,
            code=code,
            detail=self._detail(req, context.language, status, code, fields),
            request_id=context.request_id,
            fields=first_fields(fields),
        )
        resp.content_type = PROBLEM_TYPE
        resp.set_header("Content-Language", context.language)
        resp.data = msgspec.json.encode(problem)

    def _detail(
        self,
        req: falcon.Request,
        language: str,
        status: HTTPStatus,
        code: str,
        fields: dict[str, str],
    ) -> str:
        """What happened, in words for whoever reads it: a program's, or those of a page."""
        screens = self._wiring.screens
        if not is_of_api(req.path):
            return screens.error_text(language, code)
        text = screens.problem_text(language, code, status.value)
        return f"{text} ({', '.join(fields)})" if code in TELLS_FIELDS else text

    def _show_error_page(
        self, req: falcon.Request, resp: falcon.Response, status: HTTPStatus, code: str
    ) -> None:
        context = context_of(req)
        screens, other = self._wiring.screens, code == "form_of_another"
        posted = req.method == "POST"
        texts = _SEND_AGAIN_TEXTS.get(code, ()) if posted else ()
        words = {
            name: screens.sentence(context.language, msgid)
            for name, msgid in zip(("title", "text"), texts, strict=False)
        }
        try:
            screens.show(
                req,
                resp,
                _error_template(req, context, status, code),
                status=status,
                code=code,
                desk=is_in_console(req.path),
                retry=_retry_address(req, context, status),
                posted=posted,
                signs_in=code == "not_signed_in" or (other and context.practitioner is not None),
                asks_link=code == "device_ended" or (other and context.client is not None),
                fields=context.form.repeatable(),
                **words,
            )
        except Exception as error:  # noqa: BLE001 - the page for failures failed itself; this is the last resort
            log.error("error_page_failed", error=type(error).__name__, where=origin(error))
            resp.content_type = falcon.MEDIA_TEXT
            resp.text = f"{status.value} {status.phrase}\n{context.request_id}\n"


def _wants_page(req: falcon.Request) -> bool:
    return not is_of_api(req.path) and req.client_accepts("text/html")


def _sign_in_path(error: NotSignedIn, path: str) -> str:
    """Where to sign in; what is one thing's page is gone on to from there."""
    if error.owner is Owner.PRACTITIONER:
        return "/console/sign-in" + (f"?to={path}" if is_console_page(path) else "")
    target = target_of(path)
    if target == Target():
        return "/signed-out?ended=1" if error.ended else "/"
    return f"/?to={target_path(target)}" + ("&ended=1" if error.ended else "")


def _may_pass(status: HTTPStatus) -> bool:
    return status in (
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def _error_template(
    req: falcon.Request, context: RequestContext, status: HTTPStatus, code: str
) -> str:
    """What failed for now can be sent again: by a form that goes to its own address.

    Everything typed goes into it but passwords, so nothing is lost while a
    service is away; the form's key goes along, so nothing is done twice. A
    path with a token needs it too: its address may not be written into a page.
    """
    posted = req.method == "POST"
    if posted and code in _SEND_AGAIN_TEXTS:
        return "try_again.html"
    return (
        "try_again.html"
        if _may_pass(status) and (posted or context.carries_token)
        else "error.html"
    )


def _retry_address(req: falcon.Request, context: RequestContext, status: HTTPStatus) -> str | None:
    """The address to open again, where opening it again may help."""
    if not _may_pass(status) or req.method == "POST" or not context.shown_path:
        return None
    query = f"?{req.query_string}" if req.query_string else ""
    return f"{context.shown_path}{query}"
