"""Which language a page is in."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("en", "de")
DEFAULT_LANGUAGE: Final = "en"


def is_known_language(language: str | None) -> bool:
    """Whether pages exist in `language`."""
    return language in LANGUAGES


def language_from_header(accept_language: str | None) -> str:
    """The best of our languages for an ``Accept-Language`` header; English otherwise.

    Reads RFC 9110, section 12.5.4, as far as a primary subtag and its weight;
    what cannot be read is passed over.
    """
    best, best_weight = DEFAULT_LANGUAGE, 0.0
    for part in (accept_language or "")[:500].split(","):
        tag, _, weight_text = part.strip().partition(";")
        language = tag.strip().split("-", 1)[0].lower()
        weight = _weight(weight_text)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(text: str) -> float:
    name, _, value = text.replace(" ", "").partition("=")
    if name != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
