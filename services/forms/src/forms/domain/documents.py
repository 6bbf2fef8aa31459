"""Whether a document of a form holds together: everything that is wrong, all at once.

Places read like ``sections.0.questions.2.choices``. Codes: ``required``,
``too_long``, ``bad_id``, ``not_unique``,
``unknown_language``, ``out_of_range``, ``too_few``, ``too_many``,
``not_expected``, ``not_whole``, ``not_a_number``, ``below_minimum``,
``unknown_question``, ``no_score``, ``wrong_maximum``, ``has_gaps``; of conditions and
calculations also ``does_not_fit``, ``too_deep``, ``cycle``, ``wrong_type``, ``unknown_choice``,
``not_a_date``, ``not_a_time``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from forms.domain.condition_rules import check_conditions
from forms.domain.question_kinds import asks, kind_of, may_hold
from forms.domain.refusals import other_of
from forms.domain.scoring_rules import check_alerts, check_scoring
from portal_contracts.forms.rpc.conditions import IDENTIFIER, MOST_DECIMALS
from portal_contracts.forms.rpc.questions import (
    FEWEST_CHOICES,
    LONGEST_CHOICE,
    LONGEST_LABEL,
    LONGEST_PARAGRAPHS,
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_UNIT,
    MOST_CHOICES,
    MOST_MINUTES,
    MOST_QUESTIONS,
    MOST_ROWS,
    MOST_SECTIONS,
    MOST_STEPS,
    Choice,
    FormDocument,
    Question,
    Section,
)
from portal_contracts.text import paragraphs

LANGUAGES = ("en", "de")
_IDENTIFIER = re.compile(IDENTIFIER)

Wrong = dict[str, str]
"""What is wrong: place to code."""


def check_document(document: FormDocument) -> Wrong:
    """What is wrong with `document`: place to code, empty when it may be published.

    Its texts were cleaned before (`portal_contracts.cleaning`).
    """
    wrong: Wrong = {}
    _check_text(wrong, "title", document.title, LONGEST_TITLE, required=True)
    _check_text(wrong, "intro", document.intro, LONGEST_PARAGRAPHS)
    _check_text(wrong, "source", document.source, LONGEST_PARAGRAPHS)
    if document.language not in LANGUAGES:
        wrong["language"] = "unknown_language"
    if not 1 <= document.minutes <= MOST_MINUTES:
        wrong["minutes"] = "out_of_range"
    _check_sections(wrong, document)
    check_conditions(wrong, document)
    check_scoring(wrong, document)
    check_alerts(wrong, document)
    return wrong


def _check_sections(wrong: Wrong, document: FormDocument) -> None:
    if not document.sections:
        wrong["sections"] = "required"
    questions = [one for section in document.sections for one in section.questions]
    if len(document.sections) > MOST_SECTIONS or len(questions) > MOST_QUESTIONS:
        wrong["sections"] = "too_many"
        return
    if questions and not any(asks(one) for one in questions):
        wrong["sections"] = "too_few"
    _check_ids(
        wrong,
        [(f"sections.{at}.id", section.id) for at, section in enumerate(document.sections)],
    )
    _check_ids(
        wrong,
        [
            (f"sections.{at}.questions.{number}.id", question.id)
            for at, section in enumerate(document.sections)
            for number, question in enumerate(section.questions)
        ],
    )
    for at, section in enumerate(document.sections):
        _check_section(wrong, f"sections.{at}", section)


def _check_section(wrong: Wrong, place: str, section: Section) -> None:
    _check_text(wrong, f"{place}.title", section.title, LONGEST_TITLE, required=True)
    _check_text(wrong, f"{place}.text", section.text, LONGEST_PARAGRAPHS)
    if not section.questions:
        wrong[f"{place}.questions"] = "required"
    for at, question in enumerate(section.questions):
        _check_question(wrong, f"{place}.questions.{at}", question)


def _check_question(wrong: Wrong, place: str, question: Question) -> None:
    longest = kind_of(question).longest_question
    _check_text(wrong, f"{place}.text", question.text, longest, required=True)
    _check_text(wrong, f"{place}.help", question.help, LONGEST_PARAGRAPHS)
    _check_text(wrong, f"{place}.unit", question.unit, LONGEST_UNIT)
    _check_text(wrong, f"{place}.low_label", question.low_label, LONGEST_LABEL)
    _check_text(wrong, f"{place}.high_label", question.high_label, LONGEST_LABEL)
    _check_choices(wrong, f"{place}.choices", question)
    _check_rows(wrong, f"{place}.rows", question)
    _check_value(wrong, place, question)
    _check_bounds(wrong, place, question)
    _check_max_length(wrong, f"{place}.max_length", question)


def _check_choices(wrong: Wrong, place: str, question: Question) -> None:
    choices = question.choices
    if not may_hold(question, "choices"):
        if choices:
            wrong[place] = "not_expected"
        return
    if not choices:
        wrong[place] = "required"
    elif len(choices) < FEWEST_CHOICES:
        wrong[place] = "too_few"
    elif len(choices) > MOST_CHOICES:
        wrong[place] = "too_many"
        return
    _check_ids(wrong, [(f"{place}.{at}.code", choice.code) for at, choice in enumerate(choices)])
    for at, choice in enumerate(choices):
        _check_choice(wrong, f"{place}.{at}", choice, question)


def _check_choice(wrong: Wrong, place: str, choice: Choice, question: Question) -> None:
    _check_text(wrong, f"{place}.text", choice.text, LONGEST_CHOICE, required=True)
    if choice.alone and not kind_of(question).takes_several:
        wrong[f"{place}.alone"] = "not_expected"
    if choice.other and not kind_of(question).takes_other:
        wrong[f"{place}.other"] = "not_expected"
    elif choice.other and choice is not other_of(question):
        wrong[f"{place}.other"] = "not_unique"
    if choice.score is not None and not -1_000 <= choice.score <= 1_000:  # noqa: PLR2004
        wrong[f"{place}.score"] = "out_of_range"


def _check_rows(wrong: Wrong, place: str, question: Question) -> None:
    if not may_hold(question, "rows"):
        if question.rows:
            wrong[place] = "not_expected"
        return
    if not question.rows:
        wrong[place] = "required"
    elif len(question.rows) > MOST_ROWS:
        wrong[place] = "too_many"
        return
    _check_ids(wrong, [(f"{place}.{at}.code", row.code) for at, row in enumerate(question.rows)])
    for at, row in enumerate(question.rows):
        _check_text(wrong, f"{place}.{at}.text", row.text, LONGEST_CHOICE, required=True)


def _check_value(wrong: Wrong, place: str, question: Question) -> None:
    """What a calculated value needs, and nothing else may have."""
    if not may_hold(question, "calculation"):
        if question.calculation is not None:
            wrong[f"{place}.calculation"] = "not_expected"
        if question.decimals:
            wrong[f"{place}.decimals"] = "not_expected"
        return
    if question.calculation is None:
        wrong[f"{place}.calculation"] = "required"
    if not 0 <= question.decimals <= MOST_DECIMALS:
        wrong[f"{place}.decimals"] = "out_of_range"


def _check_bounds(wrong: Wrong, place: str, question: Question) -> None:
    kind = kind_of(question)
    low, high = question.minimum, question.maximum
    for name, bound in (("minimum", low), ("maximum", high)):
        if bound is None:
            if kind.has_steps:
                wrong[f"{place}.{name}"] = "required"
        elif not may_hold(question, name):
            wrong[f"{place}.{name}"] = "not_expected"
        elif not math.isfinite(bound):
            wrong[f"{place}.{name}"] = "not_a_number"
        elif kind.has_steps and not float(bound).is_integer():
            wrong[f"{place}.{name}"] = "not_whole"
    if low is None or high is None or f"{place}.maximum" in wrong or f"{place}.minimum" in wrong:
        return
    if high < low or (kind.has_steps and high == low):
        wrong[f"{place}.maximum"] = "below_minimum"
    elif kind.has_steps and high - low + 1 > MOST_STEPS:
        wrong[f"{place}.maximum"] = "too_many"


def _check_max_length(wrong: Wrong, place: str, question: Question) -> None:
    if question.max_length is None:
        return
    if not may_hold(question, "max_length"):
        wrong[place] = "not_expected"
    elif not 1 <= question.max_length <= LONGEST_TEXT:
        wrong[place] = "out_of_range"


def _check_ids(wrong: Wrong, ids: Iterable[tuple[str, str]]) -> None:
    seen = set()
    for place, name in ids:
        if not _IDENTIFIER.fullmatch(name):
            wrong[place] = "bad_id"
        elif name in seen:
            wrong[place] = "not_unique"
        seen.add(name)


def _check_text(
    wrong: Wrong, place: str, text: str, longest: int, *, required: bool = False
) -> None:
    if required and not paragraphs(text):
        wrong[place] = "required"
    elif len(text) > longest:
        wrong[place] = "too_long"
