"""Choosing a theme, and going back to the page it was chosen on."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import falcon

from gateway.web.cookies import Cookie
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from gateway.web.theme import THEMES
from portal_contracts.errors import Invalid

# One slash, then only what our own addresses are made of: no second host, no token.
_OWN_PATH = re.compile(r"/(?!p/|/)[A-Za-z0-9_/-]*")
_OWN_QUERY = re.compile(r"[A-Za-z0-9_.~%=&+-]{0,500}")


class ThemePage(Resource):
    """``/theme``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Keep the choice and go back to the page it was made on.

        Raises:
            Invalid: ``theme_unknown``.
        """
        theme = context_of(req).form.text("theme")
        if theme not in THEMES:
            raise Invalid("theme_unknown", "No such theme.", fields={"theme": "theme_unknown"})
        self.wiring.jar.set(resp, Cookie.THEME, theme)
        see_other(resp, page_before(req.get_header("Referer"), self.wiring.settings.public_url))


def page_before(referer: str | None, origin: str) -> str:
    """The page of ours that a form was on, as a path; the front page when in doubt."""
    try:
        parts = urlsplit(referer or "")
    except ValueError:
        return "/"
    if f"{parts.scheme}://{parts.netloc}" != origin or not _OWN_PATH.fullmatch(parts.path):
        return "/"
    if parts.query and _OWN_QUERY.fullmatch(parts.query):
        return f"{parts.path}?{parts.query}"
    return parts.path
