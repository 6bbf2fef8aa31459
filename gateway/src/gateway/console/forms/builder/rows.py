"""Rows of a question that are added, moved and taken away one by one: choices, rows of a matrix.

What is done to them is done to the texts, before they are read, so that nothing typed is lost.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from gateway.console.forms.builder.typed_parts import Reader, Texts, number_text
from portal_contracts.forms.rpc.questions import LONGEST_CHOICE, Choice, Question, QuestionKind, Row

ROWS: Final = ("choices", "rows")
_NUMBERED: Final = re.compile("(?:choice|row)_([0-9]{1,9})")


def texts_of_choices(question: Question) -> Texts:
    """The fields of a question's choices and rows."""
    texts: Texts = {}
    for at, choice in enumerate(question.choices):
        texts |= {
            f"choices.{at}.code": choice.code,
            f"choices.{at}.text": choice.text,
            f"choices.{at}.score": number_text(choice.score),
            f"choices.{at}.alone": "1" if choice.alone else "",
            f"choices.{at}.other": "1" if choice.other else "",
        }
    for at, row in enumerate(question.rows):
        texts |= {f"rows.{at}.code": row.code, f"rows.{at}.text": row.text}
    return texts


def read_choices(reader: Reader, former: Question) -> list[Choice]:
    """The choices, without those that were emptied; a new one gets a code of its own."""
    codes = _Codes("choice", [one.code for one in former.choices], reader)
    known = {one.code: one for one in former.choices}
    return [
        replace(
            known.get(code := codes.of(f"choices.{at}"), Choice(code=code, text="")),
            text=reader.line(f"choices.{at}.text", LONGEST_CHOICE),
            score=reader.whole(f"choices.{at}.score"),
            alone=reader.switch(f"choices.{at}.alone") and former.kind is QuestionKind.CHOICES,
            other=reader.switch(f"choices.{at}.other") and former.kind is QuestionKind.CHOICE,
        )
        for at in _filled(reader, "choices")
    ]


def read_rows(reader: Reader, former: Question) -> list[Row]:
    """The rows of a matrix, as `read_choices` reads choices."""
    codes = _Codes("row", [one.code for one in former.rows], reader)
    known = {one.code: one for one in former.rows}
    return [
        replace(
            known.get(code := codes.of(f"rows.{at}"), Row(code=code, text="")),
            text=reader.line(f"rows.{at}.text", LONGEST_CHOICE),
        )
        for at in _filled(reader, "rows")
    ]


def changed_rows(texts: Texts, name: str, act: str, at: int) -> Texts:
    """`texts` once the rows called `name` are ``up``, ``down`` or ``remove`` at place `at`.

    The rows are numbered anew, those without words left out.
    """
    reader = Reader(texts)
    rows = [
        {
            field.removeprefix(f"{name}.{number}."): text
            for field, text in texts.items()
            if field.startswith(f"{name}.{number}.")
        }
        for number in reader.row_numbers(name)
    ]
    if act == "remove":
        rows[at : at + 1] = []
    else:
        to = at - 1 if act == "up" else at + 1
        if 0 <= at < len(rows) and 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
    others = {field: text for field, text in texts.items() if not field.startswith(f"{name}.")}
    return others | {
        f"{name}.{number}.{field}": text
        for number, row in enumerate(rows)
        for field, text in row.items()
    }


def _filled(reader: Reader, name: str) -> list[int]:
    return [at for at in reader.row_numbers(name) if reader.texts.get(f"{name}.{at}.text")]


class _Codes:
    """Gives the rows their codes: the one they have, or a number beyond all that were seen."""

    def __init__(self, kind: str, former: list[str], reader: Reader) -> None:
        self._kind, self._former, self._texts = kind, former, reader.texts
        self._used: set[str] = set()

    def of(self, row: str) -> str:
        code = self._texts.get(f"{row}.code", "")
        if code not in self._former or code in self._used:
            seen = [
                int(found[1])
                for one in (*self._former, *self._used)
                if (found := _NUMBERED.fullmatch(one))
            ]
            code = f"{self._kind}_{max(seen, default=0) + 1}"
        self._used.add(code)
        return code
