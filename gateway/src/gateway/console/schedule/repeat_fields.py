"""The fields that say how an appointment repeats, and what becomes of what does not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.web.submitted import Submitted
from gateway.words.wall_time import read_date
from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from portal_contracts.scheduling.rpc.series import (
    LAST_WEEK,
    Repeat,
    SeriesScope,
    SlotChoice,
)

REPEAT_FIELDS: Final = {"repeat": "", "every": "1", "until_on": "", "times": ""}
"""Their names, and what they hold at first."""

THIS: Final = "this"
"""The scope of one appointment alone; the others are of `SeriesScope`."""

REVIEWED: Final = "reviewed"
"""The field that says of which series a review was, as `mark_of` does."""

_SLOT: Final = "slot-"
_NUMBER: Final = re.compile("[0-9]{1,4}")
_PLACES: Final = {"week_of_month": "repeat", "weekday": "repeat"}


class Repeats(StrEnum):
    """How an appointment repeats, as the form offers it."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MONTHLY_LAST = "monthly_last"


class Instead(StrEnum):
    """What becomes of an occurrence that does not fit, besides another start."""

    OUT = "out"
    DESPITE = "despite"


def read_repeat(form: Submitted) -> Repeat | None:
    """How it is to repeat; None: it does not.

    Raises:
        Invalid: ``invalid_fields`` with what is wrong at each field; it says how often
            or until when, and not that it repeats.
    """
    said = form.values(REPEAT_FIELDS)
    if not said["repeat"]:
        if said["until_on"] or said["times"] or said["every"] not in {"", REPEAT_FIELDS["every"]}:
            raise Invalid("invalid_fields", "Does it repeat?", fields={"repeat": "repeat_missing"})
        return None
    errors = {}
    if said["repeat"] not in set(Repeats):
        errors["repeat"] = "repeat_unknown"
    until_on = read_date(said["until_on"])
    if said["until_on"] and until_on is None:
        errors["until_on"] = "date_invalid"
    numbers = {name: form.number(name) for name in ("every", "times") if said[name]}
    errors |= {name: "number_invalid" for name, number in numbers.items() if number is None}
    if errors:
        raise Invalid("invalid_fields", "It cannot repeat like this.", fields=errors)
    monthly = said["repeat"] != Repeats.WEEKLY
    return Repeat(
        unit=RepeatUnit.MONTHLY if monthly else RepeatUnit.WEEKLY,
        every=numbers.get("every") or (0 if "every" in numbers else 1),
        until_on=until_on,
        times=numbers.get("times"),
        week_of_month=LAST_WEEK if said["repeat"] == Repeats.MONTHLY_LAST else None,
    )


def read_scope(form: Submitted) -> SeriesScope | None:
    """How much of a series is meant; None: this appointment alone."""
    said = form.text("scope")
    return SeriesScope(said) if said in set(SeriesScope) else None


def read_choices(form: Submitted) -> tuple[list[SlotChoice], list[int]]:
    """What was chosen for occurrences that did not fit, and the slots that break rules anyway."""
    choices, despite = list[SlotChoice](), list[int]()
    for name in form.names:
        slot = name.removeprefix(_SLOT)
        if not name.startswith(_SLOT) or not _NUMBER.fullmatch(slot):
            continue
        value = form.text(name)
        if value == Instead.DESPITE:
            despite.append(int(slot))
        else:
            start = None if value == Instead.OUT else _instant(value)
            choices.append(SlotChoice(slot=int(slot), starts_at=start))
    return choices, despite


def reviewed(form: Submitted) -> dict[str, str]:
    """What was chosen in a review that was left again, and of which series: it goes along."""
    names = [REVIEWED, *(name for name in form.names if name.startswith(_SLOT))]
    return {name: form.text(name) for name in names} if form.text(REVIEWED) else {}


def field_of(slot: int) -> str:
    """The field in which it is said what becomes of an occurrence."""
    return f"{_SLOT}{slot}"


def at_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """The codes of a refused series at the fields of the form."""
    return {_PLACES.get(name, name): code for name, code in fields.items()}


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
