"""Languages and time zones that are known here."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

LANGUAGES = ("en", "de")


@cache
def _zones() -> frozenset[str]:
    # The zone database is a constant of the installation, read once.
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def is_time_zone(name: str) -> bool:
    """Whether `name` is an IANA zone."""
    return name in _zones()
