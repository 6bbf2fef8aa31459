"""What a condition can look at: the answers that come before it, row by row, and scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from gateway.console.forms.builder.parts import Part, find_question, find_section, scores_of
from portal_contracts.forms.rpc.conditions import ConditionOperator
from portal_contracts.forms.rpc.questions import (
    READ_ONLY,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
)


class Answered(StrEnum):
    """What an answer is compared by."""

    CHOICE = "choice"
    TRUTH = "truth"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    TEXT = "text"


class Item(NamedTuple):
    """What a condition can look at.

    Attributes:
        name: as conditions name it.
        label: its words.
        by: what its answers are compared by.
        choices: those of a choice.
        scored: its answers may be compared by their scores too.
    """

    name: str
    label: str
    by: Answered
    choices: tuple[Choice, ...] = ()
    scored: bool = False


_IS: Final = ConditionOperator.IS
_ANSWERED: Final = (ConditionOperator.ANSWERED, ConditionOperator.NOT_ANSWERED)
_BETWEEN: Final = (ConditionOperator.AT_LEAST, ConditionOperator.AT_MOST)
_AROUND: Final = (ConditionOperator.BEFORE, ConditionOperator.AFTER)

OPERATORS: Final[dict[Answered, tuple[ConditionOperator, ...]]] = {
    Answered.CHOICE: (_IS, ConditionOperator.IS_NOT, *_ANSWERED),
    Answered.TRUTH: (_IS, *_ANSWERED),
    Answered.NUMBER: (*_BETWEEN, _IS, ConditionOperator.IS_NOT, *_ANSWERED),
    Answered.DATE: (*_AROUND, _IS, *_ANSWERED),
    Answered.TIME: (*_AROUND, _IS, *_ANSWERED),
    Answered.TEXT: _ANSWERED,
}
"""How an answer can be compared, the usual way first. *Is* means any of what is ticked."""

_BY: Final[dict[QuestionKind, Answered]] = {
    QuestionKind.NUMBER: Answered.NUMBER,
    QuestionKind.SCALE: Answered.NUMBER,
    QuestionKind.CALCULATED: Answered.NUMBER,
    QuestionKind.DATE: Answered.DATE,
    QuestionKind.TIME: Answered.TIME,
    QuestionKind.YES_NO: Answered.TRUTH,
    QuestionKind.CONSENT: Answered.TRUTH,
    QuestionKind.CHOICE: Answered.CHOICE,
    QuestionKind.CHOICES: Answered.CHOICE,
}

NUMBERS: Final = frozenset(
    {QuestionKind.NUMBER, QuestionKind.SCALE, QuestionKind.CALCULATED, QuestionKind.CHOICE}
)
"""Kinds whose answers can be counted with."""


def operators_of(item: Item) -> tuple[ConditionOperator, ...]:
    """How the answers to `item` can be compared."""
    found = OPERATORS[item.by]
    return (*found, *_BETWEEN) if item.by is Answered.CHOICE and item.scored else found


def items_before(document: FormDocument, part: Part) -> list[Item]:
    """What the condition of a section or question may look at: all that is asked before it."""
    found = find_question(document, part.which)
    section = find_section(document, part.which)
    questions: list[Question] = []
    for at, one in enumerate(document.sections):
        if section and at >= section[0]:
            break
        if found and at == found.section_at:
            questions += one.questions[: found.at]
            break
        questions += one.questions
    return list(_items(questions))


def all_items(document: FormDocument) -> list[Item]:
    """What an alert may look at: every answer, and the scores after them."""
    questions = [one for section in document.sections for one in section.questions]
    scores = [Item(one.id, one.title, Answered.NUMBER) for one in scores_of(document)]
    return [*_items(questions), *scores]


def items_named(document: FormDocument, items: list[Item], names: Iterable[str]) -> list[Item]:
    """`items`, and what `names` name beside them: asked later, or gone since."""
    known = {one.name for one in items}
    others = {one.name: one for one in all_items(document)}
    more = dict.fromkeys(name for name in names if name and name not in known)
    return [*items, *(others.get(name, Item(name, "", Answered.TEXT)) for name in more)]


def counted_items(document: FormDocument) -> list[Item]:
    """What a score may count: answers that can score, a matrix as a whole."""
    kinds = (QuestionKind.CHOICE, QuestionKind.SCALE, QuestionKind.MATRIX)
    return [
        Item(one.id, one.text, Answered.NUMBER, tuple(one.choices), scored=True)
        for section in document.sections
        for one in section.questions
        if one.kind in kinds
        and (one.kind is QuestionKind.SCALE or all(each.score is not None for each in one.choices))
    ]


def item_of(items: Iterable[Item], name: str) -> Item | None:
    """One of `items` by its name."""
    return next((one for one in items if one.name == name), None)


def _items(questions: Iterable[Question]) -> Iterator[Item]:
    for one in questions:
        if one.kind in READ_ONLY:
            continue
        scored = bool(one.choices) and all(each.score is not None for each in one.choices)
        choices = tuple(one.choices)
        if one.kind is QuestionKind.MATRIX:
            for row in one.rows:
                label = f"{one.text} – {row.text}"
                yield Item(f"{one.id}.{row.code}", label, Answered.CHOICE, choices, scored)
        else:
            yield Item(one.id, one.text, _BY.get(one.kind, Answered.TEXT), choices, scored)
