"""A client's answers, from the contract to the fields of a page and back; and for reading.

Each question has one field name, its id behind a prefix; a date has three
fields, and each choice of many its own, so that a section is a plain form
that a browser without JavaScript can send.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

import msgspec

from gateway.web.submitted import Submitted
from portal_contracts.forms.rpc.questions import (
    NUMBERS,
    TRUTHS,
    Answer,
    Answers,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Section,
)

PREFIX: Final = "q_"
YES: Final = "yes"
NO: Final = "no"
DATE_PARTS: Final = ("day", "month", "year")
LONGEST_ANSWER: Final = 100_000
YEAR_DIGITS: Final = 4

_NUMBER = re.compile(r"([+-]?)(\d{1,15})(?:[.,](\d{1,10}))?")
_DATE_PART = re.compile(r"[0-9]{1,4}")

FieldTexts = dict[str, str]
"""Field name to the text in that field."""


class ReadAnswers(NamedTuple):
    """What was read from a page.

    Attributes:
        answers: question id to its answer; None takes an answer away.
        errors: field name to a code, for what cannot be read; not among `answers`.
    """

    answers: dict[str, Answer | None]
    errors: dict[str, str]


class ShownAnswer(NamedTuple):
    """A question and its answer for reading.

    Attributes:
        question: as it was asked.
        value: the answer; None when there is none.
        day: the answer of a date question.
        chosen: the choices that were taken, in the form's order.
    """

    question: Question
    value: Answer | None
    day: date | None
    chosen: list[Choice]


class ShownSection(NamedTuple):
    """A section for reading; `number` counts from 1."""

    number: int
    section: Section
    answers: list[ShownAnswer]


def field_name(question_id: str) -> str:
    """The name of a question's field; `gateway` pages link to ``#field-<name>``."""
    return f"{PREFIX}{question_id}"


def answerable_questions(section: Section) -> Iterable[Question]:
    """The questions of a section that take an answer; the others are only read."""
    return (question for question in section.questions if question.kind is not QuestionKind.INFO)


def texts_of_answers(section: Section, answers: Answers) -> FieldTexts:
    """The fields of a section as the saved answers fill them."""
    texts: FieldTexts = {}
    for question in answerable_questions(section):
        if question.id in answers:
            texts |= _texts_of_answer(question, answers[question.id])
    return texts


def texts_of_form(section: Section, form: Submitted) -> FieldTexts:
    """The fields of a section as they were sent.

    Raises:
        Invalid: ``too_long``: a field holds more than any form of ours can.
    """
    names = [name for question in answerable_questions(section) for name in _field_names(question)]
    return {name: form.text(name, most=LONGEST_ANSWER) for name in names if name in form}


def read_answers(section: Section, texts: FieldTexts) -> ReadAnswers:
    """The answers in `texts`; an empty field takes its answer away.

    A group of which nothing is chosen sends nothing, so it counts as empty.
    """
    result = ReadAnswers({}, {})
    for question in answerable_questions(section):
        try:
            result.answers[question.id] = _read_answer(question, texts)
        except _UnreadableError as error:
            result.errors[field_name(question.id)] = error.code
    return result


def digest(section: Section, answers: Answers) -> str:
    """A short mark of a section's answers, which tells whether another window changed them."""
    own = {question.id: answers.get(question.id) for question in answerable_questions(section)}
    encoded = msgspec.json.encode(own, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()[:32]


def merged(answers: Answers, changes: dict[str, Answer | None]) -> Answers:
    """The answers after `changes`; None takes one away."""
    after = {**answers, **changes}
    return {name: answer for name, answer in after.items() if answer is not None}


def field_errors(section: Section, problems: dict[str, str]) -> dict[str, str]:
    """Field name to code, for the problems of this section, in the order of its questions."""
    return {
        field_name(question.id): _page_error_code(question, problems[question.id])
        for question in section.questions
        if question.id in problems
    }


def shown_sections(document: FormDocument, answers: Answers) -> list[ShownSection]:
    """A whole form for reading."""
    return [
        ShownSection(
            number,
            section,
            [
                _shown_answer(question, answers.get(question.id))
                for question in answerable_questions(section)
            ],
        )
        for number, section in enumerate(document.sections, start=1)
    ]


# --- inside ---------------------------------------------------------------------------


class _UnreadableError(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _field_names(question: Question) -> list[str]:
    name = field_name(question.id)
    if question.kind is QuestionKind.DATE:
        return [f"{name}.{part}" for part in DATE_PARTS]
    if question.kind is QuestionKind.CHOICES:
        return [f"{name}.{choice.code}" for choice in question.choices]
    return [name]


def _texts_of_answer(question: Question, answer: Answer) -> FieldTexts:
    name = field_name(question.id)
    if question.kind is QuestionKind.DATE:
        day = _date_of(answer)
        if day is None:
            return {}
        return {f"{name}.day": str(day.day), f"{name}.month": str(day.month),
                f"{name}.year": str(day.year)}  # fmt: skip
    if question.kind is QuestionKind.CHOICES:
        return {f"{name}.{code}": YES for code in answer} if isinstance(answer, list) else {}
    if question.kind in TRUTHS:
        return {name: YES if answer is True else NO}
    if isinstance(answer, float) and answer.is_integer():
        answer = int(answer)
    return {name: str(answer)}


def _read_answer(question: Question, texts: FieldTexts) -> Answer | None:
    name = field_name(question.id)
    if question.kind is QuestionKind.DATE:
        return _read_date([texts.get(f"{name}.{part}", "") for part in DATE_PARTS])
    if question.kind is QuestionKind.CHOICES:
        return [
            choice.code for choice in question.choices if texts.get(f"{name}.{choice.code}") == YES
        ] or None
    text = texts.get(name, "")
    if not text or (question.kind is QuestionKind.CONSENT and text != YES):
        return None
    return _read_text(question, text)


def _read_text(question: Question, text: str) -> Answer:
    if question.kind in TRUTHS:
        return text == YES
    return _read_number(question, text) if question.kind in NUMBERS else text


def _read_number(question: Question, text: str) -> int | float:
    match = _NUMBER.fullmatch(text.replace(" ", "")) if text.isascii() else None
    if match is None:
        raise _UnreadableError("answer_number_unreadable")
    sign, digits, decimals = match.groups()
    value = float(f"{sign}{digits}.{decimals or 0}")
    if value.is_integer():
        return int(value)
    if question.whole or question.kind is QuestionKind.SCALE:
        raise _UnreadableError("answer_number_not_whole")
    return value


def _read_date(parts: list[str]) -> str | None:
    if not any(parts):
        return None
    if not all(_DATE_PART.fullmatch(part) for part in parts) or len(parts[2]) != YEAR_DIGITS:
        raise _UnreadableError("answer_date_unreadable")
    day, month, year = (int(part) for part in parts)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise _UnreadableError("answer_date_unreadable") from None


def _date_of(answer: Answer | None) -> date | None:
    try:
        return date.fromisoformat(answer) if isinstance(answer, str) else None
    except ValueError:
        return None


def _shown_answer(question: Question, answer: Answer | None) -> ShownAnswer:
    codes = answer if isinstance(answer, list) else [answer]
    return ShownAnswer(
        question=question,
        value=answer,
        day=_date_of(answer) if question.kind is QuestionKind.DATE else None,
        chosen=[choice for choice in question.choices if choice.code in codes],
    )


def _page_error_code(question: Question, code: str) -> str:
    """A problem's code as an error of a page."""
    if code == "required" and question.kind is QuestionKind.SIGNATURE:
        code = "signature_required"
    return f"answer_{code}"
