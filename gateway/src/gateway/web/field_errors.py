"""What is wrong with the fields of a form, told with what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping

from babel.numbers import get_decimal_symbol

from gateway.web.submitted import Submitted
from gateway.words.errors import FieldError
from portal_contracts.numbers import TwoReadings, UnreadableNumber, read_number

_TOO_LONG = "too_long"
_LENGTH_OF_A_PART = frozenset({"tag_too_long"})
"""Codes that tell the length of something in the field, and not of the field."""

TWO_READINGS = "number_two_readings"


def told(errors: Mapping[str, str], form: Submitted, language: str) -> dict[str, str]:
    """The same codes with the numbers that their sentences name.

    A text that is too long tells its length, a number that can be read in two ways both.

    Args:
        errors: field name to code.
        form: as it was sent.
        language: of the page.
    """
    return {name: _told(code, form.text(name), language) for name, code in errors.items()}


def _told(code: str, typed: str, language: str) -> str:
    if code.endswith(_TOO_LONG) and code not in _LENGTH_OF_A_PART and typed:
        return FieldError(code, length=len(typed))
    if code.endswith(TWO_READINGS):
        return FieldError(code, **_readings(typed, get_decimal_symbol(language)))
    return code


def _readings(typed: str, point: str) -> dict[str, str]:
    try:
        read_number(typed)
    except TwoReadings as both:
        return {
            "grouped": both.grouped,
            "decimal": both.decimal(point),
            "written": both.typed_decimal(point),
        }
    except UnreadableNumber:
        pass
    return {"grouped": typed, "decimal": typed, "written": typed}
