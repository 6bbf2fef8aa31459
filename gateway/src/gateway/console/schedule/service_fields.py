"""A bookable service's fields between a form's text and the contract's struct."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from gateway.console.schedule.availability_fields import (
    DAYS,
    hours_in_line,
    windows_in_line,
)
from gateway.web.lengths import check_length
from gateway.web.submitted import Submitted
from gateway.web.typed_numbers import read_count
from gateway.words.wall_time import read_date
from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.availability import Window
from portal_contracts.scheduling.rpc.services import (
    SERVICE_LENGTHS,
    Alignment,
    LateCancel,
    OpenTo,
    ServiceColour,
    ServiceFields,
)

UNITS: Final = (1440, 60, 1)
CHOSEN_CLIENTS: Final = "chosen_client_ids"
FORMS_BEFORE: Final = "form_template_ids"
_WEEKLY: Final = "weekly"
WEEK: Final = tuple(f"{_WEEKLY}-{day}" for day in DAYS)
"""The lines of a service's own hours, Monday's first."""

_CLOSED: Final = ("", "-", "\N{EN DASH}")

Read = Callable[[str, Mapping[str, str], dict[str, str]], Any]
"""Reads the field of a name out of what was typed; what is wrong with it goes to the errors."""


def _text(name: str, values: Mapping[str, str], errors: dict[str, str]) -> str:
    check_length(name, values[name], SERVICE_LENGTHS[name], errors)
    return values[name]


def _switch(name: str, values: Mapping[str, str], _errors: dict[str, str]) -> bool:
    return bool(values[name])


def _choice(kind: type[StrEnum]) -> Read:
    def read(name: str, values: Mapping[str, str], errors: dict[str, str]) -> StrEnum | None:
        try:
            return kind(values[name])
        except ValueError:
            errors[name] = "invalid"
            return None

    return read


def _limit(name: str, values: Mapping[str, str], errors: dict[str, str]) -> int | None:
    """A number that may be empty: no limit."""
    return _number(name, values, errors) if values[name] else None


def _number(name: str, values: Mapping[str, str], errors: dict[str, str]) -> int | None:
    return read_count(name, values[name], errors)


def _notice(name: str, values: Mapping[str, str], errors: dict[str, str]) -> int:
    """A number with a unit beside it, which stands in ``<name>_unit`` as minutes."""
    unit = values[f"{name}_unit"]
    number = _number(name, values, errors)
    if unit not in {str(unit) for unit in UNITS}:
        errors[name] = "invalid"
        return 0
    return (number or 0) * int(unit)


def _date(name: str, values: Mapping[str, str], errors: dict[str, str]) -> date | None:
    found = read_date(values[name])
    if values[name] and found is None:
        errors[name] = "date_invalid"
    return found


def _ids(name: str, values: Mapping[str, str], _errors: dict[str, str]) -> list[UUID]:
    found = []
    for word in values[name].split():
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _own_week(
    _name: str, values: Mapping[str, str], errors: dict[str, str]
) -> list[list[Window]] | None:
    """Hours of a week, a day in a line; all lines empty: the practitioner's hold."""
    lines = [values[name] for name in WEEK]
    if not any(lines):
        return None
    week: list[list[Window]] = []
    for name, line in zip(WEEK, lines, strict=True):
        windows = [] if line in _CLOSED else windows_in_line(line)
        if windows is None:
            errors[name] = "hours_unreadable"
        week.append(windows or [])
    return week


