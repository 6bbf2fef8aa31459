"""``/brand/<accent>-<hash>.css``: the colours of a practice, which any gateway can answer."""

from __future__ import annotations

import re

import falcon

from gateway.web.brand import digest, stylesheet
from gateway.web.resource import Resource
from gateway.web.static_files import IMMUTABLE

_NAME = re.compile(r"([0-9a-f]{6})-([0-9a-f]{12})\.css")


class BrandPage(Resource):
    """``/brand/<hash>.css``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        """The stylesheet of one accent colour."""
        match = _NAME.fullmatch(name)
        if match is None or match[2] != digest(f"#{match[1]}"):
            raise falcon.HTTPNotFound
        resp.set_header("Cache-Control", IMMUTABLE)
        resp.content_type = "text/css; charset=utf-8"
        resp.text = stylesheet(f"#{match[1]}")
