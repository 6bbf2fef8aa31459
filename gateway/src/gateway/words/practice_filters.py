"""Filters for what is set of a practice: lengths of time, and values as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from babel import Locale
from babel.dates import format_date
from babel.units import format_unit
from jinja2 import pass_context
from jinja2.runtime import Context

from gateway.words.practice import PRACTICE_VALUES
from gateway.words.wall_time import read_date
from gateway.words.zone_filters import zone_label

_UNITS: Final = ((24 * 60, "duration-day"), (60, "duration-hour"), (1, "duration-minute"))


@pass_context
def duration(context: Context, minutes: int) -> str:
    """``90`` as "90 minutes", ``120`` as "2 hours": in the largest unit that fits evenly."""
    size, unit = next(one for one in _UNITS if minutes % one[0] == 0)
    return format_unit(minutes // size, unit, length="long", locale=str(context["lang"]))


def durations(field: Any, present: str) -> Sequence[int]:
    """The minutes to choose from, with the present ones among them."""
    known = {int(option.value) for option in field.options}
    return sorted(known | ({int(present)} if present.isascii() and present.isdigit() else set()))


@pass_context
def practice_value(context: Context, value: str, name: str) -> str:
    """What the access log tells of the new value of the member `name`."""
    if value in PRACTICE_VALUES:
        return str(context.call(context.resolve("gettext"), PRACTICE_VALUES[value]))
    if name == "timezone":
        return str(zone_label(context, value))
    if name == "second_factor_from" and (day := read_date(value)):
        return format_date(day, format="long", locale=str(context["lang"]))
    if name.endswith("_minutes") and value.isdigit():
        return duration(context, int(value))
    names: Any = Locale.parse(str(context["lang"]))
    known = {"language": names.languages, "country": names.territories}.get(name, {})
    return str(known.get(value, value))


def picture_of(name: str) -> str:
    """The picture that goes with a practitioner's name, or empty."""
    return getattr(name, "picture", "")


PRACTICE_FILTERS: Final = {
    "picture_of": picture_of,
    "duration": duration,
    "durations": durations,
    "practice_value": practice_value,
}
"""Filter name to function, as templates call them; `gateway.words.filters` takes them in."""
