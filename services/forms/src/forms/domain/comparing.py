"""Whether an answer compares as a condition wants it."""

from __future__ import annotations

from forms.domain.answer_scores import Number, chosen_code
from portal_contracts.forms.rpc.conditions import LIMITS, TIMES, ConditionOperator, Value
from portal_contracts.forms.rpc.questions import Answer


def compares(
    operator: ConditionOperator, answer: Answer | None, number: Number | None, values: list[Value]
) -> bool:
    """Whether `answer` compares with `values` as `operator` says.

    Args:
        operator: one that looks at an item.
        answer: the item's, None without one; then only ``not_answered`` holds.
        number: what the answer counts as, None for none.
        values: as many as the operator has.
    """
    if operator is ConditionOperator.NOT_ANSWERED:
        return answer is None
    if answer is None:
        return False
    if operator is ConditionOperator.ANSWERED:
        return True
    first = values[0] if values else None
    if operator in LIMITS:
        return _is_within(operator, number, first)
    if operator in TIMES:
        return _is_then(operator, answer, first)
    among = any(_is(answer, value) for value in values)
    return not among if operator is ConditionOperator.IS_NOT else among


def _is(answer: Answer, value: Value) -> bool:
    if isinstance(answer, list):
        return value in answer
    chosen = chosen_code(answer)
    # True is 1 to Python, and to nobody else.
    return isinstance(chosen, bool) is isinstance(value, bool) and chosen == value


def _is_within(operator: ConditionOperator, number: Number | None, limit: Value | None) -> bool:
    if number is None or not isinstance(limit, int | float):
        return False
    return number >= limit if operator is ConditionOperator.AT_LEAST else number <= limit


def _is_then(operator: ConditionOperator, answer: Answer, other: Value | None) -> bool:
    """Days and times are written so that their order is that of the alphabet."""
    if not isinstance(answer, str) or not isinstance(other, str):
        return False
    return answer < other if operator is ConditionOperator.BEFORE else answer > other
