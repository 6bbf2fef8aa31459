"""A client's answers, from the contract to the fields of a page and back; and for reading.

Each question's field is named by its id behind a prefix; where it has several,
each one's own name follows after a point.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from gateway.web.question_kinds import kind_of
from gateway.web.submitted import Submitted
from gateway.words.errors import FieldError
from portal_contracts.forms.rpc.questions import (
    GIVES_NO_ANSWER,
    LONGEST_TEXT,
    Answers,
    FormDocument,
    Question,
    Section,
)

PREFIX: Final = "q_"

FieldTexts = dict[str, str]
"""Field name to the text in that field."""


class ShownAnswer(NamedTuple):
    """A question and its answer for reading; `shown` is what its macro shows, None for nothing."""

    question: Question
    shown: Any


class ShownSection(NamedTuple):
    """A section for reading; `number` counts from 1."""

    number: int
    section: Section
    answers: list[ShownAnswer]


def field_name(question_id: str) -> str:
    """The name of a question's field, in pages too, which link to ``#field-<name>``."""
    return f"{PREFIX}{question_id}"


def answerable_questions(section: Section) -> Iterable[Question]:
    """The questions of a section that take an answer; the others are read or calculated."""
    return (question for question in section.questions if question.kind not in GIVES_NO_ANSWER)


def questions_with_values(section: Section) -> Iterable[Question]:
    """The questions of a section that have an answer, or a value that is calculated."""
    return (question for question in section.questions if kind_of(question).shown_by)


def texts_of_answers(section: Section, answers: Answers) -> FieldTexts:
    """The fields of a section as the saved answers fill them."""
    texts: FieldTexts = {}
    for question in questions_with_values(section):
        if question.id in answers:
            for part, text in kind_of(question).fields(answers[question.id]).items():
                name = field_name(question.id)
                texts[f"{name}.{part}" if part else name] = text
    return texts


def texts_of_form(form: Submitted) -> FieldTexts:
    """The fields of questions as they were sent."""
    return {name: form.text(name) for name in form.names if name.startswith(PREFIX)}


def field_errors(section: Section, problems: dict[str, str]) -> dict[str, str]:
    """Field name to code, for the problems of this section, in the order of its questions."""
    return {
        field_name(question.id): FieldError(
            kind_of(question).words.get(code, f"answer_{code}"),
            limit=question.max_length or LONGEST_TEXT,
        )
        for question in section.questions
        if (code := problems.get(question.id))
    }


def shown_sections(
    document: FormDocument, answers: Answers, hidden: Collection[str] = ()
) -> list[ShownSection]:
    """A whole form for reading, without the questions `hidden` that were not asked."""
    return [
        ShownSection(
            number,
            section,
            [
                _shown(question, answers)
                for question in questions_with_values(section)
                if question.id not in hidden
            ],
        )
        for number, section in asked_sections(document, hidden)
    ]


def asked_sections(
    document: FormDocument, hidden: Collection[str] = ()
) -> list[tuple[int, Section]]:
    """The sections of which something is asked, with their numbers, which count from 1."""
    return [
        (number, section)
        for number, section in enumerate(document.sections, start=1)
        if any(question.id not in hidden for question in section.questions)
    ]


def answers_that_differ(section: Section, answers: Answers, typed: FieldTexts) -> list[ShownAnswer]:
    """Of a section's saved answers those that are not what was typed, field by field."""
    saved = texts_of_answers(section, answers)
    return [
        _shown(question, answers)
        for question in answerable_questions(section)
        if _fields_of(question, saved) != _fields_of(question, typed)
    ]


def _fields_of(question: Question, texts: FieldTexts) -> FieldTexts:
    name = field_name(question.id)
    return {
        field: text
        for field, text in texts.items()
        if text and (field == name or field.startswith(f"{name}."))
    }


def _shown(question: Question, answers: Answers) -> ShownAnswer:
    answer = answers.get(question.id)
    shown = None if answer is None else kind_of(question).shown(question, answer)
    return ShownAnswer(question, shown)
