"""The questions of a document, by their ids; and what an answer to one scores."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from forms.domain.question_kinds import kind_of
from portal_contracts.errors import NotFound
from portal_contracts.forms.rpc.questions import (
    Answer,
    FormDocument,
    Question,
    Section,
)


def answerable(document: FormDocument) -> Iterator[Question]:
    """The questions that ask for an answer, in the document's order."""
    for section in document.sections:
        for question in section.questions:
            if kind_of(question).asks:
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


def for_client(document: FormDocument) -> FormDocument:
    """The document as its client gets it: nothing of how answers are judged."""
    return replace(
        document, sections=[_unscored(one) for one in document.sections], scoring=None, alerts=[]
    )


def has_score(question: Question) -> bool:
    """Whether each answer to `question` scores: a scale, or a choice that tells it everywhere."""
    scores = kind_of(question).scores
    return scores is not None and scores.all_told(question)


def score_of(question: Question, answer: Answer | None) -> int | None:
    """What `answer` scores; None where it is missing, or no possible answer.

    A scale scores the number chosen.
    """
    scores = kind_of(question).scores
    return None if scores is None else scores.of(question, answer)


def span_of_scores(question: Question) -> tuple[int, int]:
    """The least and the most that an answer to `question` can score."""
    scores = kind_of(question).scores
    return (0, 0) if scores is None else scores.span(question)


def _unscored(section: Section) -> Section:
    questions = [
        replace(one, choices=[replace(choice, score=None) for choice in one.choices])
        for one in section.questions
    ]
    return replace(section, questions=questions)
