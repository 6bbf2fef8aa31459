"""Where the pages of forms lie."""

from __future__ import annotations

from typing import Final

TEMPLATES_PATH: Final = "/console/forms/templates"
