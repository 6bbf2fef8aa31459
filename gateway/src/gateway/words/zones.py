"""The time zones a person may choose from."""

from __future__ import annotations

from functools import cache
from typing import Final
from zoneinfo import available_timezones

_REGIONS: Final = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)


@cache
def timezones() -> tuple[str, ...]:
    """The zones to choose from: places, not offsets or historic names."""
    places = (name for name in available_timezones() if name.split("/", 1)[0] in _REGIONS)
    return (*sorted(name for name in places if "/" in name), "UTC")


@cache
def _names() -> frozenset[str]:
    return frozenset(timezones())


def known_zone(name: str) -> str | None:
    """`name` if it is one of `timezones`, else None."""
    return name if name in _names() else None
