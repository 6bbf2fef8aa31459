"""Whole numbers that were typed into a form: minutes, days, how many."""

from __future__ import annotations

from typing import Final

from gateway.web.field_errors import TWO_READINGS
from portal_contracts.numbers import TwoReadings, UnreadableNumber, read_number

MOST: Final = 10**9
"""Below it lies every number that is asked for; what is allowed, the service says."""


def read_count(
    name: str, text: str, errors: dict[str, str], *, unreadable: str = "number_invalid"
) -> int | None:
    """The whole number from 0 up in a field, or None with what is wrong among `errors`.

    Args:
        name: the field's.
        text: what was typed.
        errors: field name to code: ``number_missing``, ``number_two_readings``, or `unreadable`.
        unreadable: the code of what is no such number.
    """
    try:
        number = read_number(text)
        if isinstance(number, int) and 0 <= number < MOST:
            return number
        errors[name] = unreadable
    except TwoReadings:
        errors[name] = TWO_READINGS
    except UnreadableNumber:
        errors[name] = unreadable if text else "number_missing"
    return None
