"""``/brand/…``: the colours of a practice, which any gateway can answer; logos and portraits."""

from __future__ import annotations

import re

import falcon

from gateway.web.brand import digest, stylesheet
from gateway.web.request_context import context_of
from gateway.web.resource import Resource
from gateway.web.static_files import IMMUTABLE
from portal_contracts.actor import NOBODY
from portal_contracts.identity_links.rpc.pictures import READ_PICTURE, ReadPicture

_PICTURE = re.compile(r"[0-9a-f]{64}\.webp")
_NAME = re.compile(r"([0-9a-f]{6})-([0-9a-f]{12})\.css")


class BrandPage(Resource):
    """``/brand/<name>``: its name tells what is there, so it never becomes another."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        """The stylesheet of one accent colour, or a picture."""
        if _PICTURE.fullmatch(name):
            self._show_picture(req, resp, name)
            return
        match = _NAME.fullmatch(name)
        if match is None or match[2] != digest(f"#{match[1]}"):
            raise falcon.HTTPNotFound
        resp.set_header("Cache-Control", IMMUTABLE)
        resp.content_type = "text/css; charset=utf-8"
        resp.text = stylesheet(f"#{match[1]}")

    def _show_picture(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        picture = context_of(req).backend.ask(READ_PICTURE, ReadPicture(name=name), actor=NOBODY)
        resp.set_header("Cache-Control", IMMUTABLE)
        resp.content_type = "image/webp"
        resp.data = picture.content
