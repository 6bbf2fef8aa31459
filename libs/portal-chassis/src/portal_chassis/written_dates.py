"""Dates as a language writes them; pages and mails write them with the same patterns of CLDR."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.dates import format_date


@lru_cache(maxsize=4096)
def written_date(value: date, pattern: str, locale: str) -> str:
    """A date by a pattern of CLDR, as ``d MMM``: the same few days come again and again.

    Args:
        value: a date; an instant would be another one each time.
        pattern: of CLDR, or ``long``.
        locale: as CLDR knows it: ``en``, ``de``, ``en_GB``.
    """
    return str(format_date(value, pattern, locale=locale))
