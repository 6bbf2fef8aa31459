"""Answers with a page: the context that every template gets, and the cookies that go with it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import falcon

from gateway import csrf, flash
from gateway.brand import brand_url
from gateway.cookies import Cookie, CookieJar
from gateway.pages import Pages
from gateway.phrases import ERROR_FALLBACK, ERRORS
from gateway.static_files import StaticFiles
from gateway.submitted import KEY_FIELD
from gateway.tokens import new_secret
from gateway.visit import Visit, visit_of
from portal_chassis.ids import new_id
from portal_contracts.permissions import Permission, has_permission


class Screens:
    """Shows pages.

    Args:
        pages: the templates.
        static: for the addresses of stylesheets and scripts.
        jar: for the cookies that a page sets.
    """

    def __init__(self, pages: Pages, static: StaticFiles, jar: CookieJar) -> None:
        self._pages = pages
        self._static = static
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
        **context: Any,
    ) -> None:
        """Answer with a page.

        Args:
            req: the request.
            resp: the answer.
            template: the template's name.
            status: of the answer.
            error: code of what went wrong, said on top of the page.
            block: render only this block of it.
            **context: what the template needs besides the common context.
        """
        visit = visit_of(req)
        whole = self._common(req, resp, visit, kept=_kept_key(req, visit, status))
        whole["status"] = status.value
        whole["flash"] = (
            {"kind": "error", "text": self.error_text(visit.language, error)}
            if error is not None
            else self._flash(req, resp, visit, take=block is None)
        )
        text = self._pages.render(template, visit.language, whole | context, block=block)
        resp.status = status
        resp.content_type = "text/html; charset=utf-8"
        resp.set_header("Content-Language", visit.language)
        # Half a surrogate pair cannot be encoded; it cannot come from a form of ours either.
        resp.data = text.encode("utf-8", "replace")

    def error_text(self, language: str, code: str) -> str:
        """What the error `code` is called."""
        return self._pages.sentence(language, ERRORS.get(code, ERROR_FALLBACK))

    def sentence(self, language: str, msgid: str) -> str:
        """`msgid` in `language`."""
        return self._pages.sentence(language, msgid)

    def _common(
        self, req: falcon.Request, resp: falcon.Response, visit: Visit, *, kept: str | None
    ) -> dict[str, Any]:
        practice = visit.practice
        actor = visit.backend.actor
        return {
            "lang": visit.language,
            "csrf": csrf.make_token(self._csrf_key(resp, visit)),
            "theme": visit.theme,
            "practice": practice,
            "brand_url": brand_url(practice.accent) if practice else None,
            "path": visit.shown_path,
            "static": self._static.url,
            "now": visit.now,
            "new_key": lambda: kept or str(new_id()),
            "may": lambda permission: has_permission(actor, Permission(permission)),
            "device": visit.practitioner or visit.client,
            "request_id": visit.request_id,
        }

    def _csrf_key(self, resp: falcon.Response, visit: Visit) -> str:
        """The cookie that this page's forms answer to; set when there is none yet."""
        if visit.practitioner is not None and visit.console_secret is not None:
            return visit.console_secret
        if visit.client is not None and visit.client_secret is not None:
            return visit.client_secret
        if visit.csrf_secret is None:
            visit.csrf_secret = new_secret()
            self._jar.set(resp, Cookie.CSRF, visit.csrf_secret)
        return visit.csrf_secret

    def _flash(
        self, req: falcon.Request, resp: falcon.Response, visit: Visit, *, take: bool
    ) -> dict[str, str] | None:
        said = flash.take(self._jar, req, resp) if take else None
        if said is None:
            return None
        text = self._pages.sentence(visit.language, flash.SENTENCES[said])
        return {"kind": flash.kind(said), "text": text}


def _kept_key(req: falcon.Request, visit: Visit, status: HTTPStatus) -> str | None:
    """The form's key again when its outcome is not known, so that a retry is the same act."""
    if req.method == "POST" and status is HTTPStatus.SERVICE_UNAVAILABLE:
        return visit.form.raw(KEY_FIELD) or None
    return None
