"""The time zones that may be entered: one list for every service, page and program.

It is read from the shipped zone data (the package ``tzdata``): the zones of its table of
places, UTC, and the fixed offsets. Every other name that the data knows is an alias, and is
entered as the zone it means: ``US/Pacific`` as ``America/Los_Angeles``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

UTC_ZONE: Final = "UTC"

_FIXED_OFFSET: Final = "Etc/GMT"
_UTC_NAMES: Final = ("Etc/UTC", "Etc/GMT")
_UNUSABLE: Final = "Factory"

_NEARER: Final = {
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Antarctica/South_Pole": "Antarctica/McMurdo",
    "Atlantic/Jan_Mayen": "Europe/Oslo",
    "CST6CDT": "America/Chicago",
    "EST5EDT": "America/New_York",
    "Iceland": "Atlantic/Reykjavik",
    "MST7MDT": "America/Denver",
    "PST8PDT": "America/Los_Angeles",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
}
"""What the data links to a place far away that has the same clocks, or to none."""


@cache
def zones_to_choose() -> tuple[str, ...]:
    """The names to choose from, in order: places, fixed offsets, UTC."""
    return tuple(sorted(_places().keys() | _fixed_offsets() | {UTC_ZONE}))


def known_zone(name: str) -> str | None:
    """The zone to choose that `name` means, in whatever case it is written; None: there is none.

    A name of `zones_to_choose` means itself, and an alias the zone of the same clocks.
    """
    return _meanings().get(name.strip().lower())


def entered_zone(name: str, present: str | None = None) -> str | None:
    """What is stored where `name` was entered; None: it is no zone.

    Args:
        name: as it was entered.
        present: what is stored now. Sent back unchanged it stays, whatever it is: whoever
            changes something else does not change the zone.
    """
    return present if present and name == present else known_zone(name)


def is_place(name: str) -> bool:
    """Whether the zone `name` is called after a place, and not after its offset from UTC."""
    return name in _places() or (known_zone(name) or "") in _places()


def country_of(name: str) -> str | None:
    """The country (ISO 3166-1 alpha-2) that the zone `name` is in, or an alias of one.

    None where it is called after no place, or is no zone.
    """
    return _places().get(name) or _places().get(known_zone(name) or "")


@cache
def countries() -> tuple[str, ...]:
    """The codes of all countries (ISO 3166-1 alpha-2), in order."""
    return tuple(sorted(row[0] for row in _rows("iso3166.tab", "\t")))


@cache
def _meanings() -> dict[str, str]:
    chosen = frozenset(zones_to_choose())
    links, meanings = _links(), {}
    for name in _data_names() | links.keys() | _NEARER.keys():
        target = name if name in chosen else _NEARER.get(name) or links.get(name, name)
        target = UTC_ZONE if target in _UTC_NAMES else target
        if target in chosen:
            meanings[name.lower()] = target
    return meanings


@cache
def _places() -> dict[str, str]:
    """``zone.tab``: a zone for each place that differs within its country, and the country."""
    return {row[2]: row[0] for row in _rows("zone.tab", "\t")}


def _fixed_offsets() -> frozenset[str]:
    names = (name for name in _data_names() if name.startswith(_FIXED_OFFSET))
    return frozenset(names) - {_FIXED_OFFSET}


@cache
def _data_names() -> frozenset[str]:
    """Every zone with rules of its own: lines ``Z name …`` of ``tzdata.zi``."""
    return frozenset(row[1] for row in _rows("tzdata.zi") if row[0] == "Z") - {_UNUSABLE}


@cache
def _links() -> dict[str, str]:
    """Alias to target: lines ``L target alias`` of ``tzdata.zi``, followed to their end."""
    links = {row[2]: row[1] for row in _rows("tzdata.zi") if row[0] == "L"}

    def end(name: str) -> str:
        return end(links[name]) if name in links and name not in _places() else name

    return {alias: end(target) for alias, target in links.items()}


def _rows(file: str, separator: str | None = None) -> list[list[str]]:
    text = files("tzdata.zoneinfo").joinpath(file).read_text(encoding="utf-8")
    lines = (line.rstrip("\n") for line in text.splitlines())
    return [line.split(separator) for line in lines if line and not line.startswith("#")]
