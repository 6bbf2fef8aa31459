"""Whether a document of a form holds together: everything that is wrong, all at once.

Places read like ``sections.0.questions.2.choices``. Codes: ``required``,
``too_long``, ``bad_characters``, ``bad_id``, ``not_unique``,
``unknown_language``, ``out_of_range``, ``too_few``, ``too_many``,
``not_expected``, ``not_whole``, ``not_a_number``, ``below_minimum``,
``unknown_question``, ``no_score``, ``wrong_maximum``, ``has_gaps``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from forms.domain.answers import LONGEST_TEXT
from forms.domain.questions import CHOSEN, TEXTS
from forms.domain.scoring_rules import check_alerts, check_scoring
from forms.domain.text import is_keepable
from portal_contracts.forms.rpc.questions import (
    NUMBERS,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Section,
)

LANGUAGES = ("en", "de")
MOST_MINUTES = 240
MOST_SECTIONS = 50
MOST_QUESTIONS = 300
FEWEST_CHOICES = 2
MOST_CHOICES = 100
MOST_STEPS = 11

TITLE = 200
PARAGRAPHS = 5_000
LABEL = 200
UNIT = 40

_IDENTIFIER = re.compile("[a-z][a-z0-9_]{0,39}")

Found = dict[str, str]


def check_document(document: FormDocument) -> Found:
    """What is wrong with `document`: place to code, empty when it may be published."""
    found: Found = {}
    _check_text(found, "title", document.title, TITLE, required=True)
    _check_text(found, "intro", document.intro, PARAGRAPHS)
    _check_text(found, "source", document.source, PARAGRAPHS)
    if document.language not in LANGUAGES:
        found["language"] = "unknown_language"
    if not 1 <= document.minutes <= MOST_MINUTES:
        found["minutes"] = "out_of_range"
    _check_sections(found, document)
    check_scoring(found, document)
    check_alerts(found, document)
    return found


def _check_sections(found: Found, document: FormDocument) -> None:
    if not document.sections:
        found["sections"] = "required"
    questions = [one for section in document.sections for one in section.questions]
    if len(document.sections) > MOST_SECTIONS or len(questions) > MOST_QUESTIONS:
        found["sections"] = "too_many"
        return
    if questions and all(one.kind is QuestionKind.INFO for one in questions):
        found["sections"] = "too_few"
    _check_ids(
        found,
        [(f"sections.{at}.id", section.id) for at, section in enumerate(document.sections)],
    )
    _check_ids(
        found,
        [
            (f"sections.{at}.questions.{number}.id", question.id)
            for at, section in enumerate(document.sections)
            for number, question in enumerate(section.questions)
        ],
    )
    for at, section in enumerate(document.sections):
        _check_section(found, f"sections.{at}", section)


def _check_section(found: Found, place: str, section: Section) -> None:
    _check_text(found, f"{place}.title", section.title, TITLE, required=True)
    _check_text(found, f"{place}.text", section.text, PARAGRAPHS)
    if not section.questions:
        found[f"{place}.questions"] = "required"
    for at, question in enumerate(section.questions):
        _check_question(found, f"{place}.questions.{at}", question)


def _check_question(found: Found, place: str, question: Question) -> None:
    longest = LONGEST_TEXT if question.kind is QuestionKind.CONSENT else PARAGRAPHS
    _check_text(found, f"{place}.text", question.text, longest, required=True)
    _check_text(found, f"{place}.help", question.help, PARAGRAPHS)
    _check_text(found, f"{place}.unit", question.unit, UNIT)
    _check_text(found, f"{place}.low_label", question.low_label, LABEL)
    _check_text(found, f"{place}.high_label", question.high_label, LABEL)
    _check_choices(found, f"{place}.choices", question)
    _check_bounds(found, place, question)
    _check_max_length(found, f"{place}.max_length", question)


def _check_choices(found: Found, place: str, question: Question) -> None:
    choices = question.choices
    if question.kind not in CHOSEN:
        if choices:
            found[place] = "not_expected"
        return
    if not choices:
        found[place] = "required"
    elif len(choices) < FEWEST_CHOICES:
        found[place] = "too_few"
    elif len(choices) > MOST_CHOICES:
        found[place] = "too_many"
        return
    _check_ids(found, [(f"{place}.{at}.code", choice.code) for at, choice in enumerate(choices)])
    for at, choice in enumerate(choices):
        _check_choice(found, f"{place}.{at}", choice, question.kind)


def _check_choice(found: Found, place: str, choice: Choice, kind: QuestionKind) -> None:
    _check_text(found, f"{place}.text", choice.text, TITLE * 5, required=True)
    if choice.alone and kind is not QuestionKind.CHOICES:
        found[f"{place}.alone"] = "not_expected"
    if choice.score is not None and not -1_000 <= choice.score <= 1_000:  # noqa: PLR2004
        found[f"{place}.score"] = "out_of_range"


def _check_bounds(found: Found, place: str, question: Question) -> None:
    low, high = question.minimum, question.maximum
    for name, bound in (("minimum", low), ("maximum", high)):
        if bound is None:
            if question.kind is QuestionKind.SCALE:
                found[f"{place}.{name}"] = "required"
        elif question.kind not in NUMBERS:
            found[f"{place}.{name}"] = "not_expected"
        elif not math.isfinite(bound):
            found[f"{place}.{name}"] = "not_a_number"
        elif question.kind is QuestionKind.SCALE and not float(bound).is_integer():
            found[f"{place}.{name}"] = "not_whole"
    if low is None or high is None or f"{place}.maximum" in found or f"{place}.minimum" in found:
        return
    if high < low or (question.kind is QuestionKind.SCALE and high == low):
        found[f"{place}.maximum"] = "below_minimum"
    elif question.kind is QuestionKind.SCALE and high - low + 1 > MOST_STEPS:
        found[f"{place}.maximum"] = "too_many"


def _check_max_length(found: Found, place: str, question: Question) -> None:
    if question.max_length is None:
        return
    if question.kind not in TEXTS:
        found[place] = "not_expected"
    elif not 1 <= question.max_length <= LONGEST_TEXT:
        found[place] = "out_of_range"


def _check_ids(found: Found, ids: Iterable[tuple[str, str]]) -> None:
    seen = set()
    for place, name in ids:
        if not _IDENTIFIER.fullmatch(name):
            found[place] = "bad_id"
        elif name in seen:
            found[place] = "not_unique"
        seen.add(name)


def _check_text(
    found: Found, place: str, text: str, longest: int, *, required: bool = False
) -> None:
    if required and not text.strip():
        found[place] = "required"
    elif len(text) > longest:
        found[place] = "too_long"
    elif not is_keepable(text):
        found[place] = "bad_characters"
