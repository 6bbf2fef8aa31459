"""Filters that say in which zone a time is, and offer zones to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from babel import Locale
from jinja2 import pass_context
from jinja2.runtime import Context

from gateway.words.tables import PRESENT_ZONE, SEAS, ZONE_TIME
from portal_chassis.zone_names import city_of
from portal_contracts.wall_clock import utc_offset, zone_or_utc
from portal_contracts.zones import UTC_ZONE


class ZoneChoice(NamedTuple):
    """One option of a zone select: the IANA name and what a person reads."""

    name: str
    label: str


class ZoneRegion(NamedTuple):
    """One group of a zone select."""

    region: str
    zones: list[ZoneChoice]


@pass_context
def zone_time(context: Context, zone: str) -> str:
    """How a time in `zone` is marked: *Berlin time*, or *UTC−5* where it has no name."""
    city = city_of(zone, context["lang"])
    if city is None:
        return _offset_alone(zone, context["now"])
    return _translate(context, ZONE_TIME, city=city)


@pass_context
def zone_label(context: Context, zone: str) -> str:
    """A zone for reading: *Berlin (UTC+1)*, the offset as it is now."""
    now: datetime = context["now"]
    city = city_of(zone, context["lang"])
    return f"{city} ({utc_offset(now, zone)})" if city else _offset_alone(zone, now)


@pass_context
def zone_regions(
    context: Context, zones: Iterable[str], present: str | None = None
) -> list[ZoneRegion]:
    """Zones for a select, grouped by region, each with its offset now.

    One that is `present` and not among them comes first, by its own name: a form that is
    sent for something else sends it back.
    """
    now, language = context["now"], context["lang"]
    groups: dict[str, list[ZoneChoice]] = {}
    offered = tuple(zones)
    for name in offered:
        region = _region(context, name) if city_of(name, language) else UTC_ZONE
        groups.setdefault(region, []).append(ZoneChoice(name, zone_label(context, name)))
    regions = [
        ZoneRegion(region, sorted(groups[region], key=_order(region, now)))
        for region in sorted(groups, key=lambda region: (region == UTC_ZONE, region))
    ]
    if not present or present in offered:
        return regions
    kept = ZoneChoice(present, f"{present} ({utc_offset(now, present)})")
    return [ZoneRegion(_translate(context, PRESENT_ZONE), [kept]), *regions]


def same_clock(value: datetime, zone: str, other: str) -> bool:
    """Whether both zones show the same wall time at `value`."""
    here, there = value.astimezone(zone_or_utc(zone)), value.astimezone(zone_or_utc(other))
    return here.utcoffset() == there.utcoffset()


def _order(region: str, now: datetime) -> Any:
    """By city; those without one from west to east."""
    if region == UTC_ZONE:
        return lambda choice: now.astimezone(zone_or_utc(choice.name)).utcoffset()
    return lambda choice: choice.label


def _offset_alone(zone: str, now: datetime) -> str:
    return UTC_ZONE if zone == UTC_ZONE else utc_offset(now, zone)


def _region(context: Context, zone: str) -> str:
    """The continent or sea before the slash, in the reader's language."""
    head = zone.split("/", 1)[0]
    return _continent(head, context["lang"]) or _translate(context, SEAS.get(head, head))


@lru_cache
def _continent(head: str, language: str) -> str | None:
    code = {
        "Africa": "002", "America": "019", "Asia": "142", "Europe": "150", "Australia": "053",
        "Antarctica": "AQ",
    }.get(head, "")  # fmt: skip
    names: Any = Locale.parse(language).territories
    return str(names[code]) if code in names else None


def _translate(context: Context, text: str, **values: str) -> str:
    return str(context.call(context.resolve("gettext"), text, **values))


ZONE_FILTERS = {
    "zone_time": zone_time,
    "zone_label": zone_label,
    "zone_regions": zone_regions,
    "same_clock": same_clock,
}
"""Filter name to function, as templates call them; `gateway.words.filters` takes them in."""
