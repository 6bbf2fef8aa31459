"""What conditions, calculations and scores name: questions, rows of a matrix, and scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from forms.domain.answer_scores import Scores
from forms.domain.question_kinds import kind_of
from portal_contracts.forms.rpc.conditions import Calculation, Condition
from portal_contracts.forms.rpc.questions import (
    READ_ONLY,
    Answer,
    FormDocument,
    Question,
    QuestionKind,
    Scoring,
)

_NUMBERS = (QuestionKind.NUMBER, QuestionKind.SCALE, QuestionKind.CALCULATED)


@dataclass(frozen=True)
class Item:
    """A question that has a value, or one row of it, looked at as the choice made there.

    Attributes:
        place: of the question in its document.
        question: as it is asked; of a row, as a choice of its own.
        row: the code of the row, or empty.
    """

    place: str
    question: Question
    row: str = ""

    @property
    def scores(self) -> Scores | None:
        """What its answers score; None for nothing."""
        return kind_of(self.question).scores

    @property
    def counts(self) -> bool:
        """Whether its value is a number of its own, whatever it scores."""
        return self.question.kind in _NUMBERS

    @property
    def has_score(self) -> bool:
        """Whether each answer scores: a scale, or choices that tell it everywhere."""
        return self.scores is not None and self.scores.all_told(self.question)

    def part_of(self, answer: Answer | None) -> Answer | None:
        """Of the answer to the question what is the item's."""
        if not self.row:
            return answer
        return answer.get(self.row) if isinstance(answer, dict) else None

    def score_of(self, answer: Answer | None) -> int | None:
        """What the item's own answer scores; None where it is missing, or scores nothing."""
        return self.scores.of(self.question, answer) if self.scores else None

    def span(self) -> tuple[int, int]:
        """The least and the most that an answer can score."""
        return self.scores.span(self.question) if self.scores else (0, 0)


def items_of(document: FormDocument) -> dict[str, Item]:
    """What of a document has a value, by what it is called, in the document's order."""
    found = {}
    for at, section in enumerate(document.sections):
        for number, question in enumerate(section.questions):
            if question.kind in READ_ONLY:
                continue
            place = f"sections.{at}.questions.{number}"
            found[question.id] = Item(place, question)
            for row in question.rows:
                as_choice = replace(question, kind=QuestionKind.CHOICE, rows=[])
                found[f"{question.id}.{row.code}"] = Item(place, as_choice, row.code)
    return found


def scorings_of(document: FormDocument) -> dict[str, Scoring]:
    """The scores of a document by their places; its own first."""
    own = {"scoring": document.scoring} if document.scoring else {}
    return own | {f"subscales.{at}": one for at, one in enumerate(document.subscales)}


def question_of(item: str) -> str:
    """Of what an item is called the id of its question."""
    return item.partition(".")[0]


def comparisons(condition: Condition | None) -> Iterator[Condition]:
    """The comparisons in a condition, from left to right."""
    if condition is None:
        return
    if condition.item is not None:
        yield condition
    for one in condition.of:
        yield from comparisons(one)


def terms(calculation: Calculation | None) -> Iterator[str]:
    """The items in a calculation, from left to right."""
    for term in calculation.of if calculation else ():
        if isinstance(term, str):
            yield term
        elif isinstance(term, Calculation):
            yield from terms(term)
