"""Values calculated of others. Each step is one a browser makes alike: IEEE doubles, in order."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from functools import reduce

from forms.domain.answer_scores import Number
from forms.domain.refusals import LARGEST_NUMBER, is_date
from portal_contracts.forms.rpc.conditions import CalculationOperator

_OPERATIONS: dict[CalculationOperator, Callable[[list[float]], float]] = {
    CalculationOperator.SUM: lambda terms: reduce(float.__add__, terms),
    CalculationOperator.DIFFERENCE: lambda terms: reduce(float.__sub__, terms),
    CalculationOperator.PRODUCT: lambda terms: reduce(float.__mul__, terms),
    CalculationOperator.QUOTIENT: lambda terms: reduce(float.__truediv__, terms),
    CalculationOperator.MEAN: lambda terms: reduce(float.__add__, terms) / len(terms),
}


def calculated(operator: CalculationOperator, terms: list[Number | None]) -> float | None:
    """What `operator` makes of `terms`; None where one is missing or it cannot be calculated."""
    if not terms or None in terms:
        return None
    try:
        # A form that is still worked on may hold a number beyond all doubles.
        value = _OPERATIONS[operator]([float(term) for term in terms if term is not None])
    except (ZeroDivisionError, OverflowError):
        return None
    return value if abs(value) <= LARGEST_NUMBER else None


def rounded(value: float, decimals: int) -> Number:
    """`value` with at most so many decimals, halves upwards; a whole number is an integer."""
    step: float = 10**decimals
    shortened = math.floor(value * step + 0.5) / step
    return int(shortened) if shortened.is_integer() else shortened


def age(born: str, today: date) -> int | None:
    """Whole years since the day `born` until `today`; None where it is still to come.

    Whoever was born on 29 February is a year older on 1 March of a common year.
    """
    if not is_date(born):
        return None
    day = date.fromisoformat(born)
    if day > today:
        return None
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
