"""What sets the kinds of questions apart, an entry for each.

What holds for any question stands in `documents.py`, `answers.py` and
`problems.py`, which look here for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from forms.domain import typed
from portal_contracts.forms.rpc.questions import (
    LONGEST_PARAGRAPHS,
    LONGEST_TEXT,
    Answer,
    Question,
    QuestionKind,
)
from portal_contracts.text import line, paragraphs

LARGEST_NUMBER = 1e15
"""Beyond it a number is not told apart from its neighbours by every reader of JSON."""

WRONG_TYPE = "wrong_type"
NOT_AGREED = "must_be_agreed"

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Scores:
    """What answers to a question score.

    Attributes:
        all_told: whether each answer scores.
        of: what one answer scores; None where it is missing, or no possible answer.
        span: the least and the most that an answer can score.
    """

    all_told: Callable[[Question], bool]
    of: Callable[[Question, Answer | None], int | None]
    span: Callable[[Question], tuple[int, int]]


@dataclass(frozen=True)
class Kind:
    """One kind of question.

    Attributes:
        refuse: why a value can be no answer: a code, or None.
        read: the answer in the fields of a page; raises `typed.UnreadableError`.
        in_one_form: an answer that is possible, always written in the same way, so that a
            draft knows a change.
        problem: what is wrong with an answer that is possible: a code, or None.
        missing: what is wrong without an answer where one is required.
        scores: what its answers score; None for nothing.
        asks: it takes an answer at all.
        witnessed: its answers are kept with the time they were given.
        has_choices: its questions list choices.
        takes_several: of these several may be chosen, unless one is to stand alone.
        has_bounds: its questions may have a minimum and a maximum.
        has_steps: they must, and every whole number between is offered.
        has_max_length: its questions may limit how long an answer is.
        longest_question: how many characters a question's own text may have.
    """

    refuse: Callable[[Question, Any], str | None]
    read: Callable[[Question, typed.Fields], Answer | None]
    in_one_form: Callable[[Question, Any], Answer] = lambda _question, answer: answer
    problem: Callable[[Question, Any], str | None] = lambda _question, _answer: None
    missing: str = "required"
    scores: Scores | None = None
    asks: bool = True
    witnessed: bool = False
    has_choices: bool = False
    takes_several: bool = False
    has_bounds: bool = False
    has_steps: bool = False
    has_max_length: bool = False
    longest_question: int = LONGEST_PARAGRAPHS


def kind_of(question: Question) -> Kind:
    """What sets `question` apart."""
    return KINDS[question.kind]


def is_date(text: str) -> bool:
    """Whether `text` is a day that exists, as ``YYYY-MM-DD``."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


# --- what can be no answer ------------------------------------------------------------


def _refuse_text(_question: Question, answer: Any) -> str | None:
    if not isinstance(answer, str):
        return WRONG_TYPE
    return "too_long" if len(paragraphs(answer)) > LONGEST_TEXT else None


def _refuse_number(_question: Question, answer: Any) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        return WRONG_TYPE
    # False for NaN and infinity too; a whole number of any length compares without overflow.
    return None if abs(answer) <= LARGEST_NUMBER else WRONG_TYPE


def _refuse_date(_question: Question, answer: Any) -> str | None:
    if not isinstance(answer, str):
        return WRONG_TYPE
    return None if not answer or is_date(answer) else "not_a_date"


def _refuse_truth(_question: Question, answer: Any) -> str | None:
    return None if isinstance(answer, bool) else WRONG_TYPE


def _refuse_choice(question: Question, answer: Any) -> str | None:
    if not isinstance(answer, str):
        return WRONG_TYPE
    return _refuse_choices(question, [answer] if answer else [])


def _refuse_choices(question: Question, answer: Any) -> str | None:
    if not isinstance(answer, list) or not all(isinstance(code, str) for code in answer):
        return WRONG_TYPE
    alone = {choice.code: choice.alone for choice in question.choices}
    if any(code not in alone for code in answer):
        return "unknown_choice"
    if len(set(answer)) > 1 and any(alone[code] for code in answer):
        return "alone"
    return None


