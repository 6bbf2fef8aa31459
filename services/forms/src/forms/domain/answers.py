"""Answers as they come: what is refused at once, and how a draft takes them in.

An answer is refused when it can be no answer to its question at all. One that
is merely out of its bounds is kept, so that nothing a client typed is lost;
it stands among the problems until it is corrected (`problems.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from forms.domain.questions import CHOSEN, TEXTS, questions_by_id
from forms.domain.text import is_keepable
from portal_contracts.forms.rpc.questions import (
    NUMBERS,
    TRUTHS,
    Answer,
    Answers,
    FormDocument,
    Question,
    QuestionKind,
)

LONGEST_TEXT = 20_000
LARGEST_NUMBER = 1e15
"""Beyond it a number is not told apart from its neighbours by every reader of JSON."""

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

WRONG_TYPE = "wrong_type"


def check_answers(document: FormDocument, given: Mapping[str, Answer | None]) -> dict[str, str]:
    """Why some of `given` can be no answers: question id to code, all at once.

    Codes: ``unknown_question``, ``wrong_type``, ``unknown_choice``, ``alone``
    (*none of these* beside another), ``not_a_date``, ``too_long`` (beyond
    20,000 characters), ``bad_characters``. None is always right: it takes an
    answer away.
    """
    questions = questions_by_id(document)
    refused = {}
    for question_id, answer in given.items():
        question = questions.get(question_id)
        code = "unknown_question" if question is None else _why_not(question, answer)
        if code:
            refused[question_id] = code
    return refused


def merged(document: FormDocument, answers: Answers, given: Mapping[str, Answer | None]) -> Answers:
    """`answers` with `given` taken in, in the document's order; `given` was checked before.

    None, a blank text and an empty list take an answer away.
    """
    questions = questions_by_id(document)
    both: dict[str, Answer | None] = {**answers, **given}
    taken: Answers = {}
    for question_id, question in questions.items():
        answer = both.get(question_id)
        if answer is not None and not _is_blank(answer):
            taken[question_id] = _in_one_form(question, answer)
    return taken


def _why_not(question: Question, answer: Answer | None) -> str | None:
    if answer is None:
        return None
    if question.kind in TRUTHS:
        return None if isinstance(answer, bool) else WRONG_TYPE
    if question.kind in NUMBERS:
        return None if _is_number(answer) else WRONG_TYPE
    if question.kind is QuestionKind.CHOICES:
        return _why_not_chosen(question, answer)
    return _why_not_written(question, answer) if isinstance(answer, str) else WRONG_TYPE


def _why_not_written(question: Question, answer: str) -> str | None:
    if question.kind is QuestionKind.CHOICE:
        return _why_not_chosen(question, [answer] if answer else [])
    if question.kind is QuestionKind.DATE:
        return None if not answer or is_date(answer) else "not_a_date"
    if len(_with_plain_breaks(answer)) > LONGEST_TEXT:
        return "too_long"
    return None if is_keepable(answer) else "bad_characters"


def _is_number(answer: object) -> bool:
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        return False
    # False for NaN and infinity too; a whole number of any length compares without overflow.
    return abs(answer) <= LARGEST_NUMBER


def _why_not_chosen(question: Question, answer: object) -> str | None:
    if not isinstance(answer, list) or not all(isinstance(code, str) for code in answer):
        return WRONG_TYPE
    alone = {choice.code: choice.alone for choice in question.choices}
    if any(code not in alone for code in answer):
        return "unknown_choice"
    if len(set(answer)) > 1 and any(alone[code] for code in answer):
        return "alone"
    return None


def is_date(text: str) -> bool:
    """Whether `text` is a day that exists, as ``YYYY-MM-DD``."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_blank(answer: Answer) -> bool:
    if isinstance(answer, str):
        return not answer.strip()
    return isinstance(answer, list) and not answer


def _in_one_form(question: Question, answer: Answer) -> Answer:
    """The same answer always written in the same way, so that a draft knows a change."""
    if question.kind in CHOSEN and isinstance(answer, list):
        return [choice.code for choice in question.choices if choice.code in answer]
    if isinstance(answer, float) and answer.is_integer():
        return int(answer)
    if isinstance(answer, str) and question.kind is QuestionKind.LONG_TEXT:
        return _with_plain_breaks(answer)
    if isinstance(answer, str) and question.kind in TEXTS:
        return answer.strip()
    return answer


def _with_plain_breaks(text: str) -> str:
    """One character a line break: a browser sends two, and counts one against a maximum length."""
    return text.replace("\r\n", "\n")
