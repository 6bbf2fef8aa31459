"""Calculations between their tree and the fields of a page: an operator, and its terms as rows.

A term is an item, a number that was typed, or a calculation again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.console.forms.builder.items import Answered, Item, item_of
from gateway.console.forms.builder.typed_parts import Reader, Texts, number_text
from portal_contracts.forms.rpc.conditions import (
    DEEPEST,
    Calculation,
    CalculationOperator,
    Term,
)

FEWEST_ROWS: Final = 2


def counted(items: Sequence[Item]) -> list[Item]:
    """The items that a calculation can take: numbers, what scores, and dates for an age."""
    return [one for one in items if one.by in (Answered.NUMBER, Answered.DATE) or one.scored]


def texts_of_calculation(name: str, calculation: Calculation | None) -> Texts:
    """The fields of a calculation called `name`."""
    if calculation is None:
        return {}
    texts = {f"{name}.operator": calculation.operator.value}
    for at, term in enumerate(calculation.of):
        row = f"{name}.{at}"
        if isinstance(term, Calculation):
            texts |= texts_of_calculation(row, term)
        elif isinstance(term, str):
            texts |= {f"{row}.item": term, f"{row}.number": ""}
        else:
            texts |= {f"{row}.item": "", f"{row}.number": number_text(term)}
    return texts


def read_calculation(
    reader: Reader, name: str, items: Sequence[Item], depth: int = 1
) -> Calculation | None:
    """The calculation that was typed under `name`; None where it has no term."""
    try:
        operator = CalculationOperator(reader.texts.get(f"{name}.operator", ""))
    except ValueError:
        operator = CalculationOperator.SUM
    terms = []
    for at in reader.row_numbers(name):
        term = _read_term(reader, f"{name}.{at}", items, depth)
        if term is not None:
            terms.append(term)
    return Calculation(operator=operator, of=terms) if terms else None


def _read_term(reader: Reader, name: str, items: Sequence[Item], depth: int) -> Term | None:
    if f"{name}.operator" in reader.texts and depth < DEEPEST:
        return read_calculation(reader, name, items, depth + 1)
    item = item_of(items, reader.texts.get(f"{name}.item", ""))
    return item.name if item else reader.number(f"{name}.number")
