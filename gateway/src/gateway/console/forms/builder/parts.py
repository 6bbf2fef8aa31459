"""What of a form can be opened to be worked on, and where it stands.

A part is named like ``question.question_3``, ``section.about_you``, ``score.0`` or ``form``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from gateway.words.builder import problem_code
from portal_contracts.forms.rpc.questions import (
    FormDocument,
    Question,
    QuestionKind,
    Scoring,
    Section,
)

FORM: Final = "form"
SECTION: Final = "section"
QUESTION: Final = "question"
SCORE: Final = "score"
ALERT: Final = "alert"


class Part(NamedTuple):
    """A part by its kind, and the id or number that tells it from others."""

    kind: str
    which: str = ""

    def __str__(self) -> str:
        """The name that pages and addresses know it by."""
        return f"{self.kind}.{self.which}" if self.which else self.kind

    @property
    def number(self) -> int:
        """Which score or alert it is, counted from 0; -1 for what is none."""
        return int(self.which) if self.which.isascii() and self.which.isdigit() else -1


def read_part(text: str) -> Part:
    """A part by its name; one of nothing where the name is none."""
    kind, _, which = text.partition(".")
    return Part(kind, which)


class Found(NamedTuple):
    """A question with its section, and where both stand, counted from 0."""

    section: Section
    question: Question
    section_at: int
    at: int


def find_question(document: FormDocument, question_id: str) -> Found | None:
    """A question by its id."""
    for section_at, section in enumerate(document.sections):
        for at, question in enumerate(section.questions):
            if question.id == question_id:
                return Found(section, question, section_at, at)
    return None


def find_section(document: FormDocument, section_id: str) -> tuple[int, Section] | None:
    """A section by its id, and where it stands."""
    for at, section in enumerate(document.sections):
        if section.id == section_id:
            return at, section
    return None


def is_there(document: FormDocument, part: Part) -> bool:
    """Whether a form has such a part to open; one more score or alert may be begun."""
    if part.kind == QUESTION:
        return find_question(document, part.which) is not None
    if part.kind == SECTION:
        return find_section(document, part.which) is not None
    if part.kind == SCORE:
        return 0 <= part.number <= len(scores_of(document))
    if part.kind == ALERT:
        return 0 <= part.number <= len(document.alerts)
    return part == Part(FORM)


def scores_of(document: FormDocument) -> list[Scoring]:
    """Every score of a form: the one of the whole first."""
    return [*([document.scoring] if document.scoring else []), *document.subscales]


def section_of(document: FormDocument, part: Part) -> int:
    """The number of the section that shows a part, counted from 0; the first for what has none."""
    if part.kind == QUESTION and (found := find_question(document, part.which)):
        return found.section_at
    if part.kind == SECTION and (section := find_section(document, part.which)):
        return section[0]
    return 0


def part_of_place(document: FormDocument, place: str) -> tuple[Part, str]:
    """Which part a place of a document belongs to, and what of it: ``choices.2.text``."""
    match place.split("."):
        case ["sections", at, "questions", number, *rest]:
            question = document.sections[int(at)].questions[int(number)]
            return Part(QUESTION, question.id), ".".join(rest)
        case ["sections", at, *rest]:
            return Part(SECTION, document.sections[int(at)].id), ".".join(rest)
        case ["scoring", *rest]:
            return Part(SCORE, "0"), ".".join(rest)
        case ["subscales", which, *rest]:
            after = int(which) + (document.scoring is not None)
            return Part(SCORE, str(after)), ".".join(rest)
        case ["alerts", number, *rest]:
            return Part(ALERT, number), ".".join(rest)
    return Part(FORM), place


Problems = dict[str, dict[str, str]]
"""Name of a part to what is wrong of it: its member's place to a code of `gateway.words`."""


def problems_by_part(document: FormDocument, problems: dict[str, str]) -> Problems:
    """What is wrong with a document, part by part in the order of the places."""
    found: Problems = {}
    for place, code in problems.items():
        part, member = part_of_place(document, place)
        found.setdefault(str(part), {})[member] = problem_code(code, member)
    return found


def unready(document: FormDocument) -> set[str]:
    """The ids of questions that cannot be drawn yet: they have nothing to choose from."""
    return {
        one.id
        for section in document.sections
        for one in section.questions
        if (one.kind in _OF_CHOICES and not one.choices)
        or (one.kind is QuestionKind.MATRIX and not one.rows)
        or (one.kind is QuestionKind.SCALE and (one.minimum is None or one.maximum is None))
    }


_OF_CHOICES: Final = (QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.MATRIX)
