"""Answers as they come: what is refused at once, and how a draft takes them in.

An answer is refused when it can be no answer to its question at all. One that
is merely out of its bounds is kept, so that nothing a client typed is lost;
it stands among the problems until it is corrected (`problems.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from forms.domain.question_kinds import asks, kind_of
from forms.domain.questions import questions_by_id
from forms.domain.typed import UnreadableError
from portal_contracts.forms.rpc.questions import Answer, Answers, FormDocument, Section
from portal_contracts.text import paragraphs


class TypedAnswers(NamedTuple):
    """What was typed into the page of a section.

    Attributes:
        answers: question id to its answer; None takes an answer away.
        refused: question id to a code, for what is none; not among `answers`.
    """

    answers: dict[str, Answer | None]
    refused: dict[str, str]


def check_answers(document: FormDocument, given: Mapping[str, Answer | None]) -> dict[str, str]:
    """Why some of `given` can be no answers: question id to code, all at once.

    Codes: ``unknown_question``, ``wrong_type``, ``unknown_choice``, ``alone``
    (*none of these* beside another), ``unknown_row``, ``not_a_date``, ``not_a_time``,
    ``too_long`` (beyond `LONGEST_TEXT`). None is always right: it takes an answer away.
    """
    questions = questions_by_id(document)
    refused = {}
    for question_id, answer in given.items():
        question = questions.get(question_id)
        code: str | None = None
        if question is None:
            code = "unknown_question"
        elif answer is not None:
            code = kind_of(question).refuse(question, answer)
        if code:
            refused[question_id] = code
    return refused


def read_section(
    document: FormDocument, section: Section, fields: Mapping[str, str]
) -> TypedAnswers:
    """The answers to a section of `document`, from the fields of its page.

    `fields` are named as `SaveSection` tells. An empty field takes its answer
    away; so does a group of which nothing is chosen, which sends nothing.

    Codes are those of `check_answers`, and ``number_unreadable``,
    ``number_two_readings``, ``number_not_whole``, ``date_unreadable`` and ``time_unreadable``.
    """
    by_question: dict[str, dict[str, str]] = {}
    for name, text in fields.items():
        question_id, dot, part = name.partition(".")
        if part or not dot:
            by_question.setdefault(question_id, {})[part] = text
    answers: dict[str, Answer | None] = {}
    refused: dict[str, str] = {}
    for question in section.questions:
        if not asks(question):
            continue
        try:
            answers[question.id] = kind_of(question).read(
                question, by_question.get(question.id, {})
            )
        except UnreadableError as error:
            refused[question.id] = error.code
    refused |= check_answers(document, answers)
    taken = {name: answer for name, answer in answers.items() if name not in refused}
    return TypedAnswers(taken, refused)


def merged(document: FormDocument, answers: Answers, given: Mapping[str, Answer | None]) -> Answers:
    """`answers` with `given` taken in, in the document's order; `given` was checked before.

    None, a blank text, and an empty list or map take an answer away.
    """
    both: dict[str, Answer | None] = {**answers, **given}
    taken: Answers = {}
    for question_id, question in questions_by_id(document).items():
        answer = both.get(question_id)
        if answer is None or _is_blank(answer):
            continue
        in_one_form = kind_of(question).in_one_form(question, answer)
        if in_one_form is not None:
            taken[question_id] = in_one_form
    return taken


def _is_blank(answer: Answer) -> bool:
    if isinstance(answer, str):
        return not paragraphs(answer)
    return isinstance(answer, list | dict) and not answer
