"""Whether the reader's country writes a day as two times twelve hours."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from jinja2.runtime import Context

_LONGEST: Final = 500
"""So much of a header is read."""


def twelve_hours_from_header(accept_language: str | None) -> bool:
    """Whether the first language with a country in an ``Accept-Language`` header has them.

    By CLDR: *en-US* and *en-AU* do, *en-GB* does not. A language alone says nothing of a country,
    and then times are written as they are in mails: with twenty-four hours.
    """
    for part in (accept_language or "")[:_LONGEST].split(","):
        tag = part.partition(";")[0].strip()
        if "-" in tag:
            return _has_twelve_hours(tag)
    return False


def has_twelve_hours(context: Context) -> bool:
    """Whether this page writes times so; pages in German never do."""
    return bool(context.get("twelve_hours")) and context["lang"] == "en"


@lru_cache(maxsize=256)
def _has_twelve_hours(tag: str) -> bool:
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return "a" in locale.time_formats["short"].pattern
