"""Portal links in copies of mails: recognisable, and of no use."""

from __future__ import annotations

import re

MASKED_TOKEN = "lk_••••"  # noqa: S105 - what stands in place of a token

_TOKEN = re.compile(r"lk_[A-Za-z0-9_-]+")


def mask_links(text: str) -> str:
    """`text` with the token of every portal link replaced: ``…/p/lk_••••``."""
    return _TOKEN.sub(MASKED_TOKEN, text)
