"""How often Python looks for garbage that refers to itself."""

from __future__ import annotations

import gc
from typing import Final

THRESHOLDS: Final = (5_000, 20, 50)
"""A call makes some hundred objects that end with it: looked at after every 700, as Python does by
default, most are looked at while they are needed. Measured: bench/PROFILE.md."""


def keep_what_is_loaded() -> None:
    """Never look again at what the process has loaded by now, and look less often at the rest.

    For the end of a start: some hundred thousand objects of modules live as long as the process.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
