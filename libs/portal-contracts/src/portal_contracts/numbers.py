"""Numbers as people type them: one reading, or both where there are two.

``1.5`` and ``1,5`` can be read in one way only, and so can ``1.234,56``, ``1 234`` and
``1'234.5``. ``1,000`` is a thousand to one reader and one to another: nobody but whoever
typed it can say which. Digits of every script count.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from portal_contracts.text import line

MOST_DIGITS: Final = 15
"""Before the decimal sign; more are not told apart by every reader of JSON."""

MOST_DECIMALS: Final = 10

_GROUP_DIGITS: Final = 3
_SIGNS = str.maketrans(
    {"\uff0c": ",", "\uff0e": ".", "\uff0b": "+"}
    | dict.fromkeys("\u066c\u2019\u02bc\uff07", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-")
)
_ARABIC_POINT: Final = "\u066b"
_NUMBER = re.compile(
    r"(?P<sign>[+-]?) ?"
    r"(?P<whole>\d+|\d{1,3}(?P<group>[ ',.])\d{3}(?:(?P=group)\d{3})*)"
    rf"(?:(?P<point>[.,{_ARABIC_POINT}])(?P<decimals>\d+))?",
    re.ASCII,
)


class UnreadableNumber(ValueError):
    """What was typed is no number."""


class TwoReadings(ValueError):
    """What was typed is one number to one reader, and another to the next.

    Args:
        whole: the digits before the sign, with plus or minus.
        decimals: the three digits behind it.
    """

    def __init__(self, whole: str, decimals: str) -> None:
        super().__init__("two readings")
        self._whole = whole
        self._decimals = decimals

    @property
    def grouped(self) -> str:
        """The number where the sign parts thousands, as it can be read in one way only."""
        return f"{self._whole}{self._decimals}"

    def decimal(self, point: str) -> str:
        """The number where the sign begins the decimals, in the fewest digits."""
        decimals = self._decimals.rstrip("0")
        return f"{self._whole}{point}{decimals}" if decimals else self._whole

    def typed_decimal(self, point: str) -> str:
        """The same, as it can be read in one way only: never with three decimals."""
        decimals = self._decimals.rstrip("0") or "0"
        if len(decimals) == _GROUP_DIGITS:
            decimals += "0"
        return f"{self._whole}{point}{decimals}"


def read_number(text: str) -> int | float:
    """The number in `text`; a whole one is an integer, however it was typed.

    Raises:
        UnreadableNumber: there is none, or one of more digits than are told apart.
        TwoReadings: there are two.
    """
    found = _NUMBER.fullmatch(with_ascii_digits(line(text)).translate(_SIGNS))
    if found is None:
        raise UnreadableNumber
    sign, point, group = found["sign"], found["point"], found["group"]
    digits, decimals = re.sub(r"\D", "", found["whole"]), found["decimals"] or ""
    if group is not None and (group == point or digits.startswith("0")):
        raise UnreadableNumber
    if len(digits) > MOST_DIGITS or len(decimals) > MOST_DECIMALS:
        raise UnreadableNumber
    may_be_grouped = len(digits) <= _GROUP_DIGITS and not digits.startswith("0")
    if group is None and point in {".", ","} and len(decimals) == _GROUP_DIGITS and may_be_grouped:
        raise TwoReadings(sign + digits, decimals)
    value = float(f"{sign}{digits}.{decimals or 0}")
    return int(value) if value.is_integer() else value


def with_ascii_digits(text: str) -> str:
    """`text` with the decimal digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
