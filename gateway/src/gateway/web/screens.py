"""Answers with a page: the context that every template gets, and the cookies that go with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

import falcon

from gateway.web import csrf, flash, tokens
from gateway.web.brand import brand_url
from gateway.web.cookies import Cookie, CookieJar
from gateway.web.field_errors import told
from gateway.web.pages import Pages
from gateway.web.request_context import RequestContext, context_of
from gateway.web.submitted import KEY_FIELD
from gateway.words.errors import error_in_words
from gateway.words.problems import problem_sentence
from portal_chassis.ids import new_id
from portal_contracts.identity_links.rpc.devices import SHORTEST_PASSWORD
from portal_contracts.permissions import Permission, has_permission, may_reveal


class Screens:
    """Shows pages.

    Args:
        pages: the templates.
        jar: for the cookies that a page sets.
    """

    def __init__(self, pages: Pages, jar: CookieJar) -> None:
        self._pages = pages
        self._jar = jar

    def show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        template: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        error: str | None = None,
        block: str | None = None,
        **values: Any,
    ) -> None:
        """Answer with a page.

        Args:
            req: the request.
            resp: the answer.
            template: the template's name.
            status: of the answer.
            error: code of what went wrong, said on top of the page.
            block: render only this block of it.
            **values: what the template needs besides the common context.
        """
        context = context_of(req)
        if values.get("errors"):
            values["errors"] = told(values["errors"], context.form, context.language)
        key_again = _key_of_unknown_outcome(req, context, status)
        common = common_values(
            context,
            csrf=self.csrf_token(resp, context),
            new_key=lambda: key_again or str(new_id()),
        )
        common["status"] = status.value
        common["posted"] = req.method == "POST"
        common["as_it_came"] = context.form.text("as_it_came")
        common["flash"] = (
            {"kind": "error", "text": self.error_text(context.language, error)}
            if error is not None
            else self._flash(req, resp, context, take=block is None)
        )
        text = self._pages.render(template, context.language, common | values, block=block)
        resp.status = status
        resp.content_type = "text/html; charset=utf-8"
        resp.set_header("Content-Language", context.language)
        # Half a surrogate pair cannot be encoded; it cannot come from a form of ours either.
        resp.data = text.encode("utf-8", "replace")

    def csrf_token(self, resp: falcon.Response, context: RequestContext) -> str:
        """The token of a page's forms; sets the cookie it answers to where there is none yet."""
        return csrf.make_token(self._csrf_key(resp, context))

    def error_text(self, language: str, code: str) -> str:
        """What the error `code` is called."""
        return error_in_words(code, language, partial(self._pages.sentence, language))

    def problem_text(self, language: str, code: str, status: int) -> str:
        """What the error `code` means to a program."""
        return error_in_words(
            code,
            language,
            partial(self._pages.sentence, language),
            problem_sentence(code, status),
        )

    def sentence(self, language: str, msgid: str) -> str:
        """`msgid` in `language`."""
        return self._pages.sentence(language, msgid)

    def _csrf_key(self, resp: falcon.Response, context: RequestContext) -> str:
        """The cookie that this page's forms answer to; set when there is none yet."""
        if context.practitioner is not None and context.console_secret is not None:
            return context.console_secret
        if context.client is not None and context.client_secret is not None:
            return context.client_secret
        if context.csrf_secret is None:
            context.csrf_secret = tokens.new_secret()
            self._jar.set(resp, Cookie.CSRF, context.csrf_secret)
        return context.csrf_secret

    def _flash(
        self, req: falcon.Request, resp: falcon.Response, context: RequestContext, *, take: bool
    ) -> dict[str, str] | None:
        message = flash.take(self._jar, req, resp) if take else None
        if message is None:
            return None
        text = self._pages.sentence(context.language, flash.SENTENCES[message])
        return {"name": message, "kind": flash.kind(message), "text": text}


def common_values(
    context: RequestContext, *, csrf: str, new_key: Callable[[], str]
) -> dict[str, Any]:
    """What every template is given, whatever it shows.

    Args:
        context: of the request.
        csrf: the token of this page's forms.
        new_key: makes the idempotency key of a form.
    """
    practice, actor = context.practice, context.backend.actor
    return {
        "lang": context.language,
        "twelve_hours": context.writes_twelve_hours,
        "csrf": csrf,
        "theme": context.theme,
        "practice": practice,
        "brand_url": brand_url(practice.accent) if practice else None,
        "path": context.shown_path,
        "now": context.now,
        "new_key": new_key,
        "filled_in_by": tokens.filled_in_by(actor),
        "may": lambda permission: has_permission(actor, Permission(permission)),
        "may_reveal": may_reveal(actor),
        "device": context.practitioner or context.client,
        "request_id": context.request_id,
        "shortest_password": SHORTEST_PASSWORD,
    }


def _key_of_unknown_outcome(
    req: falcon.Request, context: RequestContext, status: HTTPStatus
) -> str | None:
    """The form's key again when its outcome is not known, so that a retry is the same act."""
    if req.method == "POST" and status is HTTPStatus.SERVICE_UNAVAILABLE:
        return context.form.raw(KEY_FIELD) or None
    return None
