"""``/static``: the files that pages are made of; and ``/robots.txt``."""

from __future__ import annotations

import falcon

from gateway.web.resource import Resource
from gateway.web.static_files import IMMUTABLE, REVALIDATE, TYPES, serve


class StaticFilePage(Resource):
    """``/static/<fingerprint>/<name>``."""

    def on_get(
        self, req: falcon.Request, resp: falcon.Response, fingerprint: str, name: str
    ) -> None:
        """Serve a file; for ever under the present fingerprint, else to be asked for again."""
        files = self.wiring.static
        file = files.find(name)
        if file is None:
            raise falcon.HTTPNotFound
        current = fingerprint == files.fingerprint
        serve(req, resp, file, IMMUTABLE if current else REVALIDATE)


class RobotsPage(Resource):
    """``/robots.txt``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """There is nothing here for a search engine."""
        resp.content_type = TYPES[".txt"]
        resp.text = "User-agent: *\nDisallow: /\n"
