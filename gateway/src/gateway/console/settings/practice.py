"""*Settings, Practice*: what clients see of the practice."""

from __future__ import annotations

import falcon

from gateway.console.settings.sections import SectionPage
from gateway.web.request_context import practitioner_of


class PracticePage(SectionPage):
    """``/console/settings/practice``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The practice's facts."""
        self.show(req, resp, "console/settings/practice.html", device=practitioner_of(req))
