"""What summaries and private notes have in common: how a save treats the text that stands."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

SITTING_MINUTES: Final = 60
"""So long after the last save, whoever goes on writing begins a new version."""


class Keeping(StrEnum):
    """What becomes of the text that stands when another one is saved; neither is ever lost.

    ``go_on``: the version that stands is written on, as long as it is one sitting of one
    person and was never shared; else it stays, and the text begins the next one.
    ``begin``: it stays in any case, and the text begins the next one.
    ``aside``: it stays the newest, and the text becomes a version beside it.
    """

    GO_ON = "go_on"
    BEGIN = "begin"
    ASIDE = "aside"