FIELDS: Final[Mapping[str, Read]] = {
    "title": _text,
    "description": _text,
    "minutes": _number,
    "price": _text,
    "place_kind": _choice(PlaceKind),
    "place": _text,
    "self_scheduling": _switch,
    "on_request": _switch,
    "answer_hours": _number,
    "open_to": _choice(OpenTo),
    CHOSEN_CLIENTS: _ids,
    "increment_minutes": _number,
    "min_notice_minutes": _notice,
    "buffer_before_minutes": _number,
    "buffer_after_minutes": _number,
    "max_horizon_days": _limit,
    "bookable_from": _date,
    "bookable_until": _date,
    "max_per_day": _limit,
    "max_per_week": _limit,
    "max_per_month": _limit,
    "alignment": _choice(Alignment),
    "clients_may_cancel": _switch,
    "cancel_notice_minutes": _notice,
    "late_cancel": _choice(LateCancel),
    "reason_asked": _switch,
    "usual_time": _switch,
    "clients_may_move": _switch,
    "move_notice_minutes": _notice,
    "max_moves": _limit,
    "grace_minutes": _number,
    "policy": _text,
    "colour": _choice(ServiceColour),
    "weekly": _own_week,
    FORMS_BEFORE: _ids,
}
"""Every field that the contract has, in the order of the page, and how it is read."""

ORDER: Final = (*FIELDS, *WEEK)
"""The names under which something can be wrong, in the order of the page."""

ALWAYS_SHOWN: Final = frozenset(
    {"title", "minutes", "price", "place_kind", "place", "self_scheduling", "open_to"}
    | {"on_request", "answer_hours"}
    | {CHOSEN_CLIENTS}
)
"""What every service is asked; all else is folded away while it is as usual."""

_NOTICES: Final = tuple(name for name, read in FIELDS.items() if read is _notice)


def typed(form: Submitted) -> dict[str, str]:
    """What was typed, as it goes back into the form; a switch is ``1`` or empty."""
    names = (*FIELDS, *(f"{name}_unit" for name in _NOTICES), *WEEK)
    values = form.values(dict.fromkeys(names, ""))
    return values | {name: " ".join(form.every(name)) for name in (CHOSEN_CLIENTS, FORMS_BEFORE)}


def of_service(fields: ServiceFields) -> dict[str, str]:
    """A service's form as it stands."""
    values = {name: _as_text(getattr(fields, name)) for name in FIELDS if name != _WEEKLY}
    week = fields.weekly
    lines = [""] * len(WEEK)
    if week is not None:
        lines = [hours_in_line(day) or _CLOSED[-1] for day in week]
    values |= {_WEEKLY: "", **dict(zip(WEEK, lines, strict=True))}
    for name in _NOTICES:
        minutes: int = getattr(fields, name)
        unit = next(unit for unit in UNITS if minutes % unit == 0)
        if minutes == 0:
            unit = 60
        # A notice of 24 hours reads as such; from two days on days read better.
        unit = 60 if unit == 1440 and minutes == 1440 else unit  # noqa: PLR2004 - a day
        values |= {name: str(minutes // unit), f"{name}_unit": str(unit)}
    return values


def blank() -> dict[str, str]:
    """A new service's form, as the contract's defaults have it."""
    return of_service(ServiceFields(title=""))


def has_rules(values: Mapping[str, str]) -> bool:
    """Whether something that is folded away differs from what a new service has."""
    usual = blank()
    return any(
        values[name] != usual[name]
        for name in usual
        if name.removesuffix("_unit") not in ALWAYS_SHOWN
    )


def field_of(place: str) -> str:
    """The field of a place that scheduling names: ``weekly.2.0.end`` is Wednesday's line."""
    name, *inside = place.split(".")
    if name != _WEEKLY:
        return name
    day = inside[0] if inside and inside[0] in map(str, DAYS) else "0"
    return f"{_WEEKLY}-{day}"


def parse(form: Submitted) -> ServiceFields:
    """The fields for scheduling, which judges all but what is no number, date or choice.

    Raises:
        Invalid: ``invalid_fields``: all that cannot be read, by field, and a
            missing title with it.
    """
    values = typed(form)
    errors: dict[str, str] = {}
    fields = {name: read(name, values, errors) for name, read in FIELDS.items()}
    if errors:
        missing = {} if values["title"] else {"title": "name_missing"}
        raise Invalid("invalid_fields", "Some fields are not right.", fields=missing | errors)
    return ServiceFields(**fields)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
