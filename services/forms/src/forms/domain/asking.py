"""What of a form is asked, given the answers so far, and what follows from them.

Pure functions over a document and answers. The page's scripts do the same for what stands on
one page (`static/js/asking`), held to it by one table of cases (`tests/kit/asking.json`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from forms.domain.answer_scores import Number
from forms.domain.calculating import age, calculated, rounded
from forms.domain.comparing import compares
from forms.domain.items import Item, items_of, scorings_of
from forms.domain.order import Place, in_order
from forms.domain.question_kinds import asks
from portal_contracts.forms.rpc.conditions import (
    Calculation,
    CalculationOperator,
    Condition,
    ConditionOperator,
    Term,
)
from portal_contracts.forms.rpc.questions import (
    Answer,
    Answers,
    FormDocument,
    Question,
    QuestionKind,
    ScoreMethod,
    Scoring,
    Section,
)

DECIMALS_OF_MEANS = 2
MOST_PLANS = 32
"""Of so many documents it is kept in which order they are gone through."""


@dataclass(frozen=True)
class Asked:
    """A form as it is asked now.

    Attributes:
        document: the form.
        today: the day that ages are counted until.
        items: what has a value, by what it is called.
        answers: to what is asked, and the calculated values that there are.
        hidden: ids of the questions that are not asked.
        scores: by the score's id; one that lacks an answer is missing.
    """

    document: FormDocument
    today: date
    items: dict[str, Item]
    answers: Answers = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    scores: dict[str, Number] = field(default_factory=dict)

    def questions(self) -> list[Question]:
        """What asks for an answer now, in the document's order; `required` as it is now."""
        return [
            replace(one, required=one.required or self.holds(one.required_when))
            for section in self.document.sections
            for one in section.questions
            if one.id not in self.hidden and asks(one)
        ]

    def required_now(self) -> list[str]:
        """Ids of the questions that have to be answered by a condition alone."""
        return [
            one.question.id
            for name, one in self.items.items()
            if name == one.question.id
            and name not in self.hidden
            and self.holds(one.question.required_when)
        ]

    def is_asked(self, section: Section) -> bool:
        """Whether anything of `section` is shown."""
        return any(one.id not in self.hidden for one in section.questions)

    def hidden_in_order(self) -> list[str]:
        """What is not asked, in the document's order."""
        questions = (one for section in self.document.sections for one in section.questions)
        return [one.id for one in questions if one.id in self.hidden]

    def calculated(self) -> dict[str, Number]:
        """The values that there are, by the id of their question."""
        values = {
            one.question.id: self.answers.get(one.question.id)
            for one in self.items.values()
            if one.question.kind is QuestionKind.CALCULATED
        }
        return {name: value for name, value in values.items() if isinstance(value, int | float)}

    def holds(self, condition: Condition | None) -> bool:
        """Whether `condition` holds; none at all never does."""
        return condition is not None and self.met_in(condition) is not None

    def met_in(self, condition: Condition) -> list[str] | None:
        """What `condition` looks at by which it holds; None where it does not hold."""
        if condition.operator is ConditionOperator.ALL:
            met = [self.met_in(one) for one in condition.of]
            return None if None in met else [name for one in met if one for name in one]
        if condition.operator is ConditionOperator.ANY:
            met = [one for each in condition.of if (one := self.met_in(each)) is not None]
            return [name for one in met if one for name in one] if met else None
        name = condition.item or ""
        answer = self.answer_to(name)
        holds = compares(condition.operator, answer, self.number_of(name), condition.values)
        return [name] if holds else None

    def answer_to(self, name: str) -> Answer | None:
        """The answer to an item, or a score; None without one, or where it is not asked."""
        item = self.items.get(name)
        if item is None:
            return self.scores.get(name)
        return item.part_of(self.answers.get(item.question.id))

    def score_of(self, name: str) -> int | None:
        """What the answer to an item scores; None where it is missing, or scores nothing."""
        item = self.items.get(name)
        return None if item is None else item.score_of(self.answer_to(name))

    def number_of(self, name: str) -> Number | None:
        """An item's number: as it was answered or calculated, or what the answer scores."""
        item, answer = self.items.get(name), self.answer_to(name)
        if item is not None and not item.counts:
            return item.score_of(answer)
        return answer if isinstance(answer, int | float) else None


def asked(document: FormDocument, answers: Answers, today: date) -> Asked:
    """The form as it is asked with `answers`, which were checked.

    What is not asked has no answer, for conditions, calculations and scores too, so each is
    looked at after what it depends on. Where a document that is still worked on goes round in a
    circle, what is not reached yet has no answer.
    """
    plan = _plan_of(_Same(document))
    form = Asked(document, today, plan.items)
    shown: dict[str, bool] = {}
    for place, part in plan.parts:
        if isinstance(part, Scoring):
            _add_score(form, part)
            continue
        in_sight = shown.get(place.partition(".questions.")[0], True)
        shown[place] = in_sight and (part.shown_when is None or form.holds(part.shown_when))
        if isinstance(part, Question):
            _add_question(form, part, answers, shown=shown[place])
    ordered = {one: form.answers[one] for one in plan.items if one in form.answers}
    return dataclasses.replace(form, answers=ordered)


class _Same:
    """A document as itself, to find by it what was made of it: frozen, it stays as it is."""

    def __init__(self, document: FormDocument) -> None:
        self.document = document

    def __hash__(self) -> int:
        return id(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.document is other.document


class _Plan(NamedTuple):
    """What is looked at, each part after what it depends on; and what has a value."""

    parts: list[tuple[Place, Section | Question | Scoring]]
    items: dict[str, Item]


@lru_cache(maxsize=MOST_PLANS)
def _plan_of(same: _Same) -> _Plan:
    document = same.document
    parts: dict[Place, Section | Question | Scoring] = {**scorings_of(document)}
    for at, section in enumerate(document.sections):
        parts[f"sections.{at}"] = section
        for number, question in enumerate(section.questions):
            parts[f"sections.{at}.questions.{number}"] = question
    return _Plan([(place, parts[place]) for place in in_order(document)], items_of(document))


def _add_question(form: Asked, question: Question, answers: Answers, *, shown: bool) -> None:
    if not shown:
        form.hidden.add(question.id)
    elif question.kind is QuestionKind.CALCULATED:
        value = _value(form, question.calculation) if question.calculation else None
        if value is not None:
            form.answers[question.id] = rounded(value, question.decimals)
    elif question.id in answers and asks(question):
        form.answers[question.id] = answers[question.id]


def _value(form: Asked, term: Term) -> Number | None:
    if isinstance(term, str):
        return form.number_of(term)
    if not isinstance(term, Calculation):
        return term
    if term.operator is CalculationOperator.AGE:
        born = form.answer_to(str(term.of[0])) if term.of else None
        return age(born, form.today) if isinstance(born, str) else None
    return calculated(term.operator, [_value(form, one) for one in term.of])


def _add_score(form: Asked, scoring: Scoring) -> None:
    """Add a score, unless an answer that it needs is missing."""
    total = 0
    for name in scoring.questions:
        scored = form.score_of(name)
        if scored is None:
            return
        lowest, highest = form.items[name].span()
        total += lowest + highest - scored if name in scoring.reversed else scored
    if scoring.method is ScoreMethod.SUM:
        form.scores[scoring.id] = total
    elif scoring.questions:
        form.scores[scoring.id] = rounded(total / len(scoring.questions), DECIMALS_OF_MEANS)
