"""What was typed into a page, as an answer. A page's fields are texts, whatever the kind.

A question has one field, or several with a name each; `Fields` holds them by
these names, and by an empty one where there is only one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from portal_contracts.forms.rpc.filling import DATE_PARTS, YES
from portal_contracts.forms.rpc.questions import Question
from portal_contracts.numbers import (
    TwoReadings,
    UnreadableNumber,
    read_number,
    with_ascii_digits,
)
from portal_contracts.text import line

Fields = Mapping[str, str]

_DATE_PART = re.compile(r"[0-9]{1,4}")
_YEAR_DIGITS = 4


class UnreadableError(ValueError):
    """What was typed is no answer; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text(_question: Question, fields: Fields) -> str | None:
    """What was typed, as it stands."""
    return fields.get("") or None


def number(question: Question, fields: Fields) -> float | None:
    """A number with a decimal point or comma.

    Raises:
        UnreadableError: ``number_unreadable``; ``number_two_readings``: it may be a thousand
            times another; ``number_not_whole`` where the question is for one.
    """
    value = _number(fields)
    if isinstance(value, float) and question.whole:
        raise UnreadableError("number_not_whole")
    return value


def step(_question: Question, fields: Fields) -> int | None:
    """A whole number.

    Raises:
        UnreadableError: ``number_unreadable``, ``number_two_readings``, ``number_not_whole``.
    """
    value = _number(fields)
    if isinstance(value, float):
        raise UnreadableError("number_not_whole")
    return value


def day(_question: Question, fields: Fields) -> str | None:
    """A day from its three fields, as ``YYYY-MM-DD``.

    Raises:
        UnreadableError: ``date_unreadable``.
    """
    parts = [with_ascii_digits(line(fields.get(part, ""))) for part in DATE_PARTS]
    if not any(parts):
        return None
    if not all(_DATE_PART.fullmatch(part) for part in parts) or len(parts[2]) != _YEAR_DIGITS:
        raise UnreadableError("date_unreadable")
    in_month, month, year = (int(part) for part in parts)
    try:
        return date(year, month, in_month).isoformat()
    except ValueError:
        raise UnreadableError("date_unreadable") from None


def truth(_question: Question, fields: Fields) -> bool | None:
    """Yes, or whatever else was chosen for no."""
    chosen = fields.get("")
    return chosen == YES if chosen else None


def agreement(_question: Question, fields: Fields) -> bool | None:
    """True where the box was ticked; one that was not is no answer."""
    return fields.get("") == YES or None


def codes(question: Question, fields: Fields) -> list[str] | None:
    """The choices whose boxes were ticked."""
    return [one.code for one in question.choices if fields.get(one.code) == YES] or None


def _number(fields: Fields) -> int | float | None:
    """A whole number as an integer, so that the others are the floats."""
    written = line(fields.get("", ""))
    if not written:
        return None
    try:
        return read_number(written)
    except TwoReadings:
        raise UnreadableError("number_two_readings") from None
    except UnreadableNumber:
        raise UnreadableError("number_unreadable") from None
