"""Cleaning of text that people type, before it is measured and stored."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp", "Cn"})
# Marks that turn the direction of text: they make one name look like another.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_line(text: str) -> str:
    """One line: NFC, runs of white space as one space, none at the ends.

    Control characters stay, so that `has_forbidden_characters` can refuse them;
    tabs and line breaks count as white space.
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def clean_paragraphs(text: str) -> str:
    """Several lines: NFC, one kind of line break, no white space at the ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip()


def has_forbidden_characters(text: str, *, multiline: bool = False) -> bool:
    """Whether `text` holds control characters, lone surrogates or direction marks."""
    allowed = "\n\t" if multiline else ""
    return any(
        (unicodedata.category(character) in _FORBIDDEN and character not in allowed)
        or character in _DIRECTION_MARKS
        for character in text
    )


def printable(text: str, limit: int) -> str:
    """`text` without what cannot be stored or printed, at most `limit` characters.

    For words that machines send (user agents, route patterns): nothing is refused.
    """
    kept = "".join(" " if has_forbidden_characters(character) else character for character in text)
    return _SPACES.sub(" ", kept).strip()[:limit]
