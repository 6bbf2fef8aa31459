"""A logo or a portrait that is handed in, shown or taken away: one form, wherever it stands."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

import falcon

from gateway.console.settings.sections import ACCOUNT, FACE, Section, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted
from portal_contracts.errors import Invalid, PortalError
from portal_contracts.identity_links.rpc.pictures import (
    MOST_PICTURE_BYTES,
    SET_PICTURE,
    PictureOf,
    SetPicture,
)


class _PicturePage(SectionPage):
    """Takes a picture, by the button *Show it*, or takes it away; then back to the section."""

    takes_files = True
    of: ClassVar[PictureOf]
    section: ClassVar[Section]

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The form alone."""
        self._show(req, resp)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Hand it to identity-links, which says whether it is a picture."""
        form, backend = context_of(req).form, context_of(req).backend
        try:
            content = None if form.text("do") == "remove" else _chosen(form)
            backend.ask(SET_PICTURE, SetPicture(of=self.of, content=content))
        except Invalid as error:
            self._show(req, resp, error=error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SETTINGS_SAVED)
        see_other(resp, self.section.address)

    def _show(
        self, req: falcon.Request, resp: falcon.Response, error: PortalError | None = None
    ) -> None:
        device = practitioner_of(req)
        more: dict[str, Any] = {"errors": {}, "error": None, "status": HTTPStatus.OK}
        if error is not None:
            set_retry_after(resp, error)
            more = {
                "errors": error.fields,
                "error": None if error.fields else error.code,
                "status": status_of(error),
            }
        self.show(
            req,
            resp,
            "console/settings/picture.html",
            device=device,
            section=self.section,
            of=self.of,
            most_bytes=MOST_PICTURE_BYTES,
            shown=device.practice.logo if self.of is PictureOf.LOGO else device.picture,
            **more,
        )


def _chosen(form: Submitted) -> bytes:
    """The file that was chosen.

    Raises:
        Invalid: ``picture_refused``: there is none.
    """
    content = form.file("picture")
    if not content:
        fields = {"picture": "picture_missing"}
        raise Invalid("picture_refused", "No file was chosen.", fields=fields)
    return content


class LogoPage(_PicturePage):
    """``/console/settings/face/logo``."""

    of = PictureOf.LOGO
    section = FACE


class PortraitPage(_PicturePage):
    """``/console/settings/account/picture``."""

    of = PictureOf.PORTRAIT
    section = ACCOUNT
