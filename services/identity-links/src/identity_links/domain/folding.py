"""Names as they are compared: what is one word to people is one word here, however it is written.

Case, accents, strokes through letters, widths, ligatures, kinds of digits and apostrophes make
no difference, in whatever script. What is folded is never shown.
"""

# ruff: noqa: RUF001 - letters that look like others are what this is about

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

FOLDING_RULE: Final = 1
"""Counts the rules by which names are folded and sorted: what is stored by an older one is
folded anew. To be raised with any change of what this room's functions answer."""

_APOSTROPHES: Final = re.compile(
    "['`\u00b4\u02b9-\u02bd\u02be\u02bf\u02c8\u0384\u055a\u05f3\u05f4\u1fbd\u1fbf\u2018-\u201b"
    "\u2032\u2035\ua78b\ua78c\uff07\uff40]"
)
_LETTERS: Final = str.maketrans(
    {
        "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n", "ə": "e", "ǝ": "e",
        "ĸ": "k", "ɛ": "e", "ɔ": "o", "ʉ": "u", "ł": "l",
        # Letters whose shape at the end of a word is a letter of its own.
        "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
        # One letter of Arabic script as several languages and keyboards write it.
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ە": "ه", "ک": "ك", "ھ": "ه", "ہ": "ه",
        "ـ": "", "\u200c": "", "\u200d": "",
    }
)  # fmt: skip
_WITH_STROKE: Final = re.compile(r"((?:LATIN|CYRILLIC) SMALL LETTER \w+) WITH ")


def fold(text: str) -> str:
    """`text` as it is compared: ``Łukasz O’Brien-Straße`` as ``lukasz obrien-strasse``.

    White space and other punctuation stay. Folding what is folded changes nothing.
    """
    text = _APOSTROPHES.sub("", text)
    bare = _APOSTROPHES.sub("", _bare(_bare(text).casefold())).translate(_LETTERS)
    return unicodedata.normalize("NFC", "".join(_base(character) for character in bare))


def sort_key(name: str) -> str:
    """By which names are ordered, compared code point by code point.

    First as they are folded, so that Ł stands beside L and Ä beside A (DIN 5007-1, as in
    German and English lists); of names that are one when folded, those without accents first.
    """
    return f"{fold(name)}\x01{unicodedata.normalize('NFD', name.casefold())}"


def apart(text: str) -> str:
    """`text` with a blank for each apostrophe: ``O Brien``."""
    return _APOSTROPHES.sub(" ", text)


def spelled_out(text: str) -> str:
    """`text` with its umlauts as they are written where a keyboard has none: ``Mueller``."""
    composed = unicodedata.normalize("NFC", text.casefold())
    return composed.translate(_SPELLINGS)


_SPELLINGS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def _bare(text: str) -> str:
    """`text` taken apart, without what is written above, below and through its letters."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(each for each in apart if not unicodedata.combining(each))


@lru_cache(maxsize=4096)
def _base(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    stroke = _WITH_STROKE.match(unicodedata.name(character, ""))
    try:
        return unicodedata.lookup(stroke[1]).translate(_LETTERS) if stroke else character
    except KeyError:  # a letter that is never without its stroke
        return character
