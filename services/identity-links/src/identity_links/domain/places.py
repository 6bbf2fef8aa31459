"""Languages that are known here."""

from __future__ import annotations

LANGUAGES = ("en", "de")
