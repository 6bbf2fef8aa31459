"""A warning that may be overruled: its page says what it was about, and no more is overruled."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

import msgspec

_BETWEEN: Final = "."


def mark_of(said: Any, kinds: Iterable[str] = ()) -> str:
    """What a warning was about, in short, and the `kinds` of what it warned of.

    It goes along with the button that overrules, so that whoever changes something first is
    warned anew, and so is whoever meets what was not there before. `kinds` are codes, without a
    full stop.
    """
    about = sha256(msgspec.json.encode(said)).hexdigest()[:16]
    return _BETWEEN.join([about, *kinds])


def kinds_of(mark: str, said: Any) -> list[str] | None:
    """The kinds that a mark of `mark_of` names; None: it is about anything else, or none."""
    about, *kinds = mark.split(_BETWEEN)
    return kinds if about == mark_of(said) else None
