"""*Settings, Practice*: what clients see of the practice, its zone, language and country."""

from __future__ import annotations

from gateway.console.settings.section_forms import SectionForm
from gateway.console.settings.sections import PRACTICE
from portal_contracts.identity_links.rpc.practice import PracticeSection


class PracticePage(SectionForm):
    """``/console/settings/practice``."""

    section = PRACTICE
    part = PracticeSection.PRACTICE
    template = "console/settings/practice.html"
