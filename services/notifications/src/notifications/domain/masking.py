"""Portal links and codes in copies of mails: recognisable, and of no use."""

from __future__ import annotations

import re

MASKED_TOKEN = "lk_••••"  # noqa: S105 - what stands in place of a token
MASKED_SECRET = "••••"  # noqa: S105 - what stands in place of a code

_TOKEN = re.compile(r"lk_[A-Za-z0-9_-]+")


def masked(text: str, secret: str) -> str:
    """`text` with the token of every portal link replaced, ``…/p/lk_••••``, and `secret` too."""
    text = _TOKEN.sub(MASKED_TOKEN, text)
    return text.replace(secret, MASKED_SECRET) if secret else text
