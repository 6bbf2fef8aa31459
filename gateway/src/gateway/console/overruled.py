"""A warning that may be overruled: its page says what it was about, and no more is overruled."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec


def mark_of(said: Any) -> str:
    """What a warning was about, in short: of anything else it is another one.

    It goes along with the button that overrules, so that whoever changes something first is
    warned anew.
    """
    return sha256(msgspec.json.encode(said)).hexdigest()[:16]