# --- the same answer in one form ------------------------------------------------------


def _whole_if_it_is(_question: Question, answer: float) -> float:
    return int(answer) if float(answer).is_integer() else answer


def _in_the_questions_order(question: Question, answer: list[str]) -> list[str]:
    return [choice.code for choice in question.choices if choice.code in answer]


# --- what is wrong with a possible answer ---------------------------------------------


def _length_problem(question: Question, answer: str) -> str | None:
    too_long = question.max_length is not None and len(answer) > question.max_length
    return "too_long" if too_long else None


def _number_problem(question: Question, answer: float) -> str | None:
    if question.minimum is not None and answer < question.minimum:
        return "too_small"
    if question.maximum is not None and answer > question.maximum:
        return "too_large"
    must_be_whole = question.whole or kind_of(question).has_steps
    return "not_whole" if must_be_whole and not float(answer).is_integer() else None


def _agreement_problem(question: Question, answer: bool) -> str | None:  # noqa: FBT001 - it is the answer
    return NOT_AGREED if question.required and not answer else None


# --- what an answer scores ------------------------------------------------------------


def _score_of_step(question: Question, answer: Answer | None) -> int | None:
    if isinstance(answer, bool) or not isinstance(answer, int):
        return None
    low, high = question.minimum, question.maximum
    if low is None or high is None or not low <= answer <= high:
        return None
    return answer


def _score_of_choice(question: Question, answer: Answer | None) -> int | None:
    return next((one.score for one in question.choices if one.code == answer), None)


def _span_of_choices(question: Question) -> tuple[int, int]:
    scores = [choice.score or 0 for choice in question.choices]
    return min(scores, default=0), max(scores, default=0)


# --- the kinds ------------------------------------------------------------------------

_TEXT = Kind(
    refuse=_refuse_text,
    read=typed.text,
    in_one_form=lambda _question, answer: line(answer),
    problem=_length_problem,
    has_max_length=True,
)
_NUMBER = Kind(
    refuse=_refuse_number,
    read=typed.number,
    in_one_form=_whole_if_it_is,
    problem=_number_problem,
    has_bounds=True,
)

KINDS: dict[QuestionKind, Kind] = {
    QuestionKind.TEXT: _TEXT,
    QuestionKind.LONG_TEXT: replace(
        _TEXT, in_one_form=lambda _question, answer: paragraphs(answer)
    ),
    QuestionKind.NUMBER: _NUMBER,
    QuestionKind.DATE: Kind(refuse=_refuse_date, read=typed.day),
    QuestionKind.YES_NO: Kind(refuse=_refuse_truth, read=typed.truth),
    QuestionKind.CHOICE: Kind(
        refuse=_refuse_choice,
        read=typed.text,
        has_choices=True,
        scores=Scores(
            all_told=lambda question: all(one.score is not None for one in question.choices),
            of=_score_of_choice,
            span=_span_of_choices,
        ),
    ),
    QuestionKind.CHOICES: Kind(
        refuse=_refuse_choices,
        read=typed.codes,
        in_one_form=_in_the_questions_order,
        has_choices=True,
        takes_several=True,
    ),
    QuestionKind.SCALE: replace(
        _NUMBER,
        read=typed.step,
        has_steps=True,
        scores=Scores(
            all_told=lambda _question: True,
            of=_score_of_step,
            span=lambda question: (int(question.minimum or 0), int(question.maximum or 0)),
        ),
    ),
    QuestionKind.CONSENT: Kind(
        refuse=_refuse_truth,
        read=typed.agreement,
        problem=_agreement_problem,
        missing=NOT_AGREED,
        witnessed=True,
        longest_question=LONGEST_TEXT,
    ),
    QuestionKind.SIGNATURE: replace(_TEXT, witnessed=True),
    QuestionKind.INFO: Kind(
        refuse=lambda _question, _answer: WRONG_TYPE,
        read=lambda _question, _fields: None,
        asks=False,
    ),
}
