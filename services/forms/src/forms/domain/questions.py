"""The questions of a document, by their ids; and what an answer to one scores."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from portal_contracts.forms.rpc.questions import (
    Answer,
    FormDocument,
    Question,
    QuestionKind,
    Section,
)

TEXTS = frozenset({QuestionKind.TEXT, QuestionKind.LONG_TEXT, QuestionKind.SIGNATURE})
CHOSEN = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})
WITNESSED = frozenset({QuestionKind.CONSENT, QuestionKind.SIGNATURE})
"""Kinds whose answers are kept with the time they were given."""


def answerable(document: FormDocument) -> Iterator[Question]:
    """The questions that ask for an answer, in the document's order."""
    for section in document.sections:
        for question in section.questions:
            if question.kind is not QuestionKind.INFO:
                yield question


def questions_by_id(document: FormDocument) -> dict[str, Question]:
    """The questions that ask for an answer, by id, in the document's order."""
    return {question.id: question for question in answerable(document)}


def for_client(document: FormDocument) -> FormDocument:
    """The document as its client gets it: nothing of how answers are judged."""
    return replace(
        document, sections=[_unscored(one) for one in document.sections], scoring=None, alerts=[]
    )


def has_score(question: Question) -> bool:
    """Whether each answer to `question` scores: a scale, or a choice that tells it everywhere."""
    if question.kind is QuestionKind.SCALE:
        return True
    return question.kind is QuestionKind.CHOICE and all(
        choice.score is not None for choice in question.choices
    )


def score_of(question: Question, answer: Answer | None) -> int | None:
    """What `answer` scores; None where it is missing, or no possible answer.

    A scale scores the number chosen.
    """
    if question.kind is QuestionKind.SCALE:
        return _step_of(question, answer)
    if question.kind is QuestionKind.CHOICE:
        return next((one.score for one in question.choices if one.code == answer), None)
    return None


def highest_score(question: Question) -> int:
    """The most that an answer to `question` can score."""
    if question.kind is QuestionKind.SCALE:
        return int(question.maximum or 0)
    return max((choice.score or 0 for choice in question.choices), default=0)


def lowest_score(question: Question) -> int:
    """The least that an answer to `question` can score."""
    if question.kind is QuestionKind.SCALE:
        return int(question.minimum or 0)
    return min((choice.score or 0 for choice in question.choices), default=0)


def _unscored(section: Section) -> Section:
    questions = [
        replace(one, choices=[replace(choice, score=None) for choice in one.choices])
        for one in section.questions
    ]
    return replace(section, questions=questions)


def _step_of(question: Question, answer: Answer | None) -> int | None:
    if isinstance(answer, bool) or not isinstance(answer, int):
        return None
    low, high = question.minimum, question.maximum
    if low is None or high is None or not low <= answer <= high:
        return None
    return answer
