"""``/api/v1/openapi.json`` and the page that shows the same to people."""

from __future__ import annotations

import falcon
import msgspec

from gateway.api.document import document
from gateway.api.operations import PREFIX
from gateway.api.preconditions import body_tag, holds_already
from gateway.api.reading import JSON_TYPE
from gateway.api.reference import prose, reference
from gateway.pages import shared_pages
from gateway.resource import Resource, see_other
from gateway.visit import visit_of


class OpenApiDocument(Resource):
    """``/api/v1/openapi.json``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The document."""
        body = msgspec.json.encode(document())
        tag = body_tag(body)
        resp.set_header("ETag", tag)
        if holds_already(req, tag):
            resp.status = falcon.HTTP_304
            return
        resp.content_type = JSON_TYPE
        resp.data = body


class DocsAddress(Resource):
    """``/api/v1``: what somebody types who has heard of an API."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """On to the page about it."""
        see_other(resp, f"{PREFIX}/docs")


class DocsPage(Resource):
    """``/api/v1/docs``: the document as a page of its own, without cookie or script needed."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The page."""
        visit = visit_of(req)
        text = shared_pages().render(
            "api/docs.html",
            visit.language,
            {
                "lang": visit.language,
                "theme": visit.theme,
                "practice": None,
                "brand_url": None,
                "flash": None,
                "static": self.wiring.static.url,
                "reference": reference(),
                "prose": prose,
            },
        )
        resp.content_type = "text/html; charset=utf-8"
        resp.set_header("Content-Language", visit.language)
        resp.text = text
