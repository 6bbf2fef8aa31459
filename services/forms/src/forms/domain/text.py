"""What a text may hold at all."""

from __future__ import annotations

import re

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL keeps no NUL character, and half a surrogate pair has no UTF-8."""


def is_keepable(text: str) -> bool:
    """Whether every character of `text` can be stored."""
    return _UNKEEPABLE.search(text) is None
