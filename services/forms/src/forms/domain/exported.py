"""How answers stand in a table: the columns of a question, and the cells of an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from portal_contracts.forms.rpc.exports import Cell
from portal_contracts.forms.rpc.filling import NO, YES
from portal_contracts.forms.rpc.questions import ADDRESS_PARTS, Question

BETWEEN: Final = "; "
"""Between several choices in one cell."""


@dataclass(frozen=True)
class InTable:
    """How the answers of a kind stand in a table.

    Attributes:
        cells: an answer that is possible, by the parts of the question's columns.
        parts: these parts, in order; an empty one has a column named by the question alone.
    """

    cells: Callable[[Question, Any], Mapping[str, Cell]] = lambda _question, answer: {"": answer}
    parts: Callable[[Question], Iterable[str]] = lambda _question: ("",)


AS_IT_IS: Final = InTable()


def truth(_question: Question, answer: bool) -> dict[str, Cell]:  # noqa: FBT001 - it is the answer
    """Yes or no, as pages send it."""
    return {"": YES if answer else NO}


def words_of_choice(question: Question, answer: str | dict[str, str]) -> dict[str, Cell]:
    """What was chosen, in the words it was read in; with what was written beside it."""
    written = answer if isinstance(answer, dict) else {answer: ""}
    texts = {one.code: one.text for one in question.choices}
    words = (f"{texts[code]}: {more}" if more else texts[code] for code, more in written.items())
    return {"": BETWEEN.join(words)}


def words_of_choices(question: Question, answer: list[str]) -> dict[str, Cell]:
    """All that was chosen, in the order of the question."""
    return {"": BETWEEN.join(one.text for one in question.choices if one.code in answer)}


def words_of_rows(question: Question, answer: dict[str, str]) -> dict[str, Cell]:
    """What was chosen in each row of a matrix."""
    texts = {one.code: one.text for one in question.choices}
    return {row: texts[code] for row, code in answer.items()}


def parts_of_address(_question: Question, answer: dict[str, str]) -> dict[str, Cell]:
    """An address, part by part."""
    return {part: answer[part] for part in ADDRESS_PARTS if part in answer}


OF_ROWS: Final = InTable(
    words_of_rows, parts=lambda question: tuple(row.code for row in question.rows)
)
OF_ADDRESS: Final = InTable(parts_of_address, parts=lambda _question: ADDRESS_PARTS)
