"""What was typed into a page, as an answer. A page's fields are texts, whatever the kind.

A question has one field, or several with a name each; `Fields` holds them by
these names, and by an empty one where there is only one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from portal_contracts.forms.rpc.filling import DATE_PARTS, YES
from portal_contracts.forms.rpc.questions import ADDRESS_PARTS, Question
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
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


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


def time(_question: Question, fields: Fields) -> str | None:
    """A time of day with a colon or a point, as ``HH:MM``.

    Raises:
        UnreadableError: ``time_unreadable``.
    """
    written = with_ascii_digits(line(fields.get("", "")))
    if not written:
        return None
    found = _TIME.fullmatch(written)
    if found is None:
        raise UnreadableError("time_unreadable")
    return f"{int(found[1]):02}:{found[2]}"


def address(_question: Question, fields: Fields) -> dict[str, str] | None:
    """What was typed of the parts of an address."""
    parts = {part: line(fields.get(part, "")) for part in ADDRESS_PARTS}
    return {part: words for part, words in parts.items() if words} or None


def choice(question: Question, fields: Fields) -> str | dict[str, str] | None:
    """The choice that was made, *other* with what was written beside it.

    What was written there counts as chosen where nothing else was.
    """
    chosen = fields.get("")
    for one in question.choices:
        words = line(fields.get(one.code, "")) if one.other else ""
        if one.other and (chosen == one.code or (words and not chosen)):
            return {one.code: words}
    return chosen or None


def rows(question: Question, fields: Fields) -> dict[str, str] | None:
    """The choice made in each row where one was made."""
    return {row.code: chosen for row in question.rows if (chosen := fields.get(row.code))} or None


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
