"""Light, dark, or as the system has it: kept in a cookie so that the server renders it."""

from __future__ import annotations

from typing import Final

THEMES: Final = ("system", "light", "dark")


def theme_of(value: str | None) -> str:
    """The theme a cookie names; ``system`` for anything else."""
    return value if value in THEMES else "system"
