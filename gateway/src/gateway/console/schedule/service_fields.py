"""A bookable service's fields between a form's text and the contract's struct."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from gateway.web.submitted import Submitted
from gateway.words.wall_time import read_date
from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.services import (
    Alignment,
    LateCancel,
    OpenTo,
    ServiceFields,
)

TEXTS: Final = ("title", "description", "price", "place", "policy")
SWITCHES: Final = ("self_scheduling", "clients_may_cancel", "clients_may_move", "reason_asked")
CHOICES: Final[Mapping[str, type[StrEnum]]] = {
    "place_kind": PlaceKind,
    "open_to": OpenTo,
    "late_cancel": LateCancel,
    "alignment": Alignment,
}
NUMBERS: Final = (
    "minutes",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "increment_minutes",
    "grace_minutes",
)
NOTICES: Final = ("min_notice_minutes", "cancel_notice_minutes", "move_notice_minutes")
"""Numbers with a unit beside them, which stands in ``<name>_unit`` as minutes."""
LIMITS: Final = ("max_horizon_days", "max_per_day", "max_per_week", "max_per_month", "max_moves")
"""Numbers that may be empty: no limit."""
DATES: Final = ("bookable_from", "bookable_until")
UNITS: Final = (1440, 60, 1)
CHOSEN_CLIENTS: Final = "chosen_client_ids"

_UNIT_NAMES: Final = tuple(f"{name}_unit" for name in NOTICES)
_NAMES: Final = (*TEXTS, *CHOICES, *NUMBERS, *NOTICES, *_UNIT_NAMES, *LIMITS, *DATES)
_DIGITS: Final = re.compile(r"[0-9]{1,7}")


def page_order() -> list[str]:
    """The names in the order in which they stand on the page, for a list of what is wrong."""
    return [
        *("title", "description", "price", "place_kind", "place"),
        *("self_scheduling", "open_to", CHOSEN_CLIENTS, "minutes", "increment_minutes"),
        *("buffer_before_minutes", "buffer_after_minutes", "min_notice_minutes"),
        *("max_horizon_days", *DATES, *LIMITS[1:4], "alignment"),
        *("cancel_notice_minutes", "late_cancel", "move_notice_minutes", "max_moves"),
        *("grace_minutes", "policy"),
    ]


def typed(form: Submitted) -> dict[str, str]:
    """What was typed, as it goes back into the form; a switch is ``1`` or empty."""
    values = form.values(dict.fromkeys((*_NAMES, *SWITCHES), ""))
    return values | {CHOSEN_CLIENTS: " ".join(form.every(CHOSEN_CLIENTS))}


def of_service(fields: ServiceFields) -> dict[str, str]:
    """A service's form as it stands."""
    values: dict[str, str] = {}
    for name in (*TEXTS, *CHOICES, *NUMBERS):
        values[name] = str(getattr(fields, name))
    for name in (*LIMITS, *DATES):
        value = getattr(fields, name)
        values[name] = "" if value is None else str(value)
    for name in SWITCHES:
        values[name] = "1" if getattr(fields, name) else ""
    for name in NOTICES:
        minutes: int = getattr(fields, name)
        unit = next(unit for unit in UNITS if minutes % unit == 0)
        if minutes == 0:
            unit = 60
        # A notice of 24 hours reads as such; from two days on days read better.
        unit = 60 if unit == 1440 and minutes == 1440 else unit  # noqa: PLR2004 - a day
        values |= {name: str(minutes // unit), f"{name}_unit": str(unit)}
    return values | {CHOSEN_CLIENTS: " ".join(map(str, fields.chosen_client_ids))}


def blank() -> dict[str, str]:
    """A new service's form, as the contract's defaults have it."""
    return of_service(ServiceFields(title=""))


def parse(form: Submitted) -> ServiceFields:
    """The fields for scheduling, which judges all but what is no number, date or choice.

    Raises:
        Invalid: ``invalid_fields``: all that cannot be read, by field, and a
            missing title with it.
    """
    values = typed(form)
    errors: dict[str, str] = {}
    read: dict[str, Any] = {name: values[name] for name in TEXTS}
    read |= {name: bool(values[name]) for name in SWITCHES}
    read |= {name: _number(name, values, errors, needed=True) for name in NUMBERS}
    read |= {name: _notice(name, values, errors) for name in NOTICES}
    read |= {name: _number(name, values, errors, needed=False) for name in LIMITS}
    read |= {name: _date(name, values, errors) for name in DATES}
    read |= {name: _choice(name, values, errors) for name in CHOICES}
    if errors:
        missing = {} if values["title"] else {"title": "title_missing"}
        raise Invalid("invalid_fields", "Some fields are not right.", fields=missing | errors)
    return ServiceFields(**read, chosen_client_ids=_ids(values[CHOSEN_CLIENTS]))


def _date(name: str, values: Mapping[str, str], errors: dict[str, str]) -> date | None:
    found = read_date(values[name])
    if values[name] and found is None:
        errors[name] = "date_invalid"
    return found


def _choice(name: str, values: Mapping[str, str], errors: dict[str, str]) -> StrEnum | None:
    try:
        return CHOICES[name](values[name])
    except ValueError:
        errors[name] = "invalid"
        return None


def _number(
    name: str, values: Mapping[str, str], errors: dict[str, str], *, needed: bool
) -> int | None:
    text = values[name]
    if not text:
        if needed:
            errors[name] = "number_missing"
        return None
    if not _DIGITS.fullmatch(text):
        errors[name] = "number_invalid"
        return None
    return int(text)


def _notice(name: str, values: Mapping[str, str], errors: dict[str, str]) -> int:
    unit = values[f"{name}_unit"]
    number = _number(name, values, errors, needed=True)
    if unit not in {str(unit) for unit in UNITS}:
        errors[name] = "invalid"
        return 0
    return (number or 0) * int(unit)


def _ids(text: str) -> list[UUID]:
    found = []
    for word in text.split():
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return list(dict.fromkeys(found))
