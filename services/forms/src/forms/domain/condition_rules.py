"""Whether the conditions and calculations of a document fit its questions."""

from __future__ import annotations

from typing import NamedTuple

from forms.domain.items import Item, items_of, scorings_of
from forms.domain.order import cycle
from forms.domain.question_kinds import asks, kind_of, may_hold
from forms.domain.refusals import LARGEST_NUMBER
from portal_contracts.forms.rpc.conditions import (
    DEEPEST,
    JOINING,
    LIMITS,
    MOST_OF,
    PRESENCE,
    Calculation,
    CalculationOperator,
    Condition,
    ConditionOperator,
    Term,
    Value,
)
from portal_contracts.forms.rpc.question_kinds import operators_for
from portal_contracts.forms.rpc.questions import FormDocument, Question, QuestionKind

Wrong = dict[str, str]

_LIKE_A_SCORE = QuestionKind.NUMBER
_HOW_MANY = {
    CalculationOperator.DIFFERENCE: (2, 2),
    CalculationOperator.QUOTIENT: (2, 2),
    CalculationOperator.AGE: (1, 1),
}


class Names(NamedTuple):
    """What conditions and calculations of a document may name."""

    items: dict[str, Item]
    scores: set[str]


def names_in(document: FormDocument) -> Names:
    """What of `document` has a value or is scored."""
    return Names(items_of(document), {one.id for one in scorings_of(document).values()})


def check_conditions(wrong: Wrong, document: FormDocument) -> None:
    """Add what is wrong with what is asked when, and with what is calculated of what.

    A circle is named at each of its places.
    """
    names = names_in(document)
    for at, section in enumerate(document.sections):
        place = f"sections.{at}"
        if section.shown_when is not None:
            check_condition(wrong, f"{place}.shown_when", section.shown_when, names)
        for number, question in enumerate(section.questions):
            _check_question(wrong, f"{place}.questions.{number}", question, names)
    for place in cycle(document):
        wrong[place] = "cycle"


def check_condition(
    wrong: Wrong, place: str, condition: Condition, names: Names, depth: int = 1
) -> None:
    """Add what is wrong with one condition and with those it joins."""
    if depth > DEEPEST:
        wrong[place] = "too_deep"
    elif condition.operator not in JOINING:
        _check_comparison(wrong, place, condition, names)
    elif not _check_members(wrong, place, condition):
        for at, one in enumerate(condition.of):
            check_condition(wrong, f"{place}.of.{at}", one, names, depth + 1)


def _check_members(wrong: Wrong, place: str, condition: Condition) -> bool:
    """Whether what joins conditions holds something else, or none, or too many."""
    if condition.item is not None:
        wrong[f"{place}.item"] = "not_expected"
    if condition.values:
        wrong[f"{place}.values"] = "not_expected"
    if not condition.of:
        wrong[f"{place}.of"] = "required"
    elif len(condition.of) > MOST_OF:
        wrong[f"{place}.of"] = "too_many"
    return any(one.startswith(f"{place}.") for one in wrong)


def _check_comparison(wrong: Wrong, place: str, condition: Condition, names: Names) -> None:
    if condition.of:
        wrong[f"{place}.of"] = "not_expected"
    item = names.items.get(condition.item or "")
    if condition.item is None:
        wrong[f"{place}.item"] = "required"
    elif item is None and condition.item not in names.scores:
        wrong[f"{place}.item"] = "unknown_question"
    elif condition.operator not in operators_for(item.question.kind if item else _LIKE_A_SCORE):
        wrong[f"{place}.operator"] = "does_not_fit"
    elif condition.operator in LIMITS and item and not (item.counts or item.has_score):
        wrong[f"{place}.item"] = "no_score"
    elif code := _wrong_count(condition):
        wrong[f"{place}.values"] = code
    else:
        for at, value in enumerate(condition.values):
            if code := _wrong_value(condition.operator, value, item):
                wrong[f"{place}.values.{at}"] = code


def _wrong_count(condition: Condition) -> str | None:
    """Whether it has as many values as its operator needs."""
    if condition.operator in PRESENCE:
        return "not_expected" if condition.values else None
    if not condition.values:
        return "required"
    most = MOST_OF if condition.operator is ConditionOperator.ANY_OF else 1
    return "too_many" if len(condition.values) > most else None


def _wrong_value(operator: ConditionOperator, value: Value, item: Item | None) -> str | None:
    """Whether an answer could ever compare with it."""
    if value == "":
        return "required"
    if item is None or operator in LIMITS:
        if isinstance(value, bool | str) or not abs(value) <= LARGEST_NUMBER:
            return "wrong_type"
        return None
    refuse_value = kind_of(item.question).refuse_value
    return refuse_value(item.question, value) if refuse_value else "not_expected"


def _check_question(wrong: Wrong, place: str, question: Question, names: Names) -> None:
    if question.shown_when is not None:
        check_condition(wrong, f"{place}.shown_when", question.shown_when, names)
    if question.required_when is not None:
        if question.required or not asks(question):
            wrong[f"{place}.required_when"] = "not_expected"
        else:
            check_condition(wrong, f"{place}.required_when", question.required_when, names)
    if question.calculation is not None and may_hold(question, "calculation"):
        _check_calculation(wrong, f"{place}.calculation", question.calculation, names)


def _check_calculation(
    wrong: Wrong, place: str, calculation: Calculation, names: Names, depth: int = 1
) -> None:
    if depth > DEEPEST:
        wrong[place] = "too_deep"
        return
    fewest, most = _HOW_MANY.get(calculation.operator, (1, MOST_OF))
    if len(calculation.of) < fewest:
        wrong[f"{place}.of"] = "too_few"
    elif len(calculation.of) > most:
        wrong[f"{place}.of"] = "too_many"
    else:
        for at, term in enumerate(calculation.of):
            of_date = calculation.operator is CalculationOperator.AGE
            if isinstance(term, Calculation) and not of_date:
                _check_calculation(wrong, f"{place}.of.{at}", term, names, depth + 1)
            elif code := _wrong_term(term, names, of_date=of_date):
                wrong[f"{place}.of.{at}"] = code


def _wrong_term(term: Term, names: Names, *, of_date: bool) -> str | None:
    if not isinstance(term, str):
        is_number = isinstance(term, int | float) and abs(term) <= LARGEST_NUMBER
        return None if is_number and not of_date else "does_not_fit"
    item = names.items.get(term)
    if item is None:
        return None if term in names.scores and not of_date else "unknown_question"
    if of_date:
        return None if item.question.kind is QuestionKind.DATE else "does_not_fit"
    return None if item.counts or item.has_score else "no_score"
