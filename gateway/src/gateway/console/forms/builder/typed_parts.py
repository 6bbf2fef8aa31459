"""What was typed into an open part: texts by the name of their field.

A field is named by the member of the contract that it fills, behind a prefix: ``f.text``, and
``f.choices.2.score`` where there are several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from gateway.web.field_errors import TWO_READINGS
from gateway.web.lengths import check_length
from gateway.web.submitted import Submitted
from portal_contracts.numbers import TwoReadings, UnreadableNumber, read_number
from portal_contracts.text import line

PREFIX: Final = "f."
MOST_TYPED: Final = 1e15

_ROW: Final = re.compile("[0-9]{1,4}")

Texts = dict[str, str]
"""Field name, without its prefix, to the text in it."""


def typed_texts(form: Submitted) -> Texts:
    """The fields of the open part as they were sent."""
    return {
        name.removeprefix(PREFIX): form.text(name) for name in form.names if name.startswith(PREFIX)
    }


class Reader:
    """Reads members out of texts, and notes what is wrong by the names of the fields.

    Args:
        texts: as they were typed.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.errors: dict[str, str] = {}

    def line(self, name: str, longest: int) -> str:
        """A text of one line."""
        text = line(self.texts.get(name, ""))
        self._check_length(name, text, longest)
        return text

    def lines(self, name: str, longest: int) -> str:
        """A text of several lines."""
        text = self.texts.get(name, "")
        self._check_length(name, text, longest)
        return text

    def switch(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.texts.get(name))

    def number(self, name: str) -> int | float | None:
        """A number, whole ones as such; None for an empty field, or one that holds none."""
        text = line(self.texts.get(name, ""))
        if not text:
            return None
        try:
            number = read_number(text)
        except TwoReadings:
            self.errors[name] = TWO_READINGS
            return None
        except UnreadableNumber:
            self.errors[name] = "number_invalid"
            return None
        if abs(number) > MOST_TYPED:
            self.errors[name] = "number_invalid"
            return None
        return number

    def whole(self, name: str) -> int | None:
        """A whole number; None for an empty field, or one that holds none."""
        number = self.number(name)
        if isinstance(number, float):
            self.errors[name] = "number_invalid"
            return None
        return number

    def row_numbers(self, name: str) -> list[int]:
        """The numbers of the rows of a field, in order: of ``choices.2.text`` it is 2."""
        return sorted(set(_rows(self.texts, f"{name}.")))

    def _check_length(self, name: str, text: str, longest: int) -> None:
        check_length(name, text, longest, self.errors)


def _rows(texts: Mapping[str, str], prefix: str) -> Iterator[int]:
    for name in texts:
        if name.startswith(prefix):
            number = name.removeprefix(prefix).partition(".")[0]
            if _ROW.fullmatch(number):
                yield int(number)


def number_text(number: float | None) -> str:
    """A number as it stands in a field; empty for none."""
    if number is None:
        return ""
    return str(int(number) if float(number).is_integer() else number)
