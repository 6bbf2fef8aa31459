"""*Settings, Portal links* and *Security*: how clients come in, and how long they stay."""

from __future__ import annotations

from typing import Any

import falcon

from gateway.console.settings.section_forms import SectionForm
from gateway.console.settings.sections import LINKS, SECURITY
from gateway.web.request_context import context_of, practitioner_of
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.practice import MEASURE_PRACTICE, PracticeSection
from portal_contracts.permissions import Permission, has_permission


class _Measured(SectionForm):
    """A section whose page says how many a change concerns."""

    def concerns(self, req: falcon.Request) -> dict[str, Any]:
        """The numbers, for whoever may change it."""
        if not has_permission(practitioner_of(req).actor, Permission.PRACTICE_WRITE):
            return {"reach": None}
        return {"reach": context_of(req).backend.part(MEASURE_PRACTICE, Nothing()).get()}


class LinksPage(_Measured):
    """``/console/settings/links``."""

    section = LINKS
    part = PracticeSection.LINKS
    template = "console/settings/links.html"


class SecurityPage(_Measured):
    """``/console/settings/security``."""

    section = SECURITY
    part = PracticeSection.SECURITY
    template = "console/settings/security.html"
