"""What may be a password: long enough, none that many people choose, nobody's own name.

NIST SP 800-63B-4, section 3.1.1.2: length, and a list of what is expected or compromised; no
rules of composition, and no date by which it has to be changed. What stands there as passwords
"expected" of somebody is taken widely: digits and signs around a common password or a name, and
either of them written again and again, make it no better.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from identity_links.domain.common_passwords import common_passwords
from identity_links.domain.folding import fold
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD, SHORTEST_PASSWORD

FEWEST_CHARACTERS = 4
"""Of fewer different characters there is no password worth the name."""

_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_WORD = re.compile(r"[^\W_]+")
_SIGNS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")


def check_password(password: str, names: Iterable[str] = ()) -> None:
    """Refuse what is no password.

    Args:
        password: as it was typed.
        names: what everybody knows of its owner: name, e-mail address, the practice's name.

    Raises:
        Invalid: ``password``, field ``password``: ``password_too_short``, ``password_too_long``,
            ``password_common`` or ``password_is_a_name``.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise _refused("It is too short.", "password_too_short")
    if len(password) > LONGEST_PASSWORD:
        raise _refused("It is too long.", "password_too_long")
    if _is_made_of(_SIGNS.sub("", fold(password)), names):
        raise _refused("It is a name that everybody knows.", "password_is_a_name")
    if _is_common(password.lower()):
        raise _refused("Many people use it.", "password_common")


def _is_common(password: str) -> bool:
    core = _AROUND.sub("", password)
    if len(set(password)) < FEWEST_CHARACTERS or _is_a_row(password):
        return True
    return any(_unit(one) in common_passwords() for one in (password, core) if one)


def _unit(text: str) -> str:
    """The text that `text` is nothing but a repetition of; `text` itself where it is none."""
    # Where a text is found within two of itself, it is that text moved on by one unit.
    return text[: (text + text).find(text, 1)]


def _is_a_row(text: str) -> bool:
    """Whether each character is the next one of the alphabet, or of the digits, or the one before.

    After 9 comes 0.
    """
    steps = {(ord(after) - ord(before)) for before, after in pairwise(text)}
    return any(steps <= allowed for allowed in ({1, -9}, {-1, 9}))


def _is_made_of(password: str, names: Iterable[str]) -> bool:
    """Whether its letters are words of `names`, in whatever order and as often as they are."""
    words = {_DIGITS.sub("", word) for name in names for word in _WORD.findall(fold(name))}
    letters = _DIGITS.sub("", password)
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(
            end - len(word) in reached and letters.endswith(word, 0, end) for word in words if word
        ):
            reached.add(end)
    return bool(letters) and len(letters) in reached


def _refused(sentence: str, code: str) -> Invalid:
    return Invalid("password", sentence, fields={"password": code})
