"""How a sentence is marked for translation where it is written and not yet shown."""

from __future__ import annotations


def _(text: str) -> str:
    """`text`, which `pybabel extract` finds by this name; it is translated where it is shown."""
    return text
