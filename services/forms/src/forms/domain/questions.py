"""The questions of a document, by their ids, and the document as its client gets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from forms.domain.asking import Asked
from forms.domain.items import comparisons, items_of, scorings_of, terms
from forms.domain.question_kinds import asks
from portal_contracts.errors import NotFound
from portal_contracts.forms.rpc.conditions import LIMITS, Calculation, Condition
from portal_contracts.forms.rpc.questions import FormDocument, Question, Section


def answerable(document: FormDocument) -> Iterator[Question]:
    """The questions that ask for an answer, in the document's order."""
    for section in document.sections:
        for question in section.questions:
            if asks(question):
                yield question


def questions_by_id(document: FormDocument) -> dict[str, Question]:
    """The questions that ask for an answer, by id, in the document's order."""
    return {question.id: question for question in answerable(document)}


def require_section(document: FormDocument, number: int) -> Section:
    """Section `number` of a document; they count from 1.

    Raises:
        NotFound: ``not_found``.
    """
    if not 1 <= number <= len(document.sections):
        raise NotFound("not_found", "The form has no such section.")
    return document.sections[number - 1]


def around(form: Asked, number: int) -> tuple[int, int]:
    """The numbers of the sections before and after `number` that are asked; 0 for none."""
    numbers = [at for at, one in enumerate(form.document.sections, 1) if form.is_asked(one)]
    before = max((one for one in numbers if one < number), default=0)
    return before, min((one for one in numbers if one > number), default=0)


def for_client(document: FormDocument) -> FormDocument:
    """The document as its client gets it: nothing of how answers are judged.

    A condition or a calculation of scores is left out too; what follows from it, the service
    says.
    """
    judged = _Judged(
        chosen={name for name, one in items_of(document).items() if one.scores and not one.counts},
        scores={one.id for one in scorings_of(document).values()},
    )
    return replace(
        document,
        sections=[judged.without_scores(one) for one in document.sections],
        scoring=None,
        subscales=[],
        alerts=[],
    )


class _Judged(NamedTuple):
    """What things are called whose number a client is not told: choices, and scores."""

    chosen: set[str]
    scores: set[str]

    def unless_judged(self, condition: Condition | None) -> Condition | None:
        """`condition`, where it looks at answers alone."""
        judged = (
            one.item in self.scores or (one.item in self.chosen and one.operator in LIMITS)
            for one in comparisons(condition)
        )
        return None if any(judged) else condition

    def without_scores(self, section: Section) -> Section:
        """`section` without what its answers score, and what that decides."""
        questions = [
            replace(
                one,
                choices=[replace(choice, score=None) for choice in one.choices],
                shown_when=self.unless_judged(one.shown_when),
                required_when=self.unless_judged(one.required_when),
                calculation=self._unless_of_scores(one.calculation),
            )
            for one in section.questions
        ]
        shown_when = self.unless_judged(section.shown_when)
        return replace(section, questions=questions, shown_when=shown_when)

    def _unless_of_scores(self, calculation: Calculation | None) -> Calculation | None:
        judged = not (self.chosen | self.scores).isdisjoint(terms(calculation))
        return None if judged else calculation
