"""Phone numbers as they are compared: however they are spaced, with or without the country."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from portal_contracts.numbers import with_ascii_digits

FEWEST_DIGITS: Final = 3
"""Fewer are no phone number to be found by."""

_LIKE_A_NUMBER: Final = re.compile(r"[+(]?[\d()/.\-+\s]*\d[\d()/.\-+\s]*")
_SIGNS: Final = str.maketrans(
    {"\uff0b": "+", "\uff08": "(", "\uff09": ")", "\uff0f": "/", "\uff0e": "."}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d", "-")
)
"""What stands for a sign of a phone number on other keyboards and in typeset text."""

_TRUNK: Final = re.compile(r"\(\s*0\s*\)")
_COUNTRY: Final = re.compile(
    # ITU-T E.164, assigned country codes: of one, of two, else of three digits.
    "[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\\d{3}"
)
_NORTH_AMERICA: Final = re.compile(r"1\d{10}")


@dataclass(frozen=True)
class PhoneNumber:
    """A phone number, or the beginning of one.

    Attributes:
        country: its country code, without a plus; "" where none was written.
        national: the digits after it, without the zero before an area code.
        trunk: such a zero was written, and no country code.
    """

    country: str
    national: str
    trunk: bool


def plain_phone(text: str) -> str:
    """`text` with the digits and signs of phone numbers in ASCII."""
    return with_ascii_digits(text).translate(_SIGNS)


def looks_like_phone(text: str) -> bool:
    """Whether `text` is nothing but a phone number, or a part of one of some digits."""
    digits = sum(each.isdigit() for each in text)
    return digits >= FEWEST_DIGITS and bool(_LIKE_A_NUMBER.fullmatch(plain_phone(text)))


def read_phone(text: str) -> PhoneNumber | None:
    """The number in `text`; None where it has too few digits to be one.

    A number begins with its country where it begins with ``+``, ``00`` or, of eleven digits,
    with the 1 of North America.
    """
    plain = plain_phone(text)
    digits = re.sub(r"\D", "", _TRUNK.sub("", plain))
    if len(digits) < FEWEST_DIGITS:
        return None
    if plain.strip(" (").startswith("+") or _NORTH_AMERICA.fullmatch(digits):
        return _of_country(digits)
    if digits.startswith("00"):
        return _of_country(digits[2:])
    return PhoneNumber("", digits.lstrip("0"), trunk=digits.startswith("0"))


def _of_country(digits: str) -> PhoneNumber:
    code = _COUNTRY.match(digits)
    country = code[0] if code else digits
    return PhoneNumber(country, digits[len(country) :].lstrip("0"), trunk=False)
