"""The settings' first page: every section that the practitioner may see."""

from __future__ import annotations

import falcon

from gateway.console.settings.sections import SectionPage
from gateway.web.request_context import practitioner_of


class SettingsPage(SectionPage):
    """``/console/settings``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The list of sections."""
        self.show(req, resp, "console/settings/overview.html", device=practitioner_of(req))
