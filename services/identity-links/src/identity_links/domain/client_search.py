"""How clients are found and ordered by name: without regard to case and accents."""

from __future__ import annotations

import re
import unicodedata

from portal_contracts.text import line

_SEPARATORS = re.compile(r"[\W_]+")
_MAX_TERMS = 10


def fold(text: str) -> str:
    """`text` without case and accents: ``Müller-Lüdenscheidt`` as ``muller-ludenscheidt``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare)


def sort_name(name: str) -> str:
    """The key by which names are ordered."""
    return fold(name)


def search_text(name: str, preferred_name: str, email: str) -> str:
    """All words a search may begin, each after a space.

    The words of the names are there whole and in parts (``anna-maria``,
    ``anna``, ``maria``), and so is the e-mail address.
    """
    words: dict[str, None] = {}
    for word in fold(f"{name} {preferred_name} {email}").split():
        words[word] = None
        words.update(dict.fromkeys(part for part in _SEPARATORS.split(word) if part))
    return "".join(f" {word}" for word in words)


def search_patterns(search: str) -> list[str]:
    """One LIKE pattern (escape: a backslash) for each word of `search`; all of them must match."""
    terms = fold(line(search)).split()[:_MAX_TERMS]
    return [f"% {_escape(term)}%" for term in terms]


def _escape(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
