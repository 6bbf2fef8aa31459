"""*Settings, Face*: the colour of the practice's pages, tried out before it is saved."""

from __future__ import annotations

from typing import Any, NamedTuple

import falcon

from gateway.console.settings import practice_forms
from gateway.console.settings.section_forms import SectionForm
from gateway.console.settings.sections import FACE
from gateway.web.brand import Shades, brand_url, shades_of
from gateway.web.request_context import context_of
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.pictures import MOST_PICTURE_BYTES
from portal_contracts.identity_links.rpc.practice import (
    READ_PRACTICE,
    PracticeDetails,
    PracticeSection,
)


class Preview(NamedTuple):
    """A colour that is tried out: as it was entered, and as it is shown."""

    accent: str
    shades: Shades


class FacePage(SectionForm):
    """``/console/settings/face``; with ``do=preview`` nothing is saved."""

    section = FACE
    part = PracticeSection.FACE
    template = "console/settings/face.html"

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Show the page in the colour that was entered, or save it."""
        form = context_of(req).form
        if form.text("do") != "preview":
            super().on_post(req, resp)
            return
        practice = context_of(req).backend.ask(READ_PRACTICE, Nothing())
        was = practice_forms.typed_of(practice, self.part)
        typed = form.values(was)
        errors = {} if shades_of(typed["accent"]) else {"accent": "accent_invalid"}
        version = form.number("version")
        self.show_form(req, resp, practice, typed, was=was, errors=errors, version=version)

    def show_form(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        practice: PracticeDetails,
        typed: Any,
        **more: Any,
    ) -> None:
        """The page, with what the colour in its form becomes."""
        shades = shades_of(typed["accent"])
        more["preview"] = Preview(typed["accent"].lower(), shades) if shades else None
        more["most_bytes"] = MOST_PICTURE_BYTES
        more["brand_url"] = brand_url(typed["accent"]) or brand_url(practice.accent)
        super().show_form(req, resp, practice, typed, **more)
