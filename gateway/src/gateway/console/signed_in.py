"""Tells a page that was left open whether its practitioner is signed in, with a new form token."""

from __future__ import annotations

import falcon
import msgspec

from gateway.web import csrf
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource


class SignedInPage(Resource):
    """``/console/signed-in``, for scripts: whoever signed in anew has another cookie."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Who is signed in in this browser, and a token for the forms of pages opened before."""
        resp.content_type = falcon.MEDIA_JSON
        resp.data = msgspec.json.encode(
            {
                "who": practitioner_of(req).actor.id,
                "csrf": csrf.make_token(context_of(req).console_secret or ""),
            }
        )
